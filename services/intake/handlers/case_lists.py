"""Lists of cases: every filter is part of the query, so that what is cut into pages is what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select
from sqlalchemy.orm import Session

from services.intake.domain.codes import Risk
from services.intake.handlers.actor import Actor
from services.intake.handlers.case_views import CaseSummary
from services.intake.handlers.search_terms import (
    NAME,
    NAME_SOUND,
    NAME_SPELLING,
    SOURCE_ID,
    SearchTerms,
    wider,
)
from services.intake.handlers.short_codes import with_code
from services.intake.handlers.visible import visible
from services.intake.store.cases import BlindIndexRow, CaseRow

PER_PAGE = 50
RISK_ORDER = {risk.value: place for place, risk in enumerate(Risk)}


@dataclass(frozen=True, slots=True, repr=False)
class CaseFilter:
    """Which cases. None is any; `text` is a name, an id of an imported table or a short code."""

    text: str = ""
    kind: str | None = None
    category: str | None = None
    risk: str | None = None
    state: str | None = None
    order: str = "changed"
    """`changed` or `registered`: the newest first; `risk`: the highest first. A search has its own order."""
    batch: str | None = None
    """Only cases of this import."""


@dataclass(frozen=True, slots=True, repr=False)
class CasePage:
    """One page of a list, the newest change first."""

    cases: list[CaseSummary]
    total: int
    """How many fit altogether, on every page."""
    number: int
    pages: int
    alike: frozenset[str]
    """Ids of those that were found by spelling or sound only."""
    elsewhere: int
    """How many more fit in another state than the one that was asked for."""


def chosen_cases(session: Session, wanted: CaseFilter, terms: SearchTerms, by: Actor) -> Select[CaseRow]:
    """The query for the cases that fit and that this person may see, in the order of the list."""
    chosen = select(CaseRow).where(visible(by))
    for column in ("kind", "category", "risk", "state"):
        value = getattr(wanted, column)
        if value is not None:
            chosen = chosen.where(getattr(CaseRow, column) == value)
    if wanted.batch is not None:
        chosen = chosen.where(CaseRow.batch_id == wanted.batch)
    newest = (CaseRow.changed_at.desc(), CaseRow.id)
    if wanted.text:
        exact, spelled, sounding = found_by(session, wanted.text, terms, by)
        rank = case((exact, 0), (spelled, 1), else_=2)
        return chosen.where(or_(exact, spelled, sounding)).order_by(rank, *newest)
    if wanted.order == "registered":
        return chosen.order_by(CaseRow.created_at.desc(), CaseRow.id)
    if wanted.order == "risk":
        return chosen.order_by(case(RISK_ORDER, value=CaseRow.risk, else_=len(RISK_ORDER)), *newest)
    return chosen.order_by(*newest)


def found_by(
    session: Session, text: str, terms: SearchTerms, by: Actor
) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    """Conditions for cases whose name or number is exactly this, is spelled like it, or sounds like it."""
    values = [value for field in (NAME, SOURCE_ID) if (value := terms.value(field, text))]
    coded = with_code(session, text, select(CaseRow.id).where(visible(by)))
    exact = or_(_has(values), CaseRow.id.in_(coded))
    ways = {field: and_(*map(_has, _blind(terms, field, each))) for field, each in wider(text)}
    return exact, ways.get(NAME_SPELLING, false()), ways.get(NAME_SOUND, false())


def _blind(terms: SearchTerms, field: str, each: list[list[str]]) -> list[list[bytes]]:
    return [[value for one in word if (value := terms.value(field, one))] for word in each]


def _has(values: Sequence[bytes]) -> ColumnElement[bool]:
    return CaseRow.id.in_(select(BlindIndexRow.case_id).where(BlindIndexRow.value.in_(values)))
