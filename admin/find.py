"""From what a person types (an id, or the four characters of a notice) to the one row that is meant."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.errors import AdminError
from services.intake.store.alerts import AlertRow
from services.intake.store.cases import CaseRow
from shared.runtime import ids


def case_id(session: Session, text: str) -> str:
    """The id of a case. Raises AdminError unless exactly one fits."""
    return _one(session.scalars(select(CaseRow.id)), text, "case", "myosotis cases list")


def alert_id(session: Session, text: str) -> str:
    """The id of one of our alerts. Raises AdminError unless exactly one fits."""
    return _one(session.scalars(select(AlertRow.id)), text, "alert", "myosotis alerts list")


def _one(known: Iterable[str], text: str, what: str, command: str) -> str:
    wanted = text.strip()
    found = [one for one in known if one == wanted or ids.short(one) == wanted.upper()]
    if len(found) == 1:
        return found[0]
    if found:
        raise AdminError(f"{wanted} fits {len(found)} of them: give the long reference from `{command}`.")
    raise AdminError(f"There is no {what} {wanted}: `{command}` shows all.")
