"""What the loops of one worker process do for each other."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.bus.memory import MemoryBus
from shared.bus.port import Consumer, Publisher
from shared.post.office import PostOffice
from shared.post.payload import PlainDecoder
from shared.post.routes import Lane
from shared.runtime.metrics import ServiceMetrics
from shared.runtime.settings import ServiceSettings
from shared.store import inbox
from shared.store.presence import Presence
from shared.wire.local import DutyWaiting
from tests.unit.post.offices import Book, Desk, waiting_event


@dataclass(frozen=True)
class MemoryWires:
    """The local broker, in memory."""

    bus: MemoryBus

    @property
    def lanes(self) -> tuple[Lane, ...]:
        return (Lane.LOCAL,)

    def publisher(self, lane: Lane) -> Publisher:
        return self.bus.publisher()

    def consumer(self, lane: Lane) -> Consumer:
        return self.bus.consumer("notify")


@pytest.fixture
def gone(desk: Desk) -> Iterator[Presence]:
    """A process that was seen, and is no more."""
    made = Presence(desk.database, ["local"])
    made.step()
    yield made
    made.close()


@pytest.mark.slow
def test_a_new_process_goes_on_with_what_a_killed_one_had_claimed(
    desk: Desk, gone: Presence, tmp_path: Path
) -> None:
    """Case 63: at once, by the loops that every worker runs, and not when a lease ends."""
    desk.take(waiting_event(desk.clock))
    assert len(inbox.claim(desk.database, 10, desk.clock.now(), gone.owner, None)) == 1
    book, stop = Book(), threading.Event()
    settings = ServiceSettings(
        organisation="fr-lyon",
        service="notify",
        database_url=f"sqlite:///{tmp_path}/other.db",
        poll_seconds=0.05,
    )
    office = PostOffice(
        settings=settings,
        wires=MemoryWires(desk.bus),
        database=desk.database,
        clock=desk.clock,
        metrics=ServiceMetrics(),
        handlers={DutyWaiting.TYPE: book},
        decode=PlainDecoder("notify"),
        cipher=None,
    )
    loops = [threading.Thread(target=loop.run, args=(stop,), daemon=True) for loop in office.loops()]
    for loop in loops:
        loop.start()
    try:
        assert not stop.wait(0.5)
        assert book.ids == []  # whoever lives keeps what it claimed
        gone.close()
        for _ in range(100):
            if book.ids or stop.wait(0.1):
                break
        assert len(book.ids) == 1
    finally:
        stop.set()
        for loop in loops:
            loop.join(10)
