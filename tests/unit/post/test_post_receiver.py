"""The way in: checked, stored, committed, and only then acknowledged."""

import pytest
from sqlalchemy.exc import OperationalError

from shared.bus.port import EVENT_CONTENT_TYPE, Delivery, Outgoing, Verdict
from shared.post.routes import local_key
from shared.store import inbox as inbox_store
from shared.wire.reject import Code
from tests.unit.post.offices import (
    ENVELOPE,
    Book,
    Desk,
    PowerCutError,
    consume,
    inbox,
    refused,
    settled_event,
    waiting_event,
)


def publish(desk: Desk, *events: bytes) -> None:
    """Put events where the broker would."""
    for event in events:
        desk.bus.route(Outgoing(local_key("notify"), event, EVENT_CONTENT_TYPE))


def test_a_replay_is_acknowledged_without_effect(desk: Desk) -> None:
    """Case 3: the same message twice, in one batch and in two; the effect happens once."""
    event, book = waiting_event(desk.clock), Book()
    assert desk.take(event, event) == [Verdict.ACK, Verdict.ACK]
    processor = desk.processor({"duty.waiting": book})
    assert processor.process_due() == 1
    assert desk.take(event) == [Verdict.ACK]
    assert processor.process_due() == 0
    assert len(book.seen) == 1
    assert desk.rejected == [Code.REPLAY.value] * 2
    assert desk.received == ["duty.waiting"]


def test_a_cut_between_commit_and_acknowledgement_repeats_nothing(desk: Desk) -> None:
    """Case 63: stored, killed before the acknowledgement, delivered again, known as a replay."""
    publish(desk, waiting_event(desk.clock))

    def die_after(batch: list[Delivery]) -> list[Verdict]:
        desk.receiver().take(batch)
        raise PowerCutError

    with pytest.raises(PowerCutError):
        consume(desk.bus, "notify", die_after)
    assert len(desk.bus.waiting("notify")) == 1  # the broker still has it
    consume(desk.bus, "notify", desk.receiver().take)
    book = Book()
    desk.processor({"duty.waiting": book}).process_due()
    assert (len(book.seen), desk.bus.waiting("notify")) == (1, [])


def test_a_cut_before_the_commit_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 64: nothing of the batch is stored, so nothing is acknowledged, and all of it comes again."""
    publish(desk, waiting_event(desk.clock), settled_event(desk.clock))
    real = inbox_store.put_many

    def die(*arguments: object) -> list[bool]:
        real(*arguments)  # type: ignore[arg-type]
        raise PowerCutError

    monkeypatch.setattr(inbox_store, "put_many", die)
    with pytest.raises(PowerCutError):
        consume(desk.bus, "notify", desk.receiver().take)
    assert inbox(desk.database) == []
    monkeypatch.undo()
    consume(desk.bus, "notify", desk.receiver().take)
    assert len(inbox(desk.database)) == 2
    assert desk.bus.waiting("notify") == []


def test_a_database_that_is_away_refuses_no_message(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 67: no verdict is given, so the broker keeps the message; it is not taken for poison."""
    publish(desk, waiting_event(desk.clock))

    def away() -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(desk.database, "begin", away)
    for _ in range(5):
        with pytest.raises(OperationalError):
            consume(desk.bus, "notify", desk.receiver().take)
    monkeypatch.undo()
    consume(desk.bus, "notify", desk.receiver().take)
    assert len(inbox(desk.database)) == 1
    assert refused(desk.database) == []
    assert desk.bus.dead("notify") == []


def test_poison_goes_to_the_dead_letters_at_the_first_try(desk: Desk) -> None:
    """Case 66: what can never be read is not tried again, and what comes after it flows."""
    good = [waiting_event(desk.clock), settled_event(desk.clock)]
    publish(desk, good[0], b"not an event", good[1])
    consume(desk.bus, "notify", desk.receiver().take)
    assert [delivery.body for delivery in desk.bus.dead("notify")] == [b"not an event"]
    assert desk.bus.waiting("notify") == []
    assert [row.type for row in inbox(desk.database)] == ["duty.waiting", "duty.settled"]
    [row] = refused(desk.database)
    assert (row.code, row.size, row.envelope) == ("json.syntax", 12, None)


@pytest.mark.parametrize("content_type", ["", "application/json", "text/plain", ENVELOPE])
def test_a_content_type_that_nobody_reads_is_refused(desk: Desk, content_type: str) -> None:
    """Case 73: notify has no key, so an envelope is no message to it."""
    event = waiting_event(desk.clock)
    assert desk.take(event, content_type=content_type) == [Verdict.DEAD]
    assert [row.code for row in refused(desk.database)] == [Code.SCHEMA.value]
    assert inbox(desk.database) == []


def test_what_was_refused_is_counted_and_not_kept(desk: Desk) -> None:
    for number in range(3):
        desk.take(f"rubbish {number}".encode())
    assert desk.rejected == ["json.syntax"] * 3
    assert all(row.envelope is None for row in refused(desk.database))
