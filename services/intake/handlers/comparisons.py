"""Compares an own person with what a shared match key unlocked of an alert (decisions/0019).

Our matching holds no names. It asks here, and gets levels of agreement. Who has stolen matching could invent
details and ask until the levels give a name away, so for one case few different questions a day are answered.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.intake.domain.finer import agreement as finer
from services.intake.domain.finer.details import Details
from services.intake.domain.matchkey_facts import of_case
from services.intake.domain.names import frequency
from services.intake.domain.person import Person
from services.intake.handlers.actor import SYSTEM
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.errors import CaseErased
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.store.cases import CaseRow
from services.intake.store.matches import ComparisonRow
from shared.crypto.errors import CannotDecrypt
from shared.post.incoming import Incoming, Refuse
from shared.wire.local import Agreement, CandidateCompared, CandidateFound, CaseClosed
from shared.wire.values import decode_base64

MOST_A_DAY = 50
"""Different questions about one case that are answered with levels on one day."""
UNKNOWN = Agreement(
    given="unknown",
    family="unknown",
    swapped=False,
    birth="unknown",
    place="unknown",
    given_one_in=0,
    family_one_in=0,
)
_LABEL = b"myosotis comparison v1"
_ALARM = bytes(32)
"""In place of a question."""


class Comparisons:
    """The handler of `candidate.found`; only our own matching may ask."""

    def __init__(self, context: Context, people: People, alarms: Alarms) -> None:
        self._context = context
        self._people = people
        self._alarms = alarms

    def on_found(self, session: Session, incoming: Incoming) -> None:
        """Answer from the case as it is now. A closed case is said to be closed once more."""
        body = incoming.body
        if not isinstance(body, CandidateFound):
            raise TypeError("only candidate.found is handled here")
        if incoming.sender != f"{self._context.organisation}/matching":
            raise Refuse("sender.not-own-matching")
        case = session.get(CaseRow, body.case)
        if case is None or case.state != "open":
            # Our word that it is closed was still under way, or matching came back from an older backup.
            self._context.post.tell(session, CaseClosed(case=body.case))
            return
        levels = self._levels(session, body) if self._may_answer(session, body) else UNKNOWN
        answer = CandidateCompared(
            alert=body.alert,
            alert_version=body.alert_version,
            partner=body.partner,
            case=body.case,
            case_version=body.case_version,
            agreement=levels,
        )
        self._context.post.tell(session, answer)

    def _levels(self, session: Session, body: CandidateFound) -> Agreement:
        try:
            person = self._people.load(session, body.case)
        except (CaseErased, CannotDecrypt):
            return UNKNOWN  # the asker and the desk raise the alarm for a case that cannot be read (case 82)
        return levels_of(person, Details.unpack(decode_base64(body.details)), decode_base64(body.salt))

    def _may_answer(self, session: Session, body: CandidateFound) -> bool:
        """Count the question and write it down (rule 10); False beyond the limit of the day.

        The limit bounds the rows of the audit log as well. What is asked again counts once.
        """
        day, question = _day(self._context.clock.now()), _digest(body)
        session.execute(delete(ComparisonRow).where(ComparisonRow.day < day))
        asked = select(func.count()).where(ComparisonRow.case_id == body.case, ComparisonRow.day == day)
        count: int = session.execute(asked).scalar_one()
        if session.get(ComparisonRow, (body.case, day, question)) is not None:
            return True
        if count > MOST_A_DAY:
            return False
        beyond = count == MOST_A_DAY  # the first: its row says that the alarm was raised, and answers nothing
        session.add(ComparisonRow(case_id=body.case, day=day, question=_ALARM if beyond else question))
        session.flush()
        if beyond:
            self._alarms.raise_one(session, "comparison_limit", body.case)
            return False
        details: dict[str, str | int] = {"partner": body.partner, "case": body.case}
        # Under the alert, so that the history of a case still shows the looks of people.
        self._context.audit.append(session, SYSTEM, "candidate.compared", body.alert, details)
        return True


def levels_of(person: Person, told: Details, salt: bytes) -> Agreement:
    """How an own person agrees with an alert's details, and how rare the own names are."""
    agreeing = finer.compare(person, told, salt)
    facts = of_case(person)
    levels: dict[str, str | bool | int] = {
        "given": agreeing.given.value,
        "family": agreeing.family.value,
        "swapped": agreeing.swapped,
        "birth": agreeing.birth.value,
        "place": agreeing.place.value,
        "given_one_in": _one_in(max(map(frequency.given_share, facts.given), default=0.0)),
        "family_one_in": _one_in(max(map(frequency.family_share, facts.family), default=0.0)),
    }
    return Agreement.model_validate(levels)


def _one_in(share: float) -> int:
    """In steps of 1, 2, 5, 10 ..., rounded down: a number that says less of a name. 0 if there is none."""
    return step_below(frequency.one_in(share)) if share else 0


def step_below(number: int) -> int:
    """The greatest of 1, 2, 5, 10, 20, 50 ... that is not above this number; 0 for 0."""
    if number < 1:
        return 0
    power = int("1" + "0" * (len(str(number)) - 1))
    return max(step * power for step in (1, 2, 5) if step * power <= number)


def _day(moment: datetime) -> int:
    return int(moment.timestamp() // timedelta(days=1).total_seconds())


def _digest(body: CandidateFound) -> bytes:
    asked = (body.partner, body.alert, str(body.alert_version), body.salt, body.details)
    return hashlib.sha256(b"|".join((_LABEL, *(text.encode() for text in asked)))).digest()
