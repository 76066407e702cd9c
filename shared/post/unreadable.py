"""What is done about envelopes that were sealed for a key that is destroyed here (PROTOCOL 5.3, case 20).

Nothing in such an envelope can be read, so the only word about its sender is the routing key, which the relay
lets nobody forge. It is a hint and no more: it makes us ask a verified partner to send anew what it sent
before, and that at most once a day, so nobody can use it to keep either side busy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shared.bus.port import Delivery
from shared.partners.directory import Directory
from shared.post.routes import sender_of
from shared.runtime import clock as clocks
from shared.runtime.clock import Clock
from shared.store.engine import Database, lock
from shared.store.tables import SettingRow
from shared.wire.reject import Code

ONCE_IN = timedelta(days=1)

AskAnew = Callable[[Session, str], None]
"""Asks this partner to send everything anew, within the caller's transaction."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Called by the receiver for every envelope that it refused."""

    database: Database
    directory: Directory
    clock: Clock
    ask_anew: AskAnew

    def __call__(self, code: Code, delivery: Delivery) -> None:
        """Ask, if it was for an unknown key, came from a verified partner, and was not asked today."""
        organisation = sender_of(delivery.routing_key) if code is Code.UNKNOWN_KEY else None
        if organisation is None:
            return
        now = self.clock.now()
        with self.database.begin() as session:
            lock(session, "audit")  # the one lock that every effect of matching takes, and takes first
            if organisation in self.directory.view(session, now).verified() and _due(
                session, f"resend.{organisation}", now
            ):
                self.ask_anew(session, organisation)


def _due(session: Session, name: str, now: datetime) -> bool:
    row = session.get(SettingRow, name, with_for_update=True)
    if row is not None and clocks.from_wire(row.value) + ONCE_IN > now:
        return False
    session.merge(SettingRow(name=name, value=clocks.to_wire(now)))
    session.flush()
    return True
