"""Transactions that take the same locks in different orders wait in line, and not for each other."""

import threading

from shared.store import audit, sequence
from shared.store.audit import Audit
from shared.store.engine import Database
from tests.support.clock import manual_clock

ROUNDS = 15


def test_opposite_orders_do_not_undo_each_other(database: Database) -> None:
    """One side audits and then sends, the other sends and then audits; PostgreSQL would undo one of them."""
    orderly = database.one_at_a_time(audit.LOCK)
    log = Audit("lt-vilnius/intake", manual_clock())
    start = threading.Barrier(2)
    failures: list[Exception] = []

    def work(audit_first: bool) -> None:
        for _ in range(ROUNDS):
            start.wait(timeout=60)
            try:
                with orderly.begin() as session:
                    if audit_first:
                        log.append(session, "someone", "alert.shared", "alert_1")
                    sequence.next(session, "lt-vilnius/intake>fr-lyon/matching")
                    if not audit_first:
                        log.append(session, "someone", "alert.shared", "alert_2")
            except Exception as error:
                failures.append(error)

    sides = [threading.Thread(target=work, args=(audit_first,)) for audit_first in (True, False)]
    for side in sides:
        side.start()
    for side in sides:
        side.join(timeout=120)
    assert failures == []
    with database.read() as session:
        assert sequence.last(session, "lt-vilnius/intake>fr-lyon/matching") == 2 * ROUNDS


def test_the_lock_is_taken_before_anything_else(database: Database) -> None:
    """A second transaction does not even begin its work while the first is open."""
    orderly = database.one_at_a_time("test lock")
    inside, finish, second_began = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with orderly.begin():
            inside.set()
            finish.wait(timeout=60)

    def second() -> None:
        with orderly.begin():
            second_began.set()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(timeout=60)
    threads[1].start()
    assert not second_began.wait(timeout=0.5)
    finish.set()
    for thread in threads:
        thread.join(timeout=60)
    assert second_began.is_set()
