"""What it takes to trust a partner, and to stop: two people, twelve words, case 97."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from shared.crypto.signing import VerifyKey
from shared.partners import fingerprint, verification
from shared.partners.directory import Directory
from shared.partners.verification import ComparisonBlocked, SamePerson, VerificationError
from shared.store.engine import Database
from shared.wire.codes import PartnerStatus
from tests.unit.partners.world import NOW, card, key, signed

LYON = "fr-lyon"
DIRECTORY = Directory("lt-vilnius")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.begin() as opened:
        DIRECTORY.add_card(opened, signed(card()), NOW)
        yield opened


def status(session: Session) -> PartnerStatus | None:
    return DIRECTORY.view(session, NOW).status(LYON)


def right_words(session: Session, positions: tuple[int, ...]) -> list[str]:
    words = verification.words_of(session, LYON)
    return [words[place - 1] for place in positions]


def compare(session: Session, person: str = "ona") -> bool:
    positions = verification.start_comparison(session, LYON, person, NOW)
    return verification.compare(session, LYON, person, right_words(session, positions), NOW).right


def verify(session: Session) -> None:
    assert compare(session)
    verification.approve(session, LYON, "petras", NOW)


def test_one_compares_and_another_approves(session: Session) -> None:
    with pytest.raises(VerificationError):
        verification.approve(session, LYON, "petras", NOW)
    assert compare(session)
    assert status(session) is PartnerStatus.COMPARED
    with pytest.raises(SamePerson):
        verification.approve(session, LYON, "ona", NOW)
    assert status(session) is PartnerStatus.COMPARED
    verification.approve(session, LYON, "petras", NOW)
    assert status(session) is PartnerStatus.VERIFIED


def test_case_97_wrong_twice_and_then_a_day_of_waiting(session: Session) -> None:
    verification.start_comparison(session, LYON, "ona", NOW)
    first = verification.compare(session, LYON, "ona", ["zoo", "zoo", "zoo"], NOW)
    assert (first.right, first.tries_left, first.wait_until) == (False, 1, None)
    verification.start_comparison(session, LYON, "ona", NOW)
    second = verification.compare(session, LYON, "ona", ["zoo", "zoo", "zoo"], NOW)
    assert (second.right, second.tries_left) == (False, 0)
    assert second.wait_until == NOW + timedelta(hours=24)
    for person in ("ona", "petras"):
        with pytest.raises(ComparisonBlocked):
            verification.start_comparison(session, LYON, person, NOW + timedelta(hours=23, minutes=59))
    later = NOW + timedelta(hours=24)
    positions = verification.start_comparison(session, LYON, "ona", later)
    assert verification.compare(session, LYON, "ona", right_words(session, positions), later).right


def test_case_97_the_places_are_chosen_here_and_anew(session: Session) -> None:
    with pytest.raises(VerificationError, match="three places"):
        verification.compare(session, LYON, "ona", ["a", "b", "c"], NOW)
    positions = verification.start_comparison(session, LYON, "ona", NOW)
    assert len(set(positions)) == 3
    assert all(1 <= place <= 12 for place in positions)
    with pytest.raises(VerificationError):
        verification.compare(session, LYON, "petras", right_words(session, positions), NOW)
    assert not verification.compare(session, LYON, "ona", right_words(session, positions)[:2], NOW).right
    with pytest.raises(VerificationError):  # one try for each question
        verification.compare(session, LYON, "ona", right_words(session, positions), NOW)
    assert len({fingerprint.random_positions() for _ in range(50)}) > 10


def test_a_wrong_try_undoes_an_earlier_right_one(session: Session) -> None:
    assert compare(session)
    verification.start_comparison(session, LYON, "jonas", NOW)
    verification.compare(session, LYON, "jonas", ["zoo", "zoo", "zoo"], NOW)
    with pytest.raises(VerificationError):
        verification.approve(session, LYON, "petras", NOW)


def test_a_key_that_changed_in_between_is_compared_again(session: Session) -> None:
    assert compare(session)
    DIRECTORY.add_card(session, signed(card(seq=1, root="root 2", following="root 3")), NOW)
    with pytest.raises(VerificationError, match="compare them again"):
        verification.approve(session, LYON, "petras", NOW)


def test_a_qr_code_compares_the_whole_key(session: Session) -> None:
    text = fingerprint.qr_text(LYON, key("fr-lyon root 1").verify_key)
    wrong = fingerprint.qr_text(LYON, key("fr-lyon root 2").verify_key)
    assert not verification.compare_qr(session, LYON, "ona", wrong, NOW).right
    assert verification.compare_qr(session, LYON, "ona", text, NOW).right
    with pytest.raises(fingerprint.BadQrText):
        verification.compare_qr(session, LYON, "ona", "https://example.org", NOW)


def test_one_suspends_and_two_restart(session: Session) -> None:
    verify(session)
    verification.suspend(session, LYON, NOW)
    assert status(session) is PartnerStatus.SUSPENDED
    assert not verification.restart(session, LYON, "ona", NOW)
    with pytest.raises(SamePerson):
        verification.restart(session, LYON, "ona", NOW)
    assert status(session) is PartnerStatus.SUSPENDED
    assert verification.restart(session, LYON, "petras", NOW)
    assert status(session) is PartnerStatus.VERIFIED


def test_the_second_person_has_a_day(session: Session) -> None:
    verify(session)
    verification.suspend(session, LYON, NOW)
    assert not verification.restart(session, LYON, "ona", NOW)
    assert not verification.restart(session, LYON, "petras", NOW + timedelta(hours=24))
    assert verification.restart(session, LYON, "ona", NOW + timedelta(hours=25))


def test_a_restart_does_not_verify_who_never_was(session: Session) -> None:
    verification.suspend(session, LYON, NOW)
    verification.restart(session, LYON, "ona", NOW)
    verification.restart(session, LYON, "petras", NOW)
    assert status(session) is PartnerStatus.UNVERIFIED


def test_a_suspect_partner_needs_two_people_as_well(session: Session) -> None:
    verify(session)
    stolen = signed(card(seq=11, following="root 4"), "fr-lyon root 1")
    DIRECTORY.add_card(session, stolen, NOW)
    assert status(session) is PartnerStatus.SUSPECT
    verification.restart(session, LYON, "ona", NOW)
    assert status(session) is PartnerStatus.SUSPECT
    verification.restart(session, LYON, "petras", NOW)
    assert status(session) is PartnerStatus.VERIFIED


def test_a_suspect_partner_stays_suspect_through_a_suspension(session: Session) -> None:
    verify(session)
    DIRECTORY.add_card(session, signed(card(seq=11, following="root 4"), "fr-lyon root 1"), NOW)
    with pytest.raises(VerificationError):
        verification.suspend(session, LYON, NOW)


def test_who_left_starts_afresh(session: Session) -> None:
    verify(session)
    verification.leave(session, LYON, NOW)
    assert status(session) is PartnerStatus.LEFT
    other = signed(card(seq=1, root="root 4", following="root 5"))
    assert DIRECTORY.add_card(session, other, NOW).changed
    assert status(session) is PartnerStatus.UNVERIFIED


def test_the_words() -> None:
    root = key("fr-lyon root 1").verify_key
    words = fingerprint.words(LYON, root)
    assert len(words) == 12
    assert words == fingerprint.words(LYON, VerifyKey(bytes(root)))
    assert fingerprint.is_spoken_right(" ".join(words).upper())
    swapped = [*words[:-1], "zoo" if words[-1] != "zoo" else "zebra"]
    assert not fingerprint.is_spoken_right(" ".join(swapped))
    assert fingerprint.words("fr-lyom", root) != words
    assert fingerprint.words(LYON, key("fr-lyon root 2").verify_key) != words


def test_words_are_compared_as_people_type() -> None:
    assert fingerprint.same_word(" Abandon ", "abandon")
    assert fingerprint.same_word("aban", "abandon")
    assert not fingerprint.same_word("aba", "abandon")
    assert not fingerprint.same_word("abandons", "abandon")
    assert not fingerprint.same_word("", "abandon")
    assert fingerprint.same_word("zoo", "zoo")


def test_a_qr_text_comes_back() -> None:
    root = key("fr-lyon root 1").verify_key
    text = fingerprint.qr_text(LYON, root)
    assert fingerprint.read_qr(text) == (LYON, root)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-")
    with pytest.raises(fingerprint.BadQrText):
        fingerprint.read_qr(text[:-64] + "00" * 32)
