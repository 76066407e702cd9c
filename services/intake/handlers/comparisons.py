"""Compares an own person with what a shared match key unlocked of an alert (decisions/0019).

Our matching holds no names. It asks here, and gets levels of agreement. Who has stolen matching could
invent details and ask until the levels give the classes of a name away, which is all there is to get. For
one case few different questions a day are answered.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.intake.domain.finer import agreement as finer
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import Details
from services.intake.domain.finer.rarity import told_rarity
from services.intake.handlers.actor import SYSTEM
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.errors import CaseErased
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.search_terms import SOUND, SearchTerms
from services.intake.store.cases import BlindIndexRow, CaseRow
from services.intake.store.matches import ComparisonRow
from shared.crypto.errors import CannotDecrypt
from shared.post.incoming import Incoming, Refuse
from shared.wire.local import Agreement, CandidateCompared, CandidateFound, CaseClosed
from shared.wire.values import decode_base64

MOST_A_DAY = 50
"""Different questions about one case that are answered with levels on one day."""
MOST_OF_PARTNER = 25
"""Of these, about alerts of one partner: it must not use up those of the others."""
COUNTED_FOR = timedelta(minutes=10)
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
        self._terms = SearchTerms(context.keys.blind_index)
        self._counted: tuple[datetime, int] | None = None

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
        agreeing = finer.compare(person, Details.unpack(decode_base64(body.details)), DEALT)
        rarity = told_rarity(
            person,
            agreeing,
            lambda which, name: self._borne_by(session, which, name),
            self._open_cases(session),
        )
        return Agreement.model_validate({**agreeing.to_plain(), **rarity})

    def _borne_by(self, session: Session, which: str, name: str) -> int:
        """How many own open cases have a name of this sound; the index holds no sound."""
        value = self._terms.value(SOUND[which], name)
        alike = BlindIndexRow.field == SOUND[which], BlindIndexRow.value == value
        chosen = select(func.count()).select_from(BlindIndexRow).join(CaseRow)
        return session.scalar(chosen.where(*alike, CaseRow.state == "open")) or 0

    def _open_cases(self, session: Session) -> int:
        """Counted now and then: a few more or less change nothing, and counting 100,000 takes its time."""
        now = self._context.clock.now()
        if self._counted is None or not timedelta() <= now - self._counted[0] < COUNTED_FOR:
            open_cases = select(func.count()).select_from(CaseRow).where(CaseRow.state == "open")
            self._counted = now, session.scalar(open_cases) or 0
        return self._counted[1]

    def _may_answer(self, session: Session, body: CandidateFound) -> bool:
        """Count the question and write it down (rule 10); False beyond the limit of the day.

        The limit bounds the rows of the audit log as well. What is asked again counts once.
        """
        day, question = _day(self._context.clock.now()), _digest(body)
        session.execute(delete(ComparisonRow).where(ComparisonRow.day < day))
        asked = select(func.count()).where(ComparisonRow.case_id == body.case, ComparisonRow.day == day)
        count: int = session.execute(asked).scalar_one()
        of_partner = session.execute(asked.where(ComparisonRow.partner == body.partner)).scalar_one()
        if session.get(ComparisonRow, (body.case, day, question)) is not None:
            return True
        if count >= MOST_A_DAY:
            # Its row says that the alarm was raised, and answers nothing. Counting would not do: two workers
            # that count at once write one row more than the limit.
            if session.get(ComparisonRow, (body.case, day, _ALARM)) is None:
                session.add(_row(body, day, _ALARM))
                session.flush()
                self._alarms.raise_one(session, "comparison_limit", body.case)
            return False
        if of_partner >= MOST_OF_PARTNER:
            return False
        session.add(_row(body, day, question))
        session.flush()
        details: dict[str, str | int] = {"partner": body.partner, "case": body.case}
        # Under the alert, so that the history of a case still shows the looks of people.
        self._context.audit.append(session, SYSTEM, "candidate.compared", body.alert, details)
        return True


def _day(moment: datetime) -> int:
    return int(moment.timestamp() // timedelta(days=1).total_seconds())


def _row(body: CandidateFound, day: int, question: bytes) -> ComparisonRow:
    return ComparisonRow(case_id=body.case, day=day, question=question, partner=body.partner)


def _digest(body: CandidateFound) -> bytes:
    asked = (body.partner, body.alert, str(body.alert_version), body.details)
    return hashlib.sha256(b"|".join((_LABEL, *(text.encode() for text in asked)))).digest()
