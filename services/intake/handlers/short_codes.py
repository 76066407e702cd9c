"""Finds what a notice or a colleague named by its four characters, among what this person may see.

The characters are not stored: they follow from the reference, and references alone are read to find them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import READS_CASES, Actor
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.visible import visible
from services.intake.store.alerts import AlertRow, NoticeRow, ShareRow
from services.intake.store.cases import CaseRow
from services.intake.store.matches import MatchRow
from shared.runtime import ids

MOST = 50
"""So many at most have one code: one in a million references has any given one."""


@dataclass(frozen=True, slots=True, repr=False)
class Coded:
    """Something with this code. `kind`: match, alert or notice; `id` is what its page is opened with."""

    kind: str
    id: str
    label: str
    """The name of the own case."""
    partner: str
    """Empty for an own alert, which may be at several."""


def with_code(session: Session, text: str, references: Select[str]) -> list[str]:
    """Those of the references whose short form is this; none when the text is not four such characters."""
    code = text.strip().upper()
    if not ids.is_short(code):
        return []
    return [one for one in session.scalars(references) if ids.short(one) == code][:MOST]


class ShortCodes:
    """What stands on a notice or a screen, beside the cases themselves (`Cases.page_of` finds those)."""

    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people

    def find(self, text: str, by: Actor) -> list[Coded]:
        """Possible matches, alerts and partners' words with this code; the look is audited if it finds."""
        by.must_be(READS_CASES)
        if not ids.is_short(text.strip().upper()):
            return []
        with self._context.database.begin() as session:
            found = [
                *self._matches(session, text, by),
                *self._alerts(session, text, by),
                *self._notices(session, text, by),
            ]
            if found:
                details = {"count": len(found)}
                self._context.audit.append(session, by.id, "code.searched", "cases", details)
            return found

    def _matches(self, session: Session, text: str, by: Actor) -> Iterable[Coded]:
        """By its own code, and by that of the notice under which people were told of it."""
        mine = select(MatchRow.id).join(CaseRow, CaseRow.id == MatchRow.case_id).where(visible(by))
        told = (
            select(MatchRow.duty).join(CaseRow, CaseRow.id == MatchRow.case_id).where(visible(by)).distinct()
        )
        wanted = {*with_code(session, text, mine), *with_code(session, text, told)}
        rows = session.scalars(
            select(MatchRow)
            .join(CaseRow, CaseRow.id == MatchRow.case_id)
            .where(visible(by), MatchRow.id.in_(wanted) | MatchRow.duty.in_(wanted))
            .order_by(MatchRow.received_at.desc(), MatchRow.id)
            .limit(MOST)
        )
        for row in rows:
            yield Coded("match", row.id, self._people.label(session, row.case_id), row.partner)

    def _alerts(self, session: Session, text: str, by: Actor) -> Iterable[Coded]:
        mine = select(AlertRow.id).join(CaseRow, CaseRow.id == AlertRow.case_id).where(visible(by))
        for reference in with_code(session, text, mine):
            alert = session.get_one(AlertRow, reference)
            yield Coded("alert", alert.id, self._people.label(session, alert.case_id), "")

    def _notices(self, session: Session, text: str, by: Actor) -> Iterable[Coded]:
        """A partner's word stands on the page of its case."""
        seen = (
            select(NoticeRow.duty, AlertRow.case_id, NoticeRow.partner)
            .join(ShareRow, ShareRow.id == NoticeRow.share_id)
            .join(AlertRow, AlertRow.id == ShareRow.alert_id)
            .join(CaseRow, CaseRow.id == AlertRow.case_id)
            .where(visible(by))
            .distinct()
        )
        for duty, case_id, partner in session.execute(seen):
            if ids.short(duty) == text.strip().upper():
                yield Coded("notice", case_id, self._people.label(session, case_id), partner)
