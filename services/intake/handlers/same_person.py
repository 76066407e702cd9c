"""Perhaps the same person: advice among our own cases, and links that a person sets and undoes (rule 6).

Nothing is ever merged. Names that sound the same with a year of birth that fits are worth a look, no more.
"""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.intake.domain.finer.rarity import own_sounds
from services.intake.domain.person import Person
from services.intake.handlers.actor import READS_CASES, WRITES_CASES, Actor
from services.intake.handlers.case_views import CaseSummary
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import NotFound
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.search_terms import BORN, SOUND, SearchTerms, years_of
from services.intake.handlers.visible import visible
from services.intake.store.cases import BlindIndexRow, CaseRow
from services.intake.store.links import SamePersonRow
from shared.runtime import ids

SHOWN = 10


@dataclass(frozen=True, slots=True, repr=False)
class Kin:
    """Other cases of ours around one case."""

    alike: list[CaseSummary]
    """Perhaps the same person; nobody has said so."""
    linked: list[CaseSummary]
    """Somebody has said that this is the same person."""


class SamePeople:
    """The use cases around one person in several cases."""

    def __init__(self, context: Context, cases: Cases, people: People) -> None:
        self._context = context
        self._cases = cases
        self._people = people
        self._terms = SearchTerms(context.keys.blind_index)

    def of_case(self, case_id: str, by: Actor) -> Kin:
        """What is alike and what is linked, as far as this person may see it (case 46)."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            row = self._cases.find(session, case_id, by)
            linked = self._linked(session, row.id)
            known = [one for one in (session.get(CaseRow, one) for one in linked) if one is not None]
            alike = self._alike(session, self._people.load(session, row.id), by, {row.id, *linked})
            return Kin(
                alike=[self._cases.summary_of(session, one) for one in alike],
                linked=[self._cases.summary_of(session, one) for one in known if by.sees_team(one.team)],
            )

    def of_person(self, person: Person, by: Actor) -> list[CaseSummary]:
        """Own cases perhaps of the same person, before one more is registered; the look is audited."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            found = [self._cases.summary_of(session, row) for row in self._alike(session, person, by, set())]
            if found:
                self._context.audit.append(session, by.id, "case.searched", "cases", {"count": len(found)})
            return found

    def link(self, case_id: str, other_id: str, by: Actor) -> None:
        """Say that two cases are of one person; a second time changes nothing. NotFound, also for itself."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            first, second = self._pair(session, case_id, other_id, by)
            if self._row(session, first, second) is None:
                now = self._context.clock.now()
                made = SamePersonRow(
                    id=ids.new_id("same"), first=first, second=second, linked_by=by.id, linked_at=now
                )
                session.add(made)
                self._context.audit.append(session, by.id, "case.linked", case_id, {"other": other_id})

    def unlink(self, case_id: str, other_id: str, by: Actor) -> None:
        """Take it back."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._row(session, *self._pair(session, case_id, other_id, by))
            if row is not None:
                session.delete(row)
                self._context.audit.append(session, by.id, "case.unlinked", case_id, {"other": other_id})

    def _alike(self, session: Session, person: Person, by: Actor, without: set[str]) -> list[CaseRow]:
        """Both names sound the same, and the years of birth meet or are not known."""
        values = [self._terms.value(SOUND[which], sound) for which, sound in own_sounds(person)]
        if len(values) < len(SOUND):
            return []
        chosen = select(CaseRow).where(visible(by), CaseRow.state != "erased")
        for value in values:
            chosen = chosen.where(
                CaseRow.id.in_(select(BlindIndexRow.case_id).where(BlindIndexRow.value == value))
            )
        years = [self._terms.value(BORN, str(year)) for year in years_of(person)]
        if years:
            dated = select(BlindIndexRow.case_id).where(BlindIndexRow.field == BORN)
            fitting = dated.where(BlindIndexRow.value.in_(years))
            chosen = chosen.where(or_(CaseRow.id.in_(fitting), CaseRow.id.not_in(dated)))
        newest = chosen.where(CaseRow.id.not_in(without)).order_by(CaseRow.changed_at.desc(), CaseRow.id)
        return list(session.scalars(newest.limit(SHOWN)))

    def _linked(self, session: Session, case_id: str) -> list[str]:
        touching = or_(SamePersonRow.first == case_id, SamePersonRow.second == case_id)
        rows = session.scalars(select(SamePersonRow).where(touching).order_by(SamePersonRow.linked_at))
        return [row.second if row.first == case_id else row.first for row in rows]

    def _pair(self, session: Session, case_id: str, other_id: str, by: Actor) -> tuple[str, str]:
        one, other = self._cases.find(session, case_id, by), self._cases.find(session, other_id, by)
        if one.id == other.id or "erased" in (one.state, other.state):
            raise NotFound()
        return min(one.id, other.id), max(one.id, other.id)

    def _row(self, session: Session, first: str, second: str) -> SamePersonRow | None:
        return session.scalar(
            select(SamePersonRow).where(SamePersonRow.first == first, SamePersonRow.second == second)
        )
