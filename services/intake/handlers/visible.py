"""Which rows exist for a person, as a condition of the query: a list that is cut short is cut after it."""

from sqlalchemy import ColumnElement, true

from services.intake.handlers.actor import EVERY_TEAM, Actor
from services.intake.store.cases import CaseRow


def visible(by: Actor) -> ColumnElement[bool]:
    """Rows of the cases that this person may see, in a query that joins CaseRow; `Actor.sees_team` in SQL."""
    return true() if by.role in EVERY_TEAM else CaseRow.team == by.team
