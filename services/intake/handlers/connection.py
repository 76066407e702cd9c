"""Whether messages to partners leave at all: what the outbox knows of the line to the relay."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from services.intake.handlers.ports import Context
from shared.post.quarantine_mode import is_quarantined
from shared.post.routes import Lane
from shared.store.tables import OutboxRow

AWAY = "broker_away"
"""What the way out writes beside a message when there was nobody to take it."""
PATIENCE = timedelta(minutes=5)
"""Longer than any message waits for its turn while the line is up and the worker runs."""


class Connection:
    """The line to the relay as this desk can know it; the desk itself opens none."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def down_since(self) -> datetime | None:
        """Since when the oldest message has waited for a line, or None while all is well.

        A message that was tried in vain says so at once. One that nobody tried says it after five minutes:
        then the worker that would take it does not run.
        """
        now = self._context.clock.now()
        waiting = (OutboxRow.lane == Lane.RELAY, OutboxRow.state == "waiting")
        tried = select(func.min(OutboxRow.created)).where(*waiting, OutboxRow.reason == AWAY)
        untried = select(func.min(OutboxRow.not_before)).where(
            *waiting, OutboxRow.reason.is_(None), OutboxRow.not_before < now - PATIENCE
        )
        with self._context.database.read() as session:
            if is_quarantined(session):
                return None  # kept back on purpose, and said elsewhere
            found = (session.scalar(tried), session.scalar(untried))
        return min((moment for moment in found if moment is not None), default=None)
