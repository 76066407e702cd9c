"""What people decide about a partner: compare, approve, suspend, restart, leave (PROTOCOL 4.6).

One person compares words with the partner by telephone, another approves; one may suspend, two restart.
`person` is the id of a signed-in user. Whoever calls this also writes the audit log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shared.partners import fingerprint
from shared.partners.records import current_card, touch
from shared.partners.tables import PartnerAlarmRow, PartnerRow
from shared.wire.codes import PartnerStatus

TRIES = 2
WAIT = timedelta(hours=24)
RESTART_WITHIN = timedelta(hours=24)
"""A restart's second person must follow the first within this time."""

_NOT_YET = (PartnerStatus.UNVERIFIED, PartnerStatus.COMPARED)


class VerificationError(Exception):
    """This step is not possible for this partner now; the message says what to do."""


class WrongState(VerificationError):
    """This step is not possible for this partner now; the message says what to do."""

    def __init__(self, partner: str, status: PartnerStatus) -> None:
        super().__init__(f"this is not possible for a partner that is {status}")
        self.partner, self.status = partner, status


class ComparisonBlocked(VerificationError):
    """The words were wrong twice; wait until the stated time and telephone the partner again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("the words were wrong twice; wait a day, then telephone the partner again")
        self.until = until


class SamePerson(VerificationError):
    """A second person has to do this: somebody other than the one who did the first half."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of one try: right, or how many tries are left and until when to wait."""

    right: bool
    tries_left: int = 0
    wait_until: datetime | None = None


def words_of(session: Session, organisation: str) -> tuple[str, ...]:
    """The twelve words of an organisation. For the own ones, to be read out; a partner's are never shown.

    A reading session is enough: nothing is locked.
    """
    partner = session.get(PartnerRow, organisation)
    if partner is None:
        raise VerificationError("this organisation is not in the directory; add its card first")
    return fingerprint.words(organisation, current_card(session, partner).root)


def start_comparison(session: Session, organisation: str, person: str, now: datetime) -> tuple[int, ...]:
    """The three places (1 to 12) whose words `person` shall ask the partner for; other ones at every try.

    Raises ComparisonBlocked during the wait after two wrong tries (case 97).
    """
    partner = _partner(session, organisation, *_NOT_YET)
    if partner.wait_until is not None and now < partner.wait_until:
        raise ComparisonBlocked(partner.wait_until)
    positions = fingerprint.random_positions()
    partner.positions, partner.asked_person = ",".join(map(str, positions)), person
    session.flush()
    return positions


def compare(
    session: Session, organisation: str, person: str, typed: Sequence[str], now: datetime
) -> Comparison:
    """Check the three words that the partner read out. The places must have been asked for before."""
    partner = _partner(session, organisation, *_NOT_YET)
    if partner.wait_until is not None and now < partner.wait_until:
        raise ComparisonBlocked(partner.wait_until)
    if partner.positions is None or partner.asked_person != person:
        raise VerificationError(
            "ask for the three places first, then type the words that the partner reads out"
        )
    positions = [int(place) for place in partner.positions.split(",")]
    partner.positions = partner.asked_person = None
    right = fingerprint.words(organisation, current_card(session, partner).root)
    if len(typed) == len(positions) and all(
        fingerprint.same_word(word, right[place - 1]) for word, place in zip(typed, positions, strict=True)
    ):
        return _compared(session, partner, person, now)
    return _wrong(session, partner, now)


def compare_qr(session: Session, organisation: str, person: str, text: str, now: datetime) -> Comparison:
    """Check a QR text that `person` scanned from the partner's own screen. Raises BadQrText."""
    partner = _partner(session, organisation, *_NOT_YET)
    if partner.wait_until is not None and now < partner.wait_until:
        raise ComparisonBlocked(partner.wait_until)
    scanned, root = fingerprint.read_qr(text)
    if (scanned, root) == (organisation, current_card(session, partner).root):
        return _compared(session, partner, person, now)
    return _wrong(session, partner, now)


def approve(session: Session, organisation: str, person: str, now: datetime) -> None:
    """The second person's word: from now on the partner is given alerts and believed. Raises SamePerson."""
    partner = _partner(session, organisation, PartnerStatus.COMPARED)
    if partner.compared_by == person:
        raise SamePerson("whoever compared the words cannot approve them; ask a second person")
    if partner.compared_root != bytes(current_card(session, partner).root):
        raise VerificationError("the partner's key changed since the words were compared; compare them again")
    partner.approved_by, partner.approved_at = person, now
    _set(session, partner, PartnerStatus.VERIFIED, now)


def suspend(session: Session, organisation: str, now: datetime) -> None:
    """Stop the exchange at once; any one person may."""
    partner = _partner(session, organisation, *_NOT_YET, PartnerStatus.VERIFIED)
    partner.resume_status = partner.status
    partner.restart_by = partner.restart_at = None
    _set(session, partner, PartnerStatus.SUSPENDED, now)


def restart(session: Session, organisation: str, person: str, now: datetime) -> bool:
    """Agree to go on with a suspended or suspect partner. True when the second person did so, too.

    Raises SamePerson when the one who agreed first agrees again.
    """
    partner = _partner(session, organisation, PartnerStatus.SUSPENDED, PartnerStatus.SUSPECT)
    first_is_fresh = partner.restart_at is not None and now - partner.restart_at < RESTART_WITHIN
    if not first_is_fresh:
        partner.restart_by, partner.restart_at = person, now
        session.flush()
        return False
    if partner.restart_by == person:
        raise SamePerson("a second person has to agree to the restart")
    was_verified = partner.resume_status == PartnerStatus.VERIFIED
    partner.restart_by = partner.restart_at = partner.resume_status = None
    _set(session, partner, PartnerStatus.VERIFIED if was_verified else PartnerStatus.UNVERIFIED, now)
    return True


def leave(session: Session, organisation: str, now: datetime) -> None:
    """The partner left: nothing is sent or accepted. A later card starts afresh, unverified."""
    partner = _partner(session, organisation)
    if partner.status == PartnerStatus.SELF:
        raise VerificationError("the own organisation cannot leave itself")
    _set(session, partner, PartnerStatus.LEFT, now)


def settle_alarm(session: Session, alarm_id: int, person: str, now: datetime) -> None:
    """Somebody looked at an alarm and dealt with it."""
    alarm = session.get(PartnerAlarmRow, alarm_id)
    if alarm is None or alarm.settled_at is not None:
        raise VerificationError("this alarm is settled already; reload the page")
    alarm.settled_by, alarm.settled_at = person, now
    session.flush()


def _compared(session: Session, partner: PartnerRow, person: str, now: datetime) -> Comparison:
    partner.wrong_tries, partner.wait_until = 0, None
    partner.compared_root = bytes(current_card(session, partner).root)
    partner.compared_by, partner.compared_at = person, now
    _set(session, partner, PartnerStatus.COMPARED, now)
    return Comparison(right=True)


def _wrong(session: Session, partner: PartnerRow, now: datetime) -> Comparison:
    """Count a wrong try. An earlier comparison is void: somebody just heard other words."""
    partner.wrong_tries += 1
    partner.compared_root = partner.compared_by = partner.compared_at = None
    left = TRIES - partner.wrong_tries
    if left <= 0:
        partner.wrong_tries, partner.wait_until = 0, now + WAIT
    _set(session, partner, PartnerStatus.UNVERIFIED, now)
    return Comparison(
        right=False, tries_left=max(left, 0), wait_until=partner.wait_until if left <= 0 else None
    )


def _set(session: Session, partner: PartnerRow, status: PartnerStatus, now: datetime) -> None:
    partner.status, partner.changed = status.value, now
    touch(session)


def _partner(session: Session, organisation: str, *expected: PartnerStatus) -> PartnerRow:
    partner = session.get(PartnerRow, organisation, with_for_update=True, populate_existing=True)
    if partner is None:
        raise VerificationError("this organisation is not in the directory; add its card first")
    if expected and partner.status not in expected:
        raise WrongState(organisation, PartnerStatus(partner.status))
    return partner
