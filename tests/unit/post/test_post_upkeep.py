"""What a service forgets by the clock."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shared.post.upkeep import Upkeep
from shared.runtime.clock import Clock, ClockGuard, ManualClock
from shared.runtime.metrics import ServiceMetrics
from shared.store import clock_seen, inbox
from shared.store.clock_seen import ClockSeen
from shared.store.tables import InboxRow
from tests.support.clock import START
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


def upkeep(desk: Desk, clock: Clock) -> Upkeep:
    """The upkeep of a process that starts now."""
    return Upkeep(
        desk.database, clock, ClockGuard(clock, memory=ClockSeen(desk.database)), ServiceMetrics(), ()
    )


@pytest.mark.parametrize("away", [timedelta(hours=-2), timedelta(days=400)], ids=["past", "future"])
def test_a_machine_that_starts_with_a_wrong_clock_forgets_nothing(desk: Desk, away: timedelta) -> None:
    """Case 27 over a restart: what a clock from nowhere calls old stays, until a person confirms it."""
    upkeep(desk, ManualClock(START)).step()
    wrong = ManualClock(START + away)
    with desk.database.begin() as session:
        known = inbox.Incoming("intake", "msg_1", "duty.waiting", b"", wrong.now() - timedelta(days=90))
        inbox.put(session, known, None)
        session.execute(update(InboxRow).values(state="done"))
    restarted = upkeep(desk, wrong)
    restarted.step()
    with desk.database.read() as session:
        assert session.scalar(select(InboxRow.message_id)) == "msg_1"
        assert clock_seen.last_seen(session) == START
        assert clock_seen.held_by(session) == away
    with desk.database.begin() as session:
        clock_seen.accept(session, wrong.now())
    restarted.step()
    with desk.database.read() as session:
        assert session.scalar(select(InboxRow.message_id)) is None
        assert (clock_seen.last_seen(session), clock_seen.held_by(session)) == (wrong.now(), None)
