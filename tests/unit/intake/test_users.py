"""Signing in: the same for every kind of failure, throttled, and ended everywhere at once."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select

from services.intake.handlers.actor import Actor, UserRole
from services.intake.handlers.errors import (
    IntakeError,
    LoginTaken,
    NotAllowed,
    NotSignedIn,
    SignInFailed,
    WeakPassword,
)
from services.intake.handlers.signin import IDLE, hash_of_nobody
from services.intake.handlers.throttle import ACCOUNT, ADDRESS, AT_HOME_FOR, HOME
from services.intake.handlers.users import User
from services.intake.store.users import LoginAttemptRow
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
    vilnius.clock.advance(IDLE)
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
    tries += [("rasa", "wrong password 2")] * ACCOUNT.free + [("rasa", PASSWORD)]
    for login, password in tries:
        with pytest.raises(SignInFailed) as failure:
            vilnius.intake.sign_ins.sign_in(login, password, SOURCE)
        messages.add(str(failure.value))
    assert len(messages) == 1
    assert len(computed) == len(tries)
    assert {stored.split("$")[1:4] == computed[0].split("$")[1:4] for stored in computed} == {True}


@pytest.mark.slow
@pytest.mark.parametrize(
    "hasher", [PasswordHasher(), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)]
)
def test_what_an_unknown_login_is_compared_with_costs_the_same_and_fits_no_password(
    hasher: PasswordHasher,
) -> None:
    """Case 54: costs and lengths are those of a real hash, so comparing takes as long."""
    nobody = hash_of_nobody(hasher)
    assert extract_parameters(nobody) == extract_parameters(hasher.hash(PASSWORD))
    assert nobody != hash_of_nobody(hasher)
    for password in (PASSWORD, ""):
        with pytest.raises(VerifyMismatchError):
            hasher.verify(nobody, password)


def test_guessing_is_slowed_down_for_that_login_only(vilnius: Node, rasa: User) -> None:
    """Case 53: a pause, not a lock for ever; other users are not blocked."""
    vilnius.intake.users.create("jonas", PASSWORD, "Jonas J.", UserRole.CASEWORKER)
    for _ in range(ACCOUNT.free):
        with pytest.raises(SignInFailed):
            vilnius.intake.sign_ins.sign_in("rasa", "wrong password", SOURCE)
    with pytest.raises(SignInFailed):
        vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, "198.51.100.7")
    vilnius.intake.sign_ins.sign_in("jonas", PASSWORD, SOURCE)
    vilnius.clock.advance(timedelta(seconds=16))
    vilnius.intake.sign_ins.sign_in("rasa", PASSWORD, SOURCE)


@pytest.mark.slow
def test_spray_from_one_address_is_slowed_down(vilnius: Node, rasa: User) -> None:
    """Case 53: many users from one address."""
    spray(vilnius, ADDRESS.free)
    assert not signs_in(vilnius, "rasa", SOURCE)
    assert signs_in(vilnius, "rasa", "198.51.100.7")


def signs_in(node: Node, login: str, source: str, password: str = PASSWORD) -> bool:
    try:
        node.intake.sign_ins.sign_in(login, password, source)
    except SignInFailed:
        return False
    return True


def spray(node: Node, count: int) -> None:
    """Wrong passwords for many logins from one address."""
    for number in range(count):
        assert not signs_in(node, f"user{number}", SOURCE, "Summer 2026 Summer")


@pytest.mark.slow
def test_nobody_at_an_address_can_keep_a_colleague_out(vilnius: Node, rasa: User) -> None:
    """Case 53: a centre behind one address. Neither a spray nor another account's guesser is in the way."""
    assert signs_in(vilnius, "rasa", SOURCE)
    spray(vilnius, ADDRESS.free * 2)
    assert signs_in(vilnius, "rasa", SOURCE)
    vilnius.clock.advance(AT_HOME_FOR)
    spray(vilnius, ADDRESS.free)
    assert not signs_in(vilnius, "rasa", SOURCE), "a right sign-in long ago makes no home"


@pytest.mark.slow
def test_nobody_elsewhere_can_keep_an_account_out_of_its_home(vilnius: Node, rasa: User) -> None:
    """Somebody who knows a login guesses it from anywhere, again after every pause, for a day."""
    assert signs_in(vilnius, "rasa", SOURCE)
    for number in range(40):
        assert not signs_in(vilnius, "rasa", f"198.51.100.{number}", "wrong password")
    assert not signs_in(vilnius, "rasa", "203.0.113.9"), "guessing one account is bounded, from all addresses"
    assert signs_in(vilnius, "rasa", SOURCE)
    assert not signs_in(vilnius, "rasa", "203.0.113.9"), "and its owner's sign-in gives no new tries"


@pytest.mark.slow
def test_guessing_at_home_is_bounded_too(vilnius: Node, rasa: User) -> None:
    """The guesser sits behind the same address: a pause for this account there, and it ends by itself."""
    vilnius.intake.users.create("jonas", PASSWORD, "Jonas J.", UserRole.CASEWORKER)
    assert signs_in(vilnius, "rasa", SOURCE)
    assert signs_in(vilnius, "jonas", SOURCE)
    for _ in range(HOME.free):
        assert not signs_in(vilnius, "rasa", SOURCE, "wrong password")
    assert not signs_in(vilnius, "rasa", SOURCE)
    assert signs_in(vilnius, "jonas", SOURCE)
    for _ in range(20):
        vilnius.clock.advance(HOME.longest)
        assert not signs_in(vilnius, "rasa", SOURCE, "wrong password")
    vilnius.clock.advance(HOME.longest)
    assert signs_in(vilnius, "rasa", SOURCE)


@pytest.mark.slow
def test_a_spray_over_accounts_that_are_at_home_is_bounded(vilnius: Node) -> None:
    """Being at home lifts the address's limit for the account; what is left is a few tries for each."""
    logins = [f"staff{number}" for number in range(8)]
    for login in logins:
        vilnius.intake.users.create(login, PASSWORD, login, UserRole.CASEWORKER)
        assert signs_in(vilnius, login, SOURCE)
    checked = []
    for _ in range(20):
        for login in logins:
            with vilnius.database.read() as session:
                throttle = vilnius.intake.sign_ins._throttle
                checked.append(not throttle.blocked(session, login, SOURCE, vilnius.clock.now()))
            assert not signs_in(vilnius, login, SOURCE, "Summer 2026 Summer")
    assert sum(checked) == HOME.free * len(logins)


@pytest.mark.slow
def test_what_is_old_is_forgotten_but_not_a_home(vilnius: Node, rasa: User) -> None:
    assert signs_in(vilnius, "rasa", SOURCE)
    spray(vilnius, 3)
    vilnius.clock.advance(timedelta(days=2))
    with vilnius.database.begin() as session:
        vilnius.intake.sign_ins.purge(session)
    with vilnius.database.read() as session:
        assert [row.scope for row in session.scalars(select(LoginAttemptRow))] == ["home"]
    spray(vilnius, ADDRESS.free)
    assert signs_in(vilnius, "rasa", SOURCE)


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
