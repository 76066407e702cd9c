"""What a service forgets by the clock."""

from datetime import timedelta

from sqlalchemy import select, update

from shared.post.upkeep import Upkeep
from shared.runtime.clock import ClockGuard
from shared.runtime.metrics import ServiceMetrics
from shared.store import inbox
from shared.store.tables import InboxRow
from tests.unit.post.offices import Desk


def test_what_waits_in_vain_does_not_stay_for_ever(desk: Desk) -> None:
    """Case 71: an early message goes after 60 days, the life of a message; a parked one after 180."""
    now = desk.clock.now()
    ages = {"early": (59, 61), "parked": (179, 181), "done": (74, 76), "waiting": (1, 400)}
    names = [f"{state}-{days}" for state, pair in ages.items() for days in pair]
    with desk.database.begin() as session:
        for name in names:
            state, days = name.split("-")
            received = now - timedelta(days=int(days))
            inbox.put(
                session, inbox.Incoming("intake", name, "duty.waiting", b"", received, lane="local"), None
            )
            session.execute(update(InboxRow).where(InboxRow.message_id == name).values(state=state))
    Upkeep(desk.database, desk.clock, ClockGuard(desk.clock), ServiceMetrics(), ()).step()
    with desk.database.read() as session:
        left = set(session.scalars(select(InboxRow.message_id)))
    assert set(names) - left == {"early-61", "parked-181", "done-76"}
