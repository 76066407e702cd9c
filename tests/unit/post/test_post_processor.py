"""From the inbox to the effect: once, in one transaction with its mark, whatever the neighbours do."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.post.incoming import Incoming, Refuse, Wait
from shared.runtime.ids import short
from shared.store import inbox as inbox_store
from shared.store.tables import SettingRow
from tests.unit.post.offices import Book, Desk, inbox, settled_event, waiting_event

HOUR = timedelta(hours=1)


def arrive(desk: Desk, count: int) -> list[str]:
    """So many events, stored; their ids in order."""
    desk.take(*(waiting_event(desk.clock) for _ in range(count)))
    return [row.message_id for row in inbox(desk.database)]


def states(desk: Desk) -> list[tuple[str, int, str | None]]:
    """State, attempts and reason of every message."""
    return [(row.state, row.attempts, row.reason) for row in inbox(desk.database)]


def note(session: Session, incoming: Incoming) -> None:
    """An effect that can be seen in the database."""
    session.add(SettingRow(name=short(incoming.id) + incoming.id[-8:], value="done"))


def effects(desk: Desk) -> int:
    """How many effects there are."""
    with desk.database.read() as session:
        return session.query(SettingRow).count()


def test_the_effect_and_its_mark_are_one(desk: Desk) -> None:
    arrive(desk, 3)
    assert desk.processor({"duty.waiting": note}).process_due() == 3
    assert states(desk) == [("done", 0, None)] * 3
    assert effects(desk) == 3
    assert all(row.payload == b"" for row in inbox(desk.database))  # nothing stays of what is done


def test_a_handler_is_told_when_its_message_arrived(desk: Desk) -> None:
    """Case 43: receipts tell the time of arrival, however long it then took, alone or in a batch."""
    first = desk.clock.now()
    arrive(desk, 2)
    desk.clock.advance(HOUR)
    told = []

    def keep(session: Session, incoming: Incoming) -> None:
        del session
        told.append(incoming.received)
        if len(told) == 2:
            raise RuntimeError  # the batch is undone, and each message handled alone

    desk.processor({"duty.waiting": keep}).process_due()
    assert told == [first] * 4


def test_one_failing_message_takes_nothing_down_with_it(desk: Desk) -> None:
    """Case 66: its own effect is undone, those of its neighbours stand."""
    broken = arrive(desk, 5)[2]

    def sometimes(session: Session, incoming: Incoming) -> None:
        note(session, incoming)
        session.flush()
        if incoming.id == broken:
            raise RuntimeError("Žydrūnė must not be told to the log")

    desk.processor({"duty.waiting": sometimes}).process_due()
    assert [state for state, _, _ in states(desk)] == ["done", "done", "waiting", "done", "done"]
    assert states(desk)[2] == ("waiting", 1, "handler_failed")
    assert effects(desk) == 4


def test_a_message_that_always_fails_is_parked_with_a_reason(desk: Desk) -> None:
    """Case 66: its pauses grow, and after eight tries a person sees it; the others never waited for it."""
    arrive(desk, 1)

    def never(session: Session, incoming: Incoming) -> None:
        raise ZeroDivisionError

    processor, tries = desk.processor({"duty.waiting": never}), 0
    for _ in range(50):
        tries += processor.process_due()
        desk.clock.advance(HOUR)
    assert tries == inbox_store.PARK_AFTER
    assert states(desk) == [("parked", 8, "handler_failed")]
    with desk.database.begin() as session:
        assert inbox_store.unpark(session, desk.clock.now()) == 1
    assert desk.processor({"duty.waiting": Book()}).process_due() == 1
    assert states(desk)[0][0] == "done"


def test_a_refusal_is_final_and_visible(desk: Desk) -> None:
    arrive(desk, 2)

    def refuse(session: Session, incoming: Incoming) -> None:
        note(session, incoming)
        raise Refuse("partner.not-verified")

    processor = desk.processor({"duty.waiting": refuse})
    assert processor.process_due() == 2
    desk.clock.advance(HOUR)
    assert processor.process_due() == 0
    assert states(desk) == [("parked", 0, "partner.not-verified")] * 2
    assert effects(desk) == 0


def test_a_type_without_a_handler_is_parked_and_not_lost(desk: Desk) -> None:
    arrive(desk, 1)
    desk.processor({}).process_due()
    assert states(desk) == [("parked", 0, "no_handler")]


@pytest.mark.parametrize("together", [True, False])
def test_what_came_early_waits_and_is_woken(desk: Desk, together: bool) -> None:
    """Case 71: an update before its alert. Also when both are handled in one transaction."""
    early, late = waiting_event(desk.clock), settled_event(desk.clock)
    there: list[str] = []
    book = Book()

    def update(session: Session, incoming: Incoming) -> None:
        if not there:
            raise Wait("alert:lt-vilnius:1")
        book(session, incoming)

    def alert(session: Session, incoming: Incoming) -> None:
        there.append(incoming.id)
        inbox_store.wake(session, "alert:lt-vilnius:1", desk.clock.now())

    processor = desk.processor({"duty.waiting": update, "duty.settled": alert})
    desk.take(early)
    if not together:
        assert processor.process_due() == 1
        assert states(desk)[0][0] == "early"
        assert processor.process_due() == 0
    desk.take(late)
    for _ in range(2):
        processor.process_due()
    assert len(book.seen) == 1  # at once, and not when it is looked at again minutes later
    assert {state for state, _, _ in states(desk)} == {"done"}


def test_a_database_that_breaks_is_no_fault_of_the_message(desk: Desk) -> None:
    """Case 67: the line to the database breaks twenty times; nothing is counted, nothing parked."""
    arrive(desk, 3)
    broken = True

    def handler(session: Session, incoming: Incoming) -> None:
        note(session, incoming)
        if broken:
            raise OperationalError("INSERT", {}, Exception("gone"), connection_invalidated=True)

    processor = desk.processor({"duty.waiting": handler})
    for _ in range(20):
        assert processor.process_due() == 0
        desk.clock.advance(timedelta(seconds=15))
    assert states(desk) == [("waiting", 0, None)] * 3
    assert effects(desk) == 0
    broken = False
    assert processor.process_due() == 3
    assert effects(desk) == 3


def test_a_batch_that_outlives_its_lease_every_time_does_not_loop_for_ever(desk: Desk) -> None:
    """Case 87: its claims stay counted, so that in the end its messages are taken alone, then set aside."""
    arrive(desk, 1)

    def slow(session: Session, incoming: Incoming) -> None:
        raise inbox_store.LostClaim("the lease ran out")

    processor = desk.processor({"duty.waiting": slow})
    for _ in range(inbox_store.LOST_CLAIMS + 1):
        assert processor.process_due() == 0
    assert states(desk) == [("parked", 0, "claims.lost")]


def test_a_commit_that_fails_undoes_all_and_counts_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 67: the database goes away at the very end of the batch."""
    arrive(desk, 2)
    real = inbox_store.done_many

    def gone(*arguments: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("gone"))

    monkeypatch.setattr(inbox_store, "done_many", gone)
    processor = desk.processor({"duty.waiting": note})
    assert processor.process_due() == 0
    assert (effects(desk), states(desk)) == (0, [("waiting", 0, None)] * 2)
    monkeypatch.setattr(inbox_store, "done_many", real)
    assert processor.process_due() == 2


def test_a_cut_in_the_middle_of_a_batch_repeats_nothing(desk: Desk) -> None:
    """Case 64: killed while handling; the lease ends, another worker goes on, each effect is there once."""
    second = arrive(desk, 3)[1]

    def die(session: Session, incoming: Incoming) -> None:
        note(session, incoming)
        session.flush()
        if incoming.id == second:
            raise KeyboardInterrupt  # not an Exception: nothing in the program may catch it

    with pytest.raises(KeyboardInterrupt):
        desk.processor({"duty.waiting": die}).process_due()
    assert effects(desk) == 0
    other = desk.processor({"duty.waiting": note}, "worker-2")
    assert other.process_due() == 0  # still leased to the dead one
    desk.clock.advance(inbox_store.LEASE + timedelta(seconds=1))
    assert other.process_due() == 3
    assert (effects(desk), states(desk)) == (3, [("done", 0, None)] * 3)


def test_who_lost_its_claim_changes_nothing(desk: Desk) -> None:
    """Case 87: a worker that was too slow is overtaken; its own effects are undone."""
    arrive(desk, 2)
    other = desk.processor({"duty.waiting": note}, "worker-2")
    items = inbox_store.claim(desk.database, 10, desk.clock.now(), "worker-1", None)
    desk.clock.advance(inbox_store.LEASE + timedelta(seconds=1))
    assert other.process_due() == 2
    with desk.database.begin() as session, pytest.raises(inbox_store.LostClaim):
        inbox_store.done_many(session, items, desk.clock.now())
    assert effects(desk) == 2


def test_the_overtaken_batch_is_undone_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 87: the effect of a batch and the loss of its claim cannot both be kept."""
    arrive(desk, 2)
    real = inbox_store.claim

    def overtaken(*arguments: object, **options: object) -> object:
        items = real(*arguments, **options)  # type: ignore[arg-type]
        desk.clock.advance(inbox_store.LEASE + timedelta(seconds=1))
        real(desk.database, 10, desk.clock.now(), "worker-2", None)
        return items

    monkeypatch.setattr(inbox_store, "claim", overtaken)
    assert desk.processor({"duty.waiting": note}).process_due() == 0
    assert effects(desk) == 0
    assert {row.owner for row in inbox(desk.database)} == {"worker-2"}
