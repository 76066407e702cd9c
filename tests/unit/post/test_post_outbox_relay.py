"""The way out: sent is what the broker confirmed, and nothing else."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.bus.port import EVENT_CONTENT_TYPE, Outgoing, PublishOutcome
from shared.post.outbox_relay import BATCH, PARK_AFTER, OutboxRelay
from shared.post.plain import PlainPost
from shared.post.routes import Lane
from shared.runtime import clock as clocks
from shared.runtime import ids
from shared.store import outbox as outbox_store
from shared.wire.codes import MsgStatus, Urgency
from shared.wire.local import DutySettled, DutyWaiting
from tests.unit.post.offices import Book, Desk, PowerCutError, outbox


def tell(desk: Desk, count: int = 1, priority: int = 5) -> None:
    """Write so many events to the outbox, as matching does."""
    post = PlainPost("matching", desk.clock)
    with desk.database.begin() as session:
        for _ in range(count):
            body = DutyWaiting(
                reference=ids.new_id("match"),
                urgency=Urgency.EXPECTED,
                status=MsgStatus.ACTUAL,
                at=clocks.to_wire(desk.clock.now()),
            )
            post.tell(session, body, priority=priority)


def relay(desk: Desk, owner: str = "worker-1") -> OutboxRelay:
    """What publishes."""
    return OutboxRelay(Lane.LOCAL, desk.database, desk.bus.publisher(), desk.clock, owner)


def states(desk: Desk) -> list[tuple[str, int, str | None]]:
    """State, attempts and reason of every row."""
    return [(row.state, row.attempts, row.reason) for row in outbox(desk.database)]


def test_what_was_told_arrives_and_is_marked_sent(desk: Desk) -> None:
    tell(desk, 3)
    assert relay(desk).publish_due() == 3
    assert relay(desk).publish_due() == 0
    assert states(desk) == [("sent", 0, None)] * 3
    assert len(desk.bus.waiting("notify")) == 3


def test_it_pauses_after_what_is_no_full_batch_and_only_then(desk: Desk) -> None:
    """A full one is followed at once; a few messages after each batch of a flood go together."""
    sent_before_pause: list[int] = []
    still_to_come = [1]

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            sent_before_pause.append(len(desk.bus.waiting("notify")))
            if len(sent_before_pause) == 2:
                self.set()
            return self.is_set()

    def one_more_comes(count: int) -> None:
        if count < BATCH and still_to_come:
            tell(desk, still_to_come.pop())

    tell(desk, BATCH + 1)
    on_its_way = relay(desk)
    on_its_way.published = one_more_comes
    on_its_way.run(Stop())
    assert sent_before_pause == [BATCH + 1, BATCH + 2]


def test_nothing_leaves_that_was_rolled_back(desk: Desk) -> None:
    """Rule 11: the message and its cause are one transaction."""
    post = PlainPost("matching", desk.clock)
    with desk.database.begin() as session:
        post.tell(session, DutySettled(reference=ids.new_id("match")))
        session.rollback()
    assert relay(desk).publish_due() == 0


@pytest.mark.slow
def test_a_broker_that_is_away_costs_no_message_a_try(desk: Desk) -> None:
    """Cases 62 and 67: two days without a broker; then everything goes, nothing was parked."""
    tell(desk, 2)
    desk.bus.away = True
    for _ in range(96):
        relay(desk).publish_due()
        desk.clock.advance(timedelta(minutes=30))
    assert {(state, reason) for state, _, reason in states(desk)} == {("waiting", "broker_away")}
    desk.bus.away = False
    assert relay(desk).publish_due() == 2
    assert states(desk)[0][0] == "sent"


def test_a_cut_between_publish_and_mark_sends_twice_and_acts_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 62: the confirm was never written down, so it goes again; the receiver knows it by its id."""
    tell(desk)

    def die(*arguments: object) -> None:
        raise PowerCutError

    monkeypatch.setattr(outbox_store, "sent", die)
    with pytest.raises(PowerCutError):
        relay(desk).publish_due()
    monkeypatch.undo()
    assert relay(desk, "worker-2").publish_due() == 0  # the dead one's lease
    desk.clock.advance(outbox_store.LEASE + timedelta(seconds=1))
    assert relay(desk, "worker-2").publish_due() == 1
    delivered = desk.bus.take("notify", 10)
    assert len(delivered) == 2
    desk.receiver().take(delivered)
    book = Book()
    desk.processor({"duty.waiting": book}).process_due()
    assert len(book.seen) == 1


def test_a_missing_inbox_is_never_called_sent(desk: Desk) -> None:
    """Case 65: returned by the broker; the row stays, with a reason, and is parked for a person to see."""
    with desk.database.begin() as session:
        row = outbox_store.Outgoing(
            lane=Lane.LOCAL,
            routing_key="nobody.message",
            body=b"{}",
            content_type=EVENT_CONTENT_TYPE,
            message_id=ids.new_id("msg"),
            recipient="nobody",
            created=desk.clock.now(),
        )
        outbox_store.put(session, row)
    tries = 0
    for _ in range(40):
        tries += relay(desk).publish_due()
        desk.clock.advance(timedelta(hours=2))
    assert tries == PARK_AFTER
    assert states(desk) == [("parked", PARK_AFTER, "no_such_inbox")]


@pytest.mark.slow
def test_a_full_inbox_makes_the_sender_wait_and_say_so(desk: Desk) -> None:
    """Case 68: nothing is dropped; it goes when there is room."""
    desk.bus.limit("notify", 1)
    tell(desk, 2)
    relay(desk).publish_due()
    assert [state for state, _, _ in states(desk)] == ["sent", "waiting"]
    assert states(desk)[1][2] == "inbox_full"
    for _ in range(30):
        desk.clock.advance(timedelta(hours=1))
        relay(desk).publish_due()
    assert states(desk)[1][0] == "waiting"  # never parked for that
    desk.bus.take("notify", 10)
    desk.clock.advance(timedelta(hours=1))
    relay(desk).publish_due()
    assert states(desk)[1][0] == "sent"


def test_one_message_that_is_refused_holds_up_no_other(desk: Desk) -> None:
    class Choosy:
        def publish(self, batch: Sequence[Outgoing], timeout: float = 30.0) -> list[PublishOutcome]:
            del timeout
            return [
                PublishOutcome.REFUSED if index == 1 else PublishOutcome.CONFIRMED
                for index, _ in enumerate(batch)
            ]

        def check(self) -> None: ...

        def close(self) -> None: ...

    tell(desk, 3)
    counted: list[int] = []
    out = OutboxRelay(
        Lane.LOCAL,
        desk.database,
        Choosy(),
        desk.clock,
        "worker-1",
        published=counted.append,
    )
    out.publish_due()
    assert [state for state, _, _ in states(desk)] == ["sent", "waiting", "sent"]
    assert counted == [2]


def test_what_is_urgent_goes_first(desk: Desk) -> None:
    tell(desk, priority=9)
    tell(desk, priority=0)
    relay(desk).publish_due()
    slow, fast = outbox(desk.database)
    assert [each.body for each in desk.bus.waiting("notify")] == [fast.body, slow.body]


def test_two_relays_publish_each_message_once(desk: Desk) -> None:
    """Case 87: a claim belongs to one of them."""
    tell(desk, 5)
    items = outbox_store.claim(desk.database, 3, desk.clock.now(), "worker-1", lane=Lane.LOCAL)
    assert relay(desk, "worker-2").publish_due() == 2
    assert len(items) == 3
