"""The post office over both databases: several workers on one inbox, savepoints, transactions."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.bus.port import EVENT_CONTENT_TYPE, Delivery, Verdict
from shared.post.incoming import Incoming, Wait
from shared.store import inbox as inbox_store
from shared.store import quarantine
from shared.store.tables import SettingRow
from tests.support.database import KINDS, new_database
from tests.unit.post.offices import Desk, inbox, waiting_event


@pytest.fixture(
    params=[pytest.param(kind, marks=[pytest.mark.database] * (kind != "sqlite")) for kind in KINDS]
)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A service that reads plain events, over each kind of database."""
    made = Desk(new_database(request.param, tmp_path))
    yield made
    made.database.dispose()


def note(session: Session, incoming: Incoming) -> None:
    """One row for each effect; a second effect of one message would break the primary key."""
    session.add(SettingRow(name=incoming.id, value="done"))


def effects(desk: Desk) -> int:
    """How many effects there are."""
    with desk.database.read() as session:
        return session.query(SettingRow).count()


def test_four_workers_on_one_inbox_act_once_each(desk: Desk) -> None:
    """Case 87: 200 messages, each claimed by one worker and handled once."""
    desk.take(*(waiting_event(desk.clock) for _ in range(200)))
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            processor = desk.processor({"duty.waiting": note}, f"worker-{number}")
            while processor.process_due():
                pass
        except BaseException as problem:  # reported below, in the test's own thread
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert effects(desk) == 200
    assert {row.state for row in inbox(desk.database)} == {"done"}


def test_two_receivers_store_one_message_once(desk: Desk) -> None:
    """Cases 3 and 63: the same delivery at the same moment in two processes."""
    event, verdicts = waiting_event(desk.clock), []
    receivers = [desk.receiver(), desk.receiver()]

    delivery = Delivery("notify.message", event, EVENT_CONTENT_TYPE)

    def take(index: int) -> None:
        verdicts.append(receivers[index].take([delivery]))

    threads = [threading.Thread(target=take, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert verdicts == [[Verdict.ACK], [Verdict.ACK]]
    assert len(inbox(desk.database)) == 1
    assert sorted([*desk.received, *desk.rejected]) == ["duty.waiting", "replay"]


def test_a_statement_that_fails_undoes_its_own_message_only(desk: Desk) -> None:
    """A broken statement ends a PostgreSQL transaction; the savepoint of the message saves the others."""
    desk.take(*(waiting_event(desk.clock) for _ in range(3)))
    broken = inbox(desk.database)[1].message_id

    def sometimes(session: Session, incoming: Incoming) -> None:
        note(session, incoming)
        session.flush()
        if incoming.id == broken:
            session.execute(text("SELECT nothing FROM nowhere"))

    desk.processor({"duty.waiting": sometimes}).process_due()
    assert [row.state for row in inbox(desk.database)] == ["done", "waiting", "done"]
    assert inbox(desk.database)[1].reason == "handler_failed"
    assert effects(desk) == 2


def test_waiting_leaves_no_effect_behind(desk: Desk) -> None:
    """Case 71: what was written before a handler found that it came early is undone."""
    desk.take(waiting_event(desk.clock))

    def early(session: Session, incoming: Incoming) -> None:
        note(session, incoming)
        session.flush()
        raise Wait("alert:1")

    desk.processor({"duty.waiting": early}).process_due()
    assert effects(desk) == 0
    [row] = inbox(desk.database)
    assert (row.state, row.wait_key, row.attempts) == ("early", "alert:1", 0)
    with desk.database.begin() as session:
        assert inbox_store.wake(session, "alert:1", desk.clock.now()) == 1
    assert desk.processor({"duty.waiting": note}).process_due() == 1
    assert effects(desk) == 1


def test_a_receiver_that_cannot_commit_stores_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 64: refused and good ones of a batch are one transaction."""

    def broken(session: Session, *arguments: object) -> bool:
        session.execute(text("SELECT nothing FROM nowhere"))
        return True

    monkeypatch.setattr(quarantine, "add", broken)
    with pytest.raises(DBAPIError):
        desk.take(waiting_event(desk.clock), b"rubbish")
    assert inbox(desk.database) == []
