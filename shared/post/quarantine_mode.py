"""The state of a node after a backup was restored: it takes in, and says nothing (case 84).

What a restored database believes is old: alerts may have been withdrawn since, numbers used, people erased.
So nothing goes out and no pseudonyms are asked for until an administrator has reconciled and released it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from shared.runtime import clock
from shared.store.tables import SettingRow

_SETTING = "quarantine_since"


def is_quarantined(session: Session) -> bool:
    """Whether nothing may leave now."""
    return session.get(SettingRow, _SETTING, populate_existing=True) is not None


def since(session: Session) -> datetime | None:
    """When the quarantine began, or None."""
    row = session.get(SettingRow, _SETTING, populate_existing=True)
    return None if row is None else clock.from_wire(row.value)


def enter(session: Session, now: datetime) -> None:
    """Begin; a second time changes nothing."""
    if not is_quarantined(session):
        session.add(SettingRow(name=_SETTING, value=clock.to_wire(now)))
        session.flush()


def release(session: Session) -> None:
    """End it: the outbox is published again from the next round on."""
    row = session.get(SettingRow, _SETTING)
    if row is not None:
        session.delete(row)
        session.flush()
