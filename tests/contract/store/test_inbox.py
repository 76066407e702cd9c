"""What arrived has its effect once, whatever is killed and in whatever order."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from shared.crypto.rest import RestCipher
from shared.store import inbox
from shared.store.engine import Database
from shared.store.inbox import InboxItem, Incoming, LostClaim
from shared.store.tables import InboxRow, SettingRow
from tests.contract.store.processes import handle_and_die, run_and_kill
from tests.support.clock import START

MINUTE = timedelta(minutes=1)
LATER = START + inbox.LEASE + MINUTE


def message(number: int, sender: str = "fr-lyon/intake", **more: object) -> Incoming:
    values: dict[str, object] = {
        "sender": sender,
        "message_id": f"msg_{number}",
        "type": "alert.published",
        "payload": b"payload %d" % number,
        "received": START,
    }
    return Incoming(**(values | more))  # type: ignore[arg-type]


def fill(database: Database, cipher: RestCipher | None, *messages: Incoming) -> list[bool]:
    with database.begin() as session:
        return inbox.put_many(session, messages, cipher)


def only(database: Database, cipher: RestCipher | None, now: datetime = START) -> InboxItem:
    (item,) = inbox.claim(database, 10, now, "test", cipher)
    return item


def row(database: Database, number: int = 1) -> InboxRow:
    with database.read() as session:
        return session.scalars(select(InboxRow).where(InboxRow.message_id == f"msg_{number}")).one()


def test_the_same_message_twice_is_a_replay(database: Database, cipher: RestCipher) -> None:
    """Cases 3 and 4: what counts is (sender, id), not the bytes."""
    assert fill(database, cipher, message(1), message(2)) == [True, True]
    again = message(2, payload=b"sealed anew by a thief")
    assert fill(database, cipher, message(3), again, message(3), message(4)) == [True, False, False, True]
    assert fill(database, cipher, message(2, sender="lv-riga/intake")) == [True]
    items = inbox.claim(database, 10, START, "test", cipher)
    assert [item.payload for item in items if item.message_id == "msg_2"] == [b"payload 2", b"payload 2"]


def test_a_replay_is_known_after_the_effect_too(database: Database, cipher: RestCipher) -> None:
    """Case 63."""
    fill(database, cipher, message(1))
    item = only(database, cipher)
    with database.begin() as session:
        inbox.done(session, item, START)
    with database.begin() as session:
        assert inbox.put(session, message(1), cipher) is False
        assert inbox.known(session, "fr-lyon/intake", "msg_1")
        assert not inbox.known(session, "fr-lyon/intake", "msg_2")
    assert inbox.claim(database, 10, LATER, "test", cipher) == []


def test_the_payload_is_ciphertext_at_rest_and_wiped_when_done(
    database: Database, cipher: RestCipher
) -> None:
    fill(database, cipher, message(1))
    assert b"payload" not in row(database).payload
    item = only(database, cipher)
    assert item.payload == b"payload 1"
    assert "payload 1" not in repr(item)
    with database.begin() as session:
        inbox.done(session, item, START)
    assert row(database).payload == b""


def test_a_service_without_a_key_stores_events_as_they_are(database: Database) -> None:
    fill(database, None, message(1, lane="local"))
    assert only(database, None).payload == b"payload 1"


def test_a_payload_moved_to_another_row_fails_for_that_row_only(
    database: Database, cipher: RestCipher
) -> None:
    """Case 82."""
    fill(database, cipher, message(1), message(2), message(3))
    swapped = row(database, 1).payload
    with database.begin() as session:
        session.execute(update(InboxRow).where(InboxRow.message_id == "msg_2").values(payload=swapped))
    items = inbox.claim(database, 10, START, "test", cipher)
    assert [item.message_id for item in items] == ["msg_1", "msg_3"]
    assert (row(database, 2).state, row(database, 2).reason) == ("parked", "rest.cannot-decrypt")


@pytest.mark.slow
@pytest.mark.parametrize("before_commit", [True, False], ids=["case 64", "case 63"])
def test_a_kill_gives_the_effect_once(database: Database, url: str, before_commit: bool) -> None:
    fill(database, None, message(1))
    run_and_kill(handle_and_die, url, before_commit)
    items = inbox.claim(database, 1, LATER, "test", None)
    assert len(items) == (1 if before_commit else 0)
    for item in items:
        with database.begin() as session:
            session.add(SettingRow(name=f"effect-{item.message_id}", value="1"))
            inbox.done(session, item, LATER)
    with database.read() as session:
        assert [found.name for found in session.scalars(select(SettingRow))] == ["effect-msg_1"]
    assert fill(database, None, message(1)) == [False]


def test_who_lost_the_claim_cannot_finish(database: Database, cipher: RestCipher) -> None:
    """Case 87: the effect of the slow worker is rolled back with its `done`."""
    fill(database, cipher, message(1))
    slow = only(database, cipher)
    prompt = inbox.claim(database, 1, LATER, "prompt", cipher)[0]
    with database.begin() as session:
        inbox.done(session, prompt, LATER)
    for number in range(2):
        with pytest.raises(LostClaim), database.begin() as session:  # noqa: PT012 - the same
            session.add(SettingRow(name=f"effect-{number}", value="1"))
            inbox.done(session, slow, LATER)
    with pytest.raises(LostClaim), database.begin() as session:
        inbox.failed(session, slow, LATER, "handler.failed")
    with database.read() as session:
        assert session.scalars(select(SettingRow)).all() == []


def test_a_batch_with_one_lost_claim_is_undone_whole(database: Database, cipher: RestCipher) -> None:
    fill(database, cipher, message(1), message(2))
    items = inbox.claim(database, 2, START, "test", cipher)
    with database.begin() as session:
        inbox.done(session, items[0], START)
    with pytest.raises(LostClaim), database.begin() as session:
        inbox.done_many(session, items, START)
    assert row(database, 2).state == "waiting"


def test_a_failing_message_backs_off_and_is_parked_with_a_reason(
    database: Database, cipher: RestCipher
) -> None:
    fill(database, cipher, message(1))
    now, parked = START, False
    for attempt in range(1, 4):
        item = only(database, cipher, now)
        with database.begin() as session:
            parked = inbox.failed(session, item, now, "handler.failed", park_after=3)
        assert row(database).attempts == attempt
        assert row(database).not_before > now
        now = row(database).not_before
    assert parked
    assert inbox.claim(database, 10, now + timedelta(days=9), "test", cipher) == []
    with database.begin() as session:
        assert [found.reason for found in inbox.parked(session)] == ["handler.failed"]
        assert inbox.unpark(session, now) == 1
    assert only(database, cipher, now).attempts == 0


def test_what_is_not_its_fault_is_not_counted(database: Database, cipher: RestCipher) -> None:
    """Case 67: something that the handler needs is away for long."""
    fill(database, cipher, message(1))
    now = START
    for _ in range(30):
        item = only(database, cipher, now)
        with database.begin() as session:
            inbox.later(session, [item], now, MINUTE)
        now += MINUTE
    assert only(database, cipher, now).attempts == 0


def test_an_early_message_waits_for_its_key(database: Database, cipher: RestCipher) -> None:
    """Case 71: an update before the alert."""
    fill(database, cipher, message(1), message(2))
    first, second = inbox.claim(database, 2, START, "test", cipher)
    with database.begin() as session:
        inbox.wait(session, first, "alert:a", START)
        inbox.wait(session, second, "alert:b", START)
    assert inbox.claim(database, 10, START + MINUTE, "test", cipher) == []
    with database.begin() as session:
        assert inbox.wake(session, "alert:a", START + MINUTE) == 1
    assert only(database, cipher, START + MINUTE).message_id == "msg_1"


def test_an_early_message_whose_wake_was_missed_is_tried_again(
    database: Database, cipher: RestCipher
) -> None:
    fill(database, cipher, message(1))
    item = only(database, cipher)
    with database.begin() as session:
        inbox.wake(session, "alert:a", START)  # what it waits for committed a moment before it began to wait
    with database.begin() as session:
        inbox.wait(session, item, "alert:a", START)
    assert only(database, cipher, START + inbox.RECHECK).message_id == "msg_1"


def test_a_message_that_kills_its_worker_is_parked_and_its_neighbours_are_not(
    database: Database, cipher: RestCipher
) -> None:
    fill(database, cipher, *(message(number) for number in range(1, 5)))
    now, finished = START, set[str]()
    for _ in range(12):
        items = inbox.claim(database, 10, now, "victim", cipher)
        survivors = [] if any(item.message_id == "msg_2" for item in items) else items
        with database.begin() as session:
            inbox.done_many(session, survivors, now)
        finished |= {item.message_id for item in survivors}
        now += inbox.LEASE + MINUTE  # the worker that had msg_2 was killed; its leases run out
    assert finished == {"msg_1", "msg_3", "msg_4"}
    assert (row(database, 2).state, row(database, 2).reason) == ("parked", "claims.lost")


def test_released_claims_are_free_at_once_and_stay_counted(database: Database, cipher: RestCipher) -> None:
    """A batch that is undone every time does not loop for ever; what is nobody's fault is not counted."""
    fill(database, cipher, message(1))
    for _ in range(10):  # case 67
        items = inbox.claim(database, 10, START, "test", cipher)
        assert len(items) == 1
        with database.begin() as session:
            inbox.release(session, items, counted=False)
    for _ in range(inbox.LOST_CLAIMS):
        items = inbox.claim(database, 10, START, "test", cipher)
        assert len(items) == 1
        with database.begin() as session:
            inbox.release(session, items)
    assert inbox.claim(database, 10, START, "test", cipher) == []
    assert (row(database).state, row(database).reason) == ("parked", "claims.lost")


def wait(database: Database, item: InboxItem, now: datetime = START) -> None:
    with database.begin() as session:
        inbox.wait(session, item, "alert:a", now)


def test_an_early_message_is_tried_again_ever_more_rarely(database: Database, cipher: RestCipher) -> None:
    fill(database, cipher, message(1))
    now, pauses = START, list[timedelta]()
    for _ in range(9):
        wait(database, only(database, cipher, now), now)
        pauses.append(row(database).not_before - now)
        now = row(database).not_before
    assert pauses[:4] == [10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE]
    assert pauses[-1] == timedelta(days=1)


def test_one_sender_cannot_make_no_end_of_messages_wait(
    database: Database, cipher: RestCipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_EARLY", 2)
    fill(database, cipher, *(message(number) for number in (1, 2, 3)), message(4, sender="lv-riga/intake"))
    for item in inbox.claim(database, 10, START, "test", cipher):
        wait(database, item)
    states = [(row(database, number).state, row(database, number).reason) for number in (1, 2, 3, 4)]
    assert states == [("early", None), ("early", None), ("parked", "too_many_early"), ("early", None)]
    # Those that wait already go on waiting.
    later = START + inbox.RECHECK
    again = inbox.claim(database, 10, later, "test", cipher)
    for item in again:
        wait(database, item, later)
    assert [row(database, number).state for number in (1, 2, 4)] == ["early"] * 3


def test_new_messages_come_before_early_ones_that_are_tried_again(
    database: Database, cipher: RestCipher
) -> None:
    fill(database, cipher, message(1), message(2))
    for item in inbox.claim(database, 2, START, "test", cipher):
        wait(database, item)
    fill(database, cipher, message(3))
    later = START + inbox.RECHECK
    (first,) = inbox.claim(database, 1, later, "test", cipher)
    assert first.message_id == "msg_3"
    assert len(inbox.claim(database, 10, later, "test", cipher)) == 2


def test_purge_forgets_what_waited_in_vain_and_what_nobody_unparked(
    database: Database, cipher: RestCipher
) -> None:
    old = START - timedelta(days=61)
    fill(database, cipher, *(message(number, received=old) for number in (1, 2, 3)), message(4), message(5))
    early, claimed, parked, new, new_parked = inbox.claim(database, 10, START, "test", cipher)
    for item in (early, claimed, new):
        wait(database, item)
    with database.begin() as session:
        inbox.park(session, parked, "handler.failed")
        inbox.park(session, new_parked, "handler.failed")
        session.execute(update(InboxRow).where(InboxRow.id == claimed.id).values(owner="a worker"))
    limit = START - timedelta(days=60)
    with database.begin() as session:
        assert inbox.purge(session, limit) == 0
        assert inbox.purge(session, limit, early_before=limit) == 1
        assert inbox.purge(session, limit, parked_before=limit) == 1
        assert {found.message_id for found in session.scalars(select(InboxRow))} == {
            "msg_2",
            "msg_4",
            "msg_5",
        }


def test_urgent_first_and_lanes_apart(database: Database, cipher: RestCipher) -> None:
    fill(database, cipher, message(1), message(2, priority=0), message(3, lane="local"))
    items = inbox.claim(database, 10, START, "test", cipher, lane="relay")
    assert [item.message_id for item in items] == ["msg_2", "msg_1"]


def test_purge_forgets_only_what_is_done_and_old(database: Database, cipher: RestCipher) -> None:
    fill(database, cipher, message(1), message(2, received=START - timedelta(days=80)), message(3))
    items = inbox.claim(database, 2, START, "test", cipher)
    assert {item.message_id for item in items} == {"msg_1", "msg_2"}
    with database.begin() as session:
        inbox.done_many(session, items, START)
        assert inbox.purge(session, START - timedelta(days=68)) == 1
    assert fill(database, cipher, message(1)) == [False]
