"""Two batches of one receiver at a time, and two receivers: nothing is undone, no number seems missing."""

import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.orm import Session

from shared.bus.port import Consumer, Delivery, Verdict
from shared.post.payload import Checked, OpenAll
from shared.post.receiver import Receiver
from shared.post.routes import Lane
from shared.runtime.clock import SystemClock
from shared.store import sequence
from shared.store.engine import Database
from shared.wire.reject import Code
from tests.support.database import KINDS, new_database

A, B, ME = "lt-vilnius/intake", "lv-riga/intake", "fr-lyon/matching"
KIND = "text/plain"


@dataclass
class Plain:
    """Reads 'sender number'; waits for `gates` by the first body of a batch."""

    gates: dict[bytes, threading.Event] = field(default_factory=dict)

    def for_batch(self, session: Session) -> OpenAll:
        def open_all(bodies: Sequence[bytes]) -> list[Checked | Code]:
            if bodies and bodies[0] in self.gates:
                assert self.gates[bodies[0]].wait(30)
            return [self._open(body) for body in bodies]

        return open_all

    def _open(self, body: bytes) -> Checked:
        sender, number = body.decode().split()
        return Checked(sender, f"msg_{sender[:2]}{number}", "alert.published", int(number), b"\x01" + body)


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.database) for kind in KINDS])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    made = new_database(str(request.param), tmp_path)
    yield made
    made.dispose()


def receiver(database: Database, opener: Plain | None = None) -> Receiver:
    return Receiver(
        Lane.RELAY, ME, database, cast(Consumer, None), {KIND: opener or Plain()}, None, SystemClock()
    )


def batch(sender: str, numbers: Sequence[int]) -> list[Delivery]:
    return [Delivery("x", f"{sender} {number}".encode(), KIND) for number in numbers]


def at_once(works: Sequence[tuple[Receiver, list[list[Delivery]]]]) -> None:
    """Each receiver takes its batches in a thread of its own; the first error is raised here."""
    failed: list[BaseException] = []

    def run(one: Receiver, batches: list[list[Delivery]]) -> None:
        try:
            for each in batches:
                assert set(one.take(each)) <= {Verdict.ACK, Verdict.DEAD}
        except BaseException as failure:
            failed.append(failure)

    threads = [threading.Thread(target=run, args=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failed:
        raise failed[0]


@pytest.mark.slow
@pytest.mark.parametrize("receivers", [1, 2], ids=["one receiver", "two workers"])
def test_what_comes_in_changing_order_undoes_nothing(database: Database, receivers: int) -> None:
    """Rows of refused envelopes, of numbers and of allowances are touched in the order of arrival."""
    chance = random.Random(4)
    rubbish = [Delivery("lt-vilnius.matching", b"rubbish %d" % number, "x/y") for number in range(60)]
    made = [receiver(database) for _ in range(receivers)]
    works: list[tuple[Receiver, list[list[Delivery]]]] = []
    for thread in range(2):
        batches = []
        for step in range(12):
            numbers = range(1 + 40 * step, 41 + 40 * step)
            first, second = (A, B) if (thread + step) % 2 else (B, A)
            batches.append(batch(first, numbers) + batch(second, numbers))
            batches.append(chance.sample(rubbish, len(rubbish)))
        works.append((made[thread % receivers], batches))
    at_once(works)
    with database.read() as session:
        assert not sequence.missing(session, f"{A}>{ME}")


def test_a_number_in_hand_never_seems_to_be_missing(database: Database) -> None:
    """The second batch is opened first. Stored first, it would show a gap, and a receipt might tell of it."""
    slow = batch(A, [1, 2, 3])
    opener = Plain({slow[0].body: threading.Event()})
    one = receiver(database, opener)
    first = threading.Thread(target=one.take, args=(slow,))
    first.start()
    while one._order._begun == 0:
        threading.Event().wait(0.01)
    second = threading.Thread(target=one.take, args=(batch(A, [4, 5]),))
    second.start()
    second.join(0.5)
    assert second.is_alive()
    with database.read() as session:
        assert sequence.missing(session, f"{A}>{ME}") == []
    opener.gates[slow[0].body].set()
    first.join(30)
    second.join(30)
    with database.read() as session:
        assert sequence.missing(session, f"{A}>{ME}") == []


def test_a_batch_that_fails_lets_the_next_one_through(database: Database) -> None:
    one = receiver(database)

    class Broken(Plain):
        def for_batch(self, session: Session) -> OpenAll:
            raise RuntimeError("no keys")

    one.openers = {KIND: Broken()}
    with pytest.raises(RuntimeError):
        one.take(batch(A, [1]))
    one.openers = {KIND: Plain()}
    assert one.take(batch(A, [1])) == [Verdict.ACK]
