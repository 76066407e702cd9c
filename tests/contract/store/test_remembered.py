"""What a transaction remembers is forgotten with an undone part of it; writers of one process take turns."""

import threading
import time

import pytest
from sqlalchemy import event, select

from shared.store import inbox
from shared.store.arrivals import Incoming
from shared.store.audit import Audit, Entry
from shared.store.audit_check import verify
from shared.store.engine import Database
from shared.store.remembered import remembered
from tests.support.clock import manual_clock

LOG = "fr-lyon/matching"


class Undone(Exception):
    """Undoes a savepoint on purpose."""


def test_undoing_a_savepoint_empties_the_memory(database: Database) -> None:
    with database.begin() as session:
        remembered(session)["fact"] = 1
        with pytest.raises(Undone), session.begin_nested():
            raise Undone
        assert remembered(session) == {}


def test_another_transaction_remembers_nothing(database: Database) -> None:
    with database.begin() as session:
        remembered(session)["fact"] = 1
    with database.begin() as session:
        assert remembered(session) == {}


def test_the_chain_holds_when_rows_of_a_savepoint_are_undone(database: Database) -> None:
    """Case 83: the row after an undone one follows the last that stayed."""
    clock = manual_clock()
    log = Audit(LOG, clock)
    with database.begin() as session:
        log.append(session, "user_a", "case.opened", "case_1")
        savepoint = session.begin_nested()
        log.append_many(session, [Entry("user_a", "case.viewed", f"case_{n}", {}) for n in range(3)])
        savepoint.rollback()
        log.append(session, "user_a", "case.closed", "case_1")
        report = verify(session, LOG, lambda head: None)
    assert report.ok
    assert report.length == 2


def test_many_rows_make_the_chain_that_single_ones_make(database: Database) -> None:
    """Case 83."""
    log = Audit(LOG, manual_clock())
    with database.begin() as session:
        links = log.append_many(
            session, [Entry("user_a", "case.viewed", f"case_{n}", {"n": n}) for n in range(5)]
        )
        assert [link.index for link in links] == [1, 2, 3, 4, 5]
        assert [one.hash for one in links[:-1]] == [other.previous for other in links[1:]]
        assert verify(session, LOG, lambda head: None).ok


def test_who_begins_to_wait_is_woken_in_the_same_transaction(database: Database) -> None:
    """Case 71: that nobody waited before is no longer believed."""
    clock = manual_clock()
    message = Incoming("lt-vilnius/intake", "msg_1", "alert.updated", b"x", clock.now())
    with database.begin() as session:
        inbox.put(session, message, None)
    (item,) = inbox.claim(database, 10, clock.now(), "worker", None)
    with database.begin() as session:
        assert inbox.wake(session, "alert:1", clock.now()) == 0
        inbox.wait(session, item, "alert:1", clock.now())
        assert inbox.wake(session, "alert:1", clock.now()) == 1


def test_writers_of_one_process_take_turns(database: Database) -> None:
    """They queue before the database, where SQLite would let them sleep, or with no patience refuse them."""
    if database.dialect == "sqlite":
        impatient = "PRAGMA busy_timeout = 0"
        event.listen(database.engine, "connect", lambda connection, record: connection.execute(impatient))
        database.dispose()  # every connection from here on is a new one
    inside, failures = threading.Event(), list[Exception]()

    def second() -> None:
        inside.wait(timeout=60)
        try:
            with database.begin() as session:
                session.execute(select(1))
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=second)
    thread.start()
    with database.begin() as session:
        session.execute(select(1))
        inside.set()
        time.sleep(0.2)
    thread.join(timeout=60)
    assert failures == []
