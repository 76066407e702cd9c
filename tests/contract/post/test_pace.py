"""What one sender floods waits its turn, visibly; nobody else waits for it (decisions/0014)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.post.pace import LONGEST_MINUTES, Allowance, Arrived, Backlog, Pace, backlogs
from shared.runtime import ids
from shared.runtime.clock import ManualClock
from shared.store import inbox
from shared.store.engine import Database
from shared.store.tables import InboxRow
from tests.support.clock import manual_clock
from tests.support.database import KINDS, new_database

ALERTS = Allowance("alerts", frozenset({"alert.published", "alert.updated"}), at_once=5, a_minute=2)
ENDS = Allowance("ends", frozenset({"alert.withdrawn"}), at_once=5, a_minute=2)
VILNIUS, RIGA = "lt-vilnius/intake", "lv-riga/intake"


@dataclass
class Inbox:
    """An inbox behind a pace."""

    database: Database
    clock: ManualClock = field(default_factory=manual_clock)
    pace: Pace = field(default_factory=lambda: Pace((ALERTS, ENDS)))

    def arrive(self, count: int, sender: str = VILNIUS, kind: str = "alert.published") -> list[str]:
        """Store so many new messages as the receiver does; their ids."""
        now = self.clock.now()
        new = [Arrived(sender, ids.new_id("msg"), kind) for _ in range(count)]
        rows = [inbox.Incoming(one.sender, one.id, one.type, b"x", now) for one in new]
        with self.database.begin() as session:
            assert all(inbox.put_many(session, rows, None))
            self.pace.hold(session, new, now)
        return [one.id for one in new]

    def handle(self) -> list[str]:
        """Handle all that is due; the ids in their order."""
        done: list[str] = []
        while items := inbox.claim(self.database, 4, self.clock.now(), "worker", None):
            with self.database.begin() as session:
                inbox.done_many(session, items, self.clock.now())
            done += [item.message_id for item in items]
        return done

    def held(self) -> list[Backlog]:
        with self.database.read() as session:
            return backlogs(session, self.clock.now())

    def minutes(self, count: int) -> None:
        self.clock.advance(timedelta(minutes=count))


@pytest.fixture(
    params=[pytest.param(kind, marks=[pytest.mark.database] * (kind != "sqlite")) for kind in KINDS]
)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox over each kind of database."""
    made = Inbox(new_database(request.param, tmp_path))
    yield made
    made.database.dispose()


def minute(moment: datetime, later: int) -> datetime:
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=later)


def test_what_is_beyond_the_allowance_waits_and_all_of_it_has_its_turn(box: Inbox) -> None:
    sent = box.arrive(10)
    assert box.held() == [Backlog(VILNIUS, 5, minute(box.clock.now(), 3))]
    assert box.handle() == sent[:5]
    for turn in (sent[5:7], sent[7:9], sent[9:]):
        assert box.handle() == []
        box.minutes(1)
        assert box.handle() == turn
    assert box.held() == []


def test_an_allowance_fills_again(box: Inbox) -> None:
    """An honest partner that sent much once is not held back for ever."""
    box.arrive(5)
    box.minutes(2)
    assert len(box.handle()) == 5
    box.arrive(4)
    assert len(box.handle()) == 4
    box.minutes(60)
    box.arrive(5)
    assert len(box.handle()) == 5
    assert box.held() == []


def test_nobody_else_waits_for_it_and_neither_does_a_recall(box: Inbox) -> None:
    """Rule 7: a recall has an account of its own. What was held back comes last."""
    box.arrive(9)
    box.handle()
    recall = box.arrive(1, kind="alert.withdrawn")
    others = box.arrive(3, RIGA)
    untouched = box.arrive(9, kind="key.revoked")
    assert box.handle() == recall + others + untouched
    box.minutes(5)
    late = box.arrive(1, RIGA)
    assert box.handle()[0] == late[0]


def test_how_long_depends_on_how_much_arrived_and_the_receipt_on_the_turn(box: Inbox) -> None:
    """Rule 4: what is told of a message is told for the slot of its turn, not when it happens to be done."""
    sent = box.arrive(7)
    with box.database.read() as session:
        rows = {row.message_id: row for row in session.scalars(select(InboxRow))}
    late = rows[sent[6]]
    assert late.received == late.not_before == minute(box.clock.now(), 1)
    assert rows[sent[0]].received == box.clock.now()


def test_nothing_waits_longer_than_a_day(box: Inbox) -> None:
    box.pace = Pace((Allowance("alerts", ALERTS.types, at_once=1, a_minute=1),))
    box.arrive(LONGEST_MINUTES + 50)
    [backlog] = box.held()
    assert backlog.until == minute(box.clock.now(), LONGEST_MINUTES)
    box.minutes(LONGEST_MINUTES)
    assert box.held() == []


def test_a_clock_that_jumped_puts_nothing_off(box: Inbox) -> None:
    """Case 27: after a year ahead and back again, the allowance is what it was."""
    box.minutes(365 * 24 * 60)
    box.arrive(1)
    box.handle()
    box.clock.jump(timedelta(days=-365))
    box.arrive(4)
    assert len(box.handle()) == 4
    box.arrive(2)
    assert [backlog.count for backlog in box.held()] == [2]


def test_two_receivers_share_one_book(box: Inbox) -> None:
    """Case 87: several workers of matching receive; together they keep to the allowance."""
    for _ in range(7):
        box.arrive(1)
    assert [backlog.count for backlog in box.held()] == [2]
