"""The outbox loses nothing and hands no row to two."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from shared.store import outbox
from shared.store.engine import Database
from shared.store.outbox import Outgoing, Priority
from shared.store.reasons import BadReason
from shared.store.tables import OutboxRow
from tests.contract.store.processes import claim_and_die, claim_and_finish, run_and_kill, together
from tests.support.clock import START

MINUTE = timedelta(minutes=1)


def message(number: int, priority: int = Priority.NORMAL, lane: str = "relay", **more: object) -> Outgoing:
    values: dict[str, object] = {
        "lane": lane,
        "routing_key": "from.lt-vilnius.to.fr-lyon.matching",
        "body": b"ciphertext %d" % number,
        "content_type": "application/vnd.myosotis.envelope",
        "message_id": f"msg_{number}",
        "recipient": "fr-lyon/matching",
        "created": START,
        "seq": number,
        "priority": priority,
    }
    return Outgoing(**(values | more))  # type: ignore[arg-type]


def fill(database: Database, *messages: Outgoing) -> None:
    with database.begin() as session:
        outbox.put_many(session, messages)


def numbers(
    database: Database, now: datetime = START, limit: int = 100, lane: str | None = None
) -> list[int]:
    return [item.seq or 0 for item in outbox.claim(database, limit, now, "test", lane=lane)]


def test_urgent_goes_first_then_the_order_of_writing(database: Database) -> None:
    fill(database, message(1, Priority.BULK), message(2), message(3, Priority.URGENT), message(4))
    assert numbers(database, limit=3) == [3, 2, 4]
    assert numbers(database) == [1]


def test_a_rolled_back_cause_sends_nothing(database: Database) -> None:
    """Rule 11: the message and its cause are one transaction."""
    with pytest.raises(RuntimeError), database.begin() as session:  # noqa: PT012 - a transaction that fails
        outbox.put(session, message(1))
        raise RuntimeError
    assert numbers(database) == []


def test_the_same_message_id_is_not_written_twice(database: Database) -> None:
    fill(database, message(1))
    with pytest.raises(IntegrityError):
        fill(database, message(1))


def test_not_before_and_lane_are_obeyed(database: Database) -> None:
    fill(database, message(1, not_before=START + MINUTE), message(2, lane="local"))
    assert numbers(database, lane="relay") == []
    assert numbers(database, START + MINUTE, lane="relay") == [1]
    assert numbers(database, lane="local") == [2]


@pytest.mark.slow
def test_four_claimers_never_get_the_same_row(database: Database, url: str, tmp_path: Path) -> None:
    """Case 87."""
    fill(database, *(message(number) for number in range(1, 401)))
    together(claim_and_finish, 4, url, str(tmp_path))
    taken = [int(line) for path in tmp_path.glob("claimed-*") for line in path.read_text().split()]
    assert len(taken) == 400
    assert len(set(taken)) == 400


@pytest.mark.slow
def test_a_killed_workers_claim_comes_back(database: Database, url: str) -> None:
    """Case 62: kill -9 between the claim and `sent`."""
    fill(database, message(1), message(2))
    run_and_kill(claim_and_die, url)
    assert numbers(database, START + outbox.LEASE - timedelta(seconds=1)) == []
    assert numbers(database, START + outbox.LEASE + timedelta(seconds=1)) == [1, 2]


def test_what_was_sent_is_not_sent_again_but_stays(database: Database) -> None:
    fill(database, message(1))
    items = outbox.claim(database, 10, START, "test")
    with database.begin() as session:
        outbox.sent(session, items, START)
    assert numbers(database, START + timedelta(days=1)) == []
    with database.read() as session:
        assert session.scalars(select(OutboxRow)).one().body == b"ciphertext 1"


def test_a_failed_one_waits_longer_each_time(database: Database) -> None:
    fill(database, message(1))
    now, pauses = START, []
    for _ in range(6):
        items = outbox.claim(database, 1, now, "test")
        with database.begin() as session:
            outbox.failed(session, items, now, "bus.nacked")
        with database.read() as session:
            row = session.scalars(select(OutboxRow)).one()
        assert (row.state, row.reason) == ("waiting", "bus.nacked")
        pauses.append((row.not_before - now).total_seconds())
        now = row.not_before
    for number, pause in enumerate(pauses):
        assert 2**number <= pause <= 2 * 2**number


def test_it_is_parked_with_a_reason_and_a_person_can_retry(database: Database) -> None:
    fill(database, message(1), message(2))
    now = START
    for _ in range(3):
        items = outbox.claim(database, 1, now, "test")
        with database.begin() as session:
            outbox.failed(session, items, now, "bus.returned", park_after=3)
            outbox.release(session, items)
        now += timedelta(minutes=30)
    with database.begin() as session:
        (row,) = outbox.parked(session)
        assert (row.sequence, row.reason, row.attempts) == (1, "bus.returned", 3)
        assert outbox.retry_parked(session, now, ids=[row.id + 1]) == 0
        assert outbox.retry_parked(session, now) == 1
    assert numbers(database, now) == [1, 2]


def test_a_reason_is_a_code_and_never_text(database: Database) -> None:
    fill(database, message(1))
    items = outbox.claim(database, 1, START, "test")
    with pytest.raises(BadReason) as caught, database.begin() as session:
        outbox.park(session, items, "Žydrūnė is not there")
    assert "Žydrūnė" not in str(caught.value)


def test_released_claims_are_free_at_once_and_uncounted(database: Database) -> None:
    fill(database, message(1))
    items = outbox.claim(database, 1, START, "first")
    with database.begin() as session:
        outbox.release(session, items)
    (again,) = outbox.claim(database, 1, START, "second")
    assert again.attempts == 0


def test_a_late_failure_does_not_undo_anothers_success(database: Database) -> None:
    fill(database, message(1))
    late = outbox.claim(database, 1, START, "slow")
    after = START + outbox.LEASE + MINUTE
    prompt = outbox.claim(database, 1, after, "prompt")
    with database.begin() as session:
        outbox.failed(session, late, after, "bus.unknown")
    assert numbers(database, after) == []  # still held by the second
    with database.begin() as session:
        outbox.sent(session, prompt, after)
        outbox.failed(session, late, after, "bus.unknown")
    with database.read() as session:
        assert session.scalars(select(OutboxRow.state)).one() == "sent"


def test_a_gap_is_served_again_from_what_was_kept(database: Database) -> None:
    """Case 19: the partner names the numbers that it misses."""
    other = message(3, recipient="lv-riga/matching")
    fill(database, message(1), message(2), message(3), other)
    items = outbox.claim(database, 10, START, "test")
    with database.begin() as session:
        outbox.sent(session, items, START)
    with database.begin() as session:
        assert outbox.resend(session, "fr-lyon/matching", [2, 3, 9], START) == [9]
    again = outbox.claim(database, 10, START, "test")
    assert [(item.recipient, item.seq) for item in again] == [
        ("fr-lyon/matching", 2),
        ("fr-lyon/matching", 3),
    ]


def test_purge_takes_only_what_was_sent_and_is_past_its_time(database: Database) -> None:
    fill(database, message(1), message(2, keep=timedelta(days=90)), message(3))
    items = outbox.claim(database, 2, START, "test")
    with database.begin() as session:
        outbox.sent(session, items, START)
        assert outbox.purge(session, START + timedelta(days=59)) == 0
        assert outbox.purge(session, START + timedelta(days=61)) == 1
    with database.read() as session:
        assert set(session.scalars(select(OutboxRow.sequence))) == {2, 3}


def test_depth_says_how_much_waits_and_since_when(database: Database) -> None:
    fill(database, message(1, created=START - MINUTE), message(2), message(3, lane="local"))
    with database.read() as session:
        depth = outbox.depth(session, "relay")
    assert (depth.waiting, depth.parked, depth.oldest) == (2, 0, START - MINUTE)


@pytest.mark.parametrize("table", ["outbox", "inbox"])
def test_what_is_not_due_yet_is_passed_over_in_the_index(database: Database, table: str) -> None:
    """Its rows hold kilobytes each: 24,000 of them took 200 ms of the write transaction at every look."""
    indexes = [index["column_names"] for index in inspect(database.engine).get_indexes(table)]
    assert any(names[-3:] == ["priority", "id", "not_before"] for names in indexes)
