"""What one transaction has read and may use again, so that a batch does not read it for every message."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

_NAME = "myosotis_remembered"


def remembered(session: Session) -> dict[Hashable, Any]:
    """A dictionary that lives as long as the session and is emptied when a part of it is undone.

    Only for what nobody else can change meanwhile: rows under a lock that this transaction holds to its end.
    Who changes such a row takes it out here, or puts in the new value.
    """
    known: dict[Hashable, Any] | None = session.info.get(_NAME)
    if known is None:
        known = session.info[_NAME] = {}
        event.listen(session, "after_soft_rollback", _undone)
    return known


def _undone(session: Session, previous: SessionTransaction) -> None:
    del previous
    session.info[_NAME].clear()
