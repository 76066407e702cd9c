"""Lists of cases: every filter is part of the query, so that what is cut into pages is what was asked for."""

from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import Actor
from services.intake.handlers.case_views import CaseSummary
from services.intake.handlers.search_terms import NAME, SOURCE_ID, SearchTerms
from services.intake.handlers.short_codes import with_code
from services.intake.handlers.visible import visible
from services.intake.store.cases import BlindIndexRow, CaseRow

PER_PAGE = 50


@dataclass(frozen=True, slots=True, repr=False)
class CaseFilter:
    """Which cases. None is any; `text` is a whole name, an id of an imported table or a short code."""

    text: str = ""
    kind: str | None = None
    category: str | None = None
    risk: str | None = None
    state: str | None = None
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
    if wanted.text:
        values = [value for field in (NAME, SOURCE_ID) if (value := terms.value(field, wanted.text))]
        found = select(BlindIndexRow.case_id).where(BlindIndexRow.value.in_(values))
        coded = with_code(session, wanted.text, select(CaseRow.id).where(visible(by)))
        chosen = chosen.where(or_(CaseRow.id.in_(found), CaseRow.id.in_(coded)))
    return chosen.order_by(CaseRow.changed_at.desc(), CaseRow.id)
