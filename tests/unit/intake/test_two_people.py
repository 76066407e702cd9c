"""Rule 9: two accounts are not two people, and a password that another person knows opens nothing."""

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from services.intake.handlers import two_people
from services.intake.handlers.actor import Actor, UserRole
from services.intake.handlers.errors import NotSignedIn, SignInFailed
from services.intake.handlers.hashing import AT_ONCE, BoundedHasher
from services.intake.handlers.two_people import APART_AFTER
from services.intake.handlers.users import User
from shared.partners.fingerprint import words
from shared.partners.records import current_card
from shared.partners.tables import PartnerRow
from shared.partners.verification import SamePerson
from shared.wire.codes import PartnerStatus
from tests.unit.intake.world import LYON, PASSWORD, VILNIUS, Node, node

SOURCE, OWN = "192.0.2.1", "one's own four other words"


def hired(made: Node, login: str, by: Actor | None = None) -> Actor:
    """An administrator's account, with a password of their own."""
    user = made.intake.users.create(login, PASSWORD, login.title(), UserRole.ADMINISTRATOR, by=by)
    return own_password(made, user)


def own_password(made: Node, user: User) -> Actor:
    actor = Actor(user.id, user.role, user.team)
    made.intake.users.change_password(user.id, OWN, actor)
    return actor


def compare(made: Node, by: Actor) -> None:
    """The three words of Lyon, as they were read out."""
    with made.database.begin() as session:
        right = words(LYON, current_card(session, session.get_one(PartnerRow, LYON)).root)
    places = made.intake.partners.start_comparison(LYON, by)
    assert made.intake.partners.compare(LYON, [right[place - 1] for place in places], by).right


@pytest.fixture
def strangers(tmp_path: Path) -> Node:
    return node(VILNIUS, tmp_path, verified=False)


def test_an_account_made_for_the_purpose_is_no_second_person(strangers: Node) -> None:
    anna = hired(strangers, "anna")
    compare(strangers, anna)
    boris = hired(strangers, "boris", by=anna)
    with pytest.raises(SamePerson, match="within a week"):
        strangers.intake.partners.approve(LYON, boris)
    # Nor through a third account, nor the other way round.
    with pytest.raises(SamePerson):
        strangers.intake.partners.approve(LYON, hired(strangers, "carl", by=boris))
    strangers.clock.advance(APART_AFTER)
    assert strangers.intake.partners.approve(LYON, boris).status is PartnerStatus.VERIFIED


def test_nor_is_it_the_first_of_the_two(strangers: Node) -> None:
    anna = hired(strangers, "anna")
    compare(strangers, hired(strangers, "boris", by=anna))
    with pytest.raises(SamePerson, match="within a week"):
        strangers.intake.partners.approve(LYON, anna)


def test_a_colleague_whose_password_was_set_is_none_either(strangers: Node) -> None:
    anna, lea = hired(strangers, "anna"), hired(strangers, "lea")
    strangers.intake.users.change_password(lea.id, "known to anna as well", anna)
    own_password(strangers, next(one for one in strangers.intake.users.overview(anna) if one.id == lea.id))
    compare(strangers, anna)
    with pytest.raises(SamePerson, match="within a week"):
        strangers.intake.partners.approve(LYON, lea)


def test_it_takes_two_to_start_again(strangers: Node) -> None:
    anna = hired(strangers, "anna")
    strangers.set_status(LYON, "suspended")
    strangers.intake.partners.restart(LYON, anna)
    with pytest.raises(SamePerson, match="within a week"):
        strangers.intake.partners.restart(LYON, hired(strangers, "boris", by=anna))


def test_before_there_is_a_partner_accounts_count_at_once(tmp_path: Path) -> None:
    """A small organisation makes its second administrator and then verifies its first partner."""
    made = node(VILNIUS, tmp_path, partners=())
    anna = hired(made, "anna")
    boris = hired(made, "boris", by=anna)
    with made.database.begin() as session:
        two_people.must_be_two(session, anna.id, boris.id, made.clock.now())


def test_a_password_that_another_person_chose_opens_nothing_else(strangers: Node) -> None:
    anna = hired(strangers, "anna")
    vera = strangers.intake.users.create("vera", PASSWORD, "Vera", UserRole.CASEWORKER, by=anna)
    signed = strangers.intake.sign_ins.sign_in("vera", PASSWORD, SOURCE)
    assert signed.must_change
    token = strangers.intake.sign_ins.issue_token("script", signed.actor)
    with pytest.raises(NotSignedIn):
        strangers.intake.sign_ins.resume_token(token.token)
    own_password(strangers, vera)
    assert not strangers.intake.sign_ins.sign_in("vera", OWN, SOURCE).must_change
    listed = {one.login: one for one in strangers.intake.users.overview(anna)}
    assert (listed["vera"].created_by, listed["vera"].password_by) == (anna.id, anna.id)
    assert strangers.actions().count("user.password_changed") == 2


def test_guessing_during_a_pause_is_written_down_once_a_minute(strangers: Node) -> None:
    """Otherwise anybody fills the audit log, whose lock every use case needs."""
    hired(strangers, "anna")

    def guess(count: int) -> int:
        before = strangers.actions().count("sign_in.failed")
        for _ in range(count):
            with pytest.raises(SignInFailed):
                strangers.intake.sign_ins.sign_in("anna", "wrong again and again", SOURCE)
        return strangers.actions().count("sign_in.failed") - before

    assert guess(5) == 5
    strangers.clock.advance(timedelta(seconds=1))
    assert guess(20) == 1
    strangers.clock.advance(timedelta(seconds=1))
    assert guess(20) == 0


def test_two_hashes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 64 MiB, and anybody can ask for one: the container has 512."""
    running, most, lock = 0, 0, threading.Lock()

    def slow(hasher: PasswordHasher, *arguments: object, **named: object) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(PasswordHasher, "verify", slow)
    hasher = BoundedHasher(PasswordHasher())
    threads = [threading.Thread(target=hasher.verify, args=("", "")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == AT_ONCE
    kept = (hasher.time_cost, hasher.memory_cost, hasher.parallelism)
    assert kept == (PasswordHasher().time_cost, PasswordHasher().memory_cost, PasswordHasher().parallelism)
