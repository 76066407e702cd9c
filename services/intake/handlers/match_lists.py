"""Lists of possible matches: what is asked for is part of the query, and so is what presses most."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy import case as by_case

from services.intake.domain.codes import MatchState
from services.intake.handlers.actor import Actor
from services.intake.handlers.match_views import UNLIKELY, URGENCY_ORDER, MatchSummary
from services.intake.handlers.visible import visible
from services.intake.store.cases import CaseRow
from services.intake.store.desk import DutyStateRow
from services.intake.store.matches import MatchRow
from shared.wire import codes

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """Which possible matches, and whether what presses most comes first, or what is newest."""

    states: frozenset[MatchState] = frozenset(MatchState)
    case_id: str | None = None
    partner: str | None = None
    pressing_first: bool = False


@dataclass(frozen=True, slots=True)
class MatchPage:
    """One page of a list of possible matches."""

    matches: list[MatchSummary]
    total: int
    number: int
    pages: int


def chosen_matches(
    wanted: MatchFilter, by: Actor, shown: int
) -> Select[MatchRow, CaseRow, str | None, int, int]:
    """The query for those that fit, of the cases that this person may see: `shown` of each case and partner.

    Beside each stand what notify said, its place among those alike, and how many are alike.
    """
    places = _places(wanted)
    return (
        select(MatchRow, CaseRow, DutyStateRow.state, places.c.place, places.c.all)
        .join(places, places.c.id == MatchRow.id)
        .join(CaseRow, CaseRow.id == MatchRow.case_id)
        .outerjoin(DutyStateRow, DutyStateRow.reference == MatchRow.duty)
        .where(visible(by), places.c.place <= shown)
        .order_by(*(_pressing() if wanted.pressing_first else ()), MatchRow.received_at.desc(), MatchRow.id)
    )


def _places(wanted: MatchFilter) -> Subquery:
    """Each match's place among those between the same case and partner: the most pressing is the first."""
    alike = (MatchRow.case_id, MatchRow.partner)
    pressing = (*_pressing(), MatchRow.received_at.desc(), MatchRow.id)
    chosen = select(
        MatchRow.id,
        func.row_number().over(partition_by=alike, order_by=pressing).label("place"),
        func.count().over(partition_by=alike).label("all"),
    )
    if wanted.states != frozenset(MatchState):
        chosen = chosen.where(MatchRow.state.in_(wanted.states))
    if wanted.case_id is not None:
        chosen = chosen.where(MatchRow.case_id == wanted.case_id)
    if wanted.partner is not None:
        chosen = chosen.where(MatchRow.partner == wanted.partner)
    return chosen.subquery()


def _pressing() -> tuple[ColumnElement[Any], ...]:
    """Real ones before exercises, then what is unlikely last, and the others by urgency and strength."""
    return (
        by_case((MatchRow.msg_status == codes.MsgStatus.ACTUAL.value, 0), else_=1),
        by_case((MatchRow.strength == UNLIKELY, 1), else_=0),
        by_case({code: place for place, code in enumerate(URGENCY_ORDER)}, value=MatchRow.urgency, else_=9),
        MatchRow.score.desc(),
    )
