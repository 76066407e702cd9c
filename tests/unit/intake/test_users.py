"""Signing in: the same for every kind of failure, throttled, and ended everywhere at once."""

from datetime import timedelta

import pytest

from services.intake.handlers.actor import Actor, UserRole
from services.intake.handlers.errors import (
    IntakeError,
    LoginTaken,
    NotAllowed,
    NotSignedIn,
    SignInFailed,
    WeakPassword,
)
from services.intake.handlers.throttle import FREE
from services.intake.handlers.users import User
from tests.unit.intake.world import ADMIN, PASSWORD, WORKER, Node

SOURCE = "192.0.2.1"


@pytest.fixture
def rasa(vilnius: Node) -> User:
    return vilnius.intake.users.create("Rasa", PASSWORD, "Rasa R.", UserRole.CASEWORKER, language="lt")


def test_sign_in_resume_and_out(vilnius: Node, rasa: User) -> None:
    """Case 45."""
    first = vilnius.intake.sign_ins.sign_in("rasa ", PASSWORD, SOURCE)
    second = vilnius.intake.sign_ins.sign_in("RASA", PASSWORD, SOURCE)
    assert first.token != second.token
    assert vilnius.intake.sign_ins.resume(first.token).actor == Actor(
        rasa.id, UserRole.CASEWORKER, "main", "lt"
    )
    vilnius.intake.sign_ins.sign_out(first.token)
    with pytest.raises(NotSignedIn):
        vilnius.intake.sign_ins.resume(first.token)
    vilnius.intake.sign_ins.resume(second.token)
    assert first.token not in repr(first)


def test_session_ends_after_idleness_and_after_a_day(vilnius: Node, rasa: User) -> None:
    token = vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, SOURCE).token
    for _ in range(35):
        vilnius.clock.advance(timedelta(minutes=20))
        vilnius.intake.sign_ins.resume(token)
    vilnius.clock.advance(timedelta(minutes=20))
    with pytest.raises(NotSignedIn):
        vilnius.intake.sign_ins.resume(token)
    token = vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, SOURCE).token
    vilnius.clock.advance(timedelta(minutes=31))
    with pytest.raises(NotSignedIn):
        vilnius.intake.sign_ins.resume(token)


@pytest.mark.parametrize("end", ["deactivate", "password"])
def test_sessions_and_tokens_die_with_the_account(vilnius: Node, rasa: User, end: str) -> None:
    """Cases 45 and 98."""
    signed = vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, SOURCE)
    api = vilnius.intake.sign_ins.issue_token("script", signed.actor)
    assert vilnius.intake.sign_ins.resume_token(api.token) == signed.actor
    if end == "deactivate":
        vilnius.intake.users.deactivate(rasa.id, ADMIN)
    else:
        vilnius.intake.users.change_password(rasa.id, "another four unrelated words", signed.actor)
    with pytest.raises(NotSignedIn):
        vilnius.intake.sign_ins.resume(signed.token)
    with pytest.raises(NotSignedIn):
        vilnius.intake.sign_ins.resume_token(api.token)


def test_unknown_wrong_switched_off_and_blocked_look_the_same(
    vilnius: Node, rasa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 54: one message, and one Argon2id computation, whatever is wrong."""
    off = vilnius.intake.users.create("jonas", PASSWORD, "Jonas J.", UserRole.CASEWORKER)
    vilnius.intake.users.deactivate(off.id, ADMIN)
    computed: list[str] = []
    verify = vilnius.intake.sign_ins._verify

    def counted(stored: str, given: str) -> bool:
        computed.append(stored)
        return verify(stored, given)

    monkeypatch.setattr(vilnius.intake.sign_ins, "_verify", counted)
    messages = set()
    tries = [("rasa", "wrong password 1"), ("nobody", PASSWORD), ("jonas", PASSWORD)]
    tries += [("rasa", "wrong password 2")] * FREE["login"] + [("rasa", PASSWORD)]
    for login, password in tries:
        with pytest.raises(SignInFailed) as failure:
            vilnius.intake.sign_ins.sign_in(login, password, SOURCE)
        messages.add(str(failure.value))
    assert len(messages) == 1
    assert len(computed) == len(tries)
    assert {stored.split("$")[1:4] == computed[0].split("$")[1:4] for stored in computed} == {True}


def test_guessing_is_slowed_down_for_that_login_only(vilnius: Node, rasa: User) -> None:
    """Case 53: a pause, not a lock for ever; other users are not blocked."""
    vilnius.intake.users.create("jonas", PASSWORD, "Jonas J.", UserRole.CASEWORKER)
    for _ in range(FREE["login"]):
        with pytest.raises(SignInFailed):
            vilnius.intake.sign_ins.sign_in("rasa", "wrong password", SOURCE)
    with pytest.raises(SignInFailed):
        vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, "198.51.100.7")
    vilnius.intake.sign_ins.sign_in("jonas", PASSWORD, SOURCE)
    vilnius.clock.advance(timedelta(seconds=16))
    vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, SOURCE)


def test_spray_from_one_address_is_slowed_down(vilnius: Node, rasa: User) -> None:
    """Case 53: many users from one address."""
    for number in range(FREE["source"]):
        with pytest.raises(SignInFailed):
            vilnius.intake.sign_ins.sign_in(f"user{number}", "Summer 2026 Summer", SOURCE)
    with pytest.raises(SignInFailed):
        vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, SOURCE)
    vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, "198.51.100.7")


def test_accounts_have_rules(vilnius: Node, rasa: User) -> None:
    for login, password, error in (
        ("RASA", PASSWORD, LoginTaken),
        ("new", "short", WeakPassword),
        ("twelveletters", "TwelveLetters", WeakPassword),
        ("new", "x" * 257, WeakPassword),
    ):
        with pytest.raises(error):
            vilnius.intake.users.create(login, password, "N. N.", UserRole.CASEWORKER, by=ADMIN)
    with pytest.raises(NotAllowed):
        vilnius.intake.users.create("new", PASSWORD, "N. N.", UserRole.ADMINISTRATOR, by=WORKER)
    assert [one.login for one in vilnius.intake.users.overview(ADMIN)] == ["rasa"]


def test_every_error_has_a_sentence() -> None:
    kinds = IntakeError.__subclasses__()
    assert len(kinds) > 12
    for kind in kinds:
        assert (kind.__doc__ or "").strip().endswith(".")
