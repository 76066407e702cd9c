"""From receiver to processor without a way through the database, and nothing is lost by it."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.post import processor as processor_module
from shared.post.handover import Handover
from shared.post.pace import Allowance, Pace
from shared.post.processor import Processor
from shared.post.receiver import Receiver
from shared.store import inbox as inbox_store
from shared.store.inbox import LEASE, InboxItem
from tests.support.clock import START
from tests.unit.post.offices import Book, Desk, inbox, waiting_event

SECOND = timedelta(seconds=1)


def linked(desk: Desk, most: int = 10) -> tuple[Receiver, Processor, Book, Handover]:
    """A receiver and a processor of one process."""
    handover, book = Handover("worker-1", most), Book()
    receiver = replace(desk.receiver(), handover=handover)
    return receiver, replace(desk.processor({"duty.waiting": book}), handover=handover), book, handover


def send(desk: Desk, receiver: Receiver, count: int) -> None:
    """So many events arrive together."""
    receiver.take(desk.deliveries(*(waiting_event(desk.clock) for _ in range(count))))


def test_what_is_handed_over_is_handled_without_looking_for_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, processor, book, _ = linked(desk)
    processor.process_due()  # the look that is due every half second
    send(desk, receiver, 3)
    rows = inbox(desk.database)
    assert {(row.owner, row.claims) for row in rows} == {("worker-1", 1)}

    def never(*arguments: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr(inbox_store, "claim", never)
    assert processor.process_due() == 3
    assert book.ids == [row.message_id for row in rows]
    assert {(row.state, row.owner, row.payload) for row in inbox(desk.database)} == {("done", None, b"")}


def test_what_does_not_fit_is_anybodys(desk: Desk) -> None:
    receiver, processor, book, _ = linked(desk, most=2)
    send(desk, receiver, 2)
    send(desk, receiver, 1)
    assert [row.owner for row in inbox(desk.database)] == ["worker-1", "worker-1", None]
    assert processor.process_due() + processor.process_due() == 3
    assert len(book.seen) == 3


def test_what_a_killed_process_was_handed_is_handled_by_another(desk: Desk) -> None:
    """Case 86: stored and acknowledged, and then the process was gone."""
    receiver, _, _, _ = linked(desk)
    send(desk, receiver, 2)
    other = Book()
    processor = desk.processor({"duty.waiting": other}, "worker-2")
    assert processor.process_due() == 0
    desk.clock.advance(LEASE + SECOND)
    assert processor.process_due() == 2
    assert len(other.seen) == 2


def test_what_was_handled_by_another_meanwhile_is_not_handled_again(desk: Desk) -> None:
    """Case 87: a process that slept beyond its lease lost what it was handed."""
    receiver, processor, book, _ = linked(desk)
    send(desk, receiver, 2)
    desk.clock.advance(LEASE + SECOND)
    other = Book()
    assert desk.processor({"duty.waiting": other}, "worker-2").process_due() == 2
    processor.process_due()
    assert {row.state for row in inbox(desk.database)} == {"done"}
    assert all(row.claims == 0 for row in inbox(desk.database))
    assert len(other.seen) == 2
    assert desk.processor({"duty.waiting": book}, "worker-3").process_due() == 0


def test_what_lay_here_beyond_its_lease_is_taken_from_the_inbox_and_not_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood kept it waiting, or the machine slept: the second copy would undo the batch that it is in."""
    monkeypatch.setattr(processor_module, "BATCH", 1)
    receiver, processor, book, _ = linked(desk)
    send(desk, receiver, 2)
    desk.clock.advance(LEASE + SECOND)
    for _ in range(4):
        processor.process_due()
        desk.clock.advance(SECOND)
    rows = inbox(desk.database)
    assert sorted(book.ids) == sorted(row.message_id for row in rows)
    assert {(row.state, row.claims) for row in rows} == {("done", 0)}


def test_the_end_of_a_process_gives_back_what_it_did_not_begin(desk: Desk) -> None:
    receiver, processor, book, _ = linked(desk)
    send(desk, receiver, 2)
    stop = threading.Event()
    stop.set()
    processor.run(stop)
    assert book.seen == []
    assert [(row.owner, row.claims) for row in inbox(desk.database)] == [(None, 0), (None, 0)]


def test_what_is_urgent_is_handled_first() -> None:
    """Case 71: a recall that lies beside its alert, wherever it came in the batch."""
    types = ("pseudonym.request", "alert.published", "alert.withdrawn", "alert.published")
    items = [
        InboxItem(
            number, "relay", "fr-lyon/intake", f"msg_{number}", name, b"", START, 0, "worker-1", START + LEASE
        )
        for number, name in enumerate(types)
    ]
    handover = Handover("worker-1")
    handover.put(items)
    assert [item.id for item in handover.take(3, START)] == [2, 1, 3]
    assert [item.id for item in handover.take(3, START)] == [0]


def test_a_replay_is_not_handed_over(desk: Desk) -> None:
    """Case 3: neither what came before nor what comes twice in one batch."""
    receiver, processor, book, handover = linked(desk)
    event = waiting_event(desk.clock)
    receiver.take(desk.deliveries(event, event))
    receiver.take(desk.deliveries(event))
    assert len(handover.take(10, desk.clock.now())) == 1
    processor.process_due()
    assert book.seen == []


def test_what_is_held_back_is_not_handed_over(desk: Desk) -> None:
    """A flood waits its turn, also in the process that received it."""
    receiver, processor, book, handover = linked(desk)
    allowance = Allowance("duty", frozenset({"duty.waiting"}), at_once=1, a_minute=1)
    receiver = replace(receiver, pace=Pace((allowance,)))
    send(desk, receiver, 3)
    assert handover.take(10, desk.clock.now()) == []
    assert processor.process_due() == 1
    assert len(book.seen) == 1


def test_what_is_due_besides_has_its_turn(desk: Desk) -> None:
    """However much is handed over: here one that another process stored."""
    receiver, processor, book, _ = linked(desk)
    processor.process_due()
    desk.take(waiting_event(desk.clock))
    send(desk, receiver, 1)
    assert processor.process_due() == 1
    desk.clock.advance(SECOND)
    send(desk, receiver, 1)
    assert processor.process_due() == 2
    assert len(book.seen) == 3


def test_long_messages_fill_it_as_many_short_ones_do(desk: Desk) -> None:
    """What does not fit is stored unclaimed, and found like everything else."""
    receiver, _, _, handover = linked(desk)
    handover.most_bytes = 10
    send(desk, receiver, 2)
    assert [row.owner for row in inbox(desk.database)] == [None, None]
    handover.most_bytes = 1_000_000
    send(desk, receiver, 2)
    assert [row.owner for row in inbox(desk.database)] == [None, None, "worker-1", "worker-1"]
    assert len(handover.take_all(desk.clock.now())) == 2
    handover.most_bytes = max(len(row.payload) for row in inbox(desk.database)) + 40
    send(desk, receiver, 1)
    assert inbox(desk.database)[-1].owner == "worker-1"
