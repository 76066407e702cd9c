"""The opening process: the same outcomes as here, and nothing that depends on it."""

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path

import pytest

from shared.bus.port import Delivery, Verdict
from shared.post.opening import aide as aides
from shared.post.opening import child, frames
from shared.post.opening.aide import Aide
from shared.post.sealed_opener import EnvelopeOpener, Recent
from shared.wire import envelope
from shared.wire.reject import Code
from tests.unit.post.conftest import Offices
from tests.unit.post.offices import ENVELOPE, Office, inbox
from tests.unit.post.test_opening_frames import arriving, terms_of

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 30.0


@pytest.fixture
def aide() -> Iterator[Aide]:
    """One that takes every batch."""
    made = Aide(worth_it=1)
    yield made
    made.close()


def started(aide: Aide, office: Office) -> int:
    """Wait until its process opens; the process id."""
    until = time.monotonic() + PATIENCE_SECONDS
    while aide.open([b"nothing"], terms_of(office), office.clock.now()) is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert aide.pid is not None
    return aide.pid


def gone(pid: int) -> bool:
    """Whether the process ended, within the patience."""
    until = time.monotonic() + PATIENCE_SECONDS
    while Path(f"/proc/{pid}/status").exists() and time.monotonic() < until:
        if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return True
        time.sleep(0.02)
    return not Path(f"/proc/{pid}").exists()


def test_it_opens_as_we_do(offices: Offices, aide: Aide) -> None:
    lyon = offices.lyon
    good = [delivery.body for delivery in arriving(offices, 3)]
    bodies = [good[0], b"", good[1][:-1] + b"\x00", good[2], bytes(len(good[0]))]
    started(aide, lyon)
    with lyon.database.read() as session:
        here = EnvelopeOpener(lyon.me, lyon.keys, lyon.directory, lyon.clock).for_batch(session)
        recent = Recent()
        there = EnvelopeOpener(lyon.me, lyon.keys, lyon.directory, lyon.clock, recent, aide).for_batch(
            session
        )
    beside = there(bodies)
    assert beside == here(bodies)
    assert [one for one in beside if isinstance(one, Code)] == [Code.SIZE, Code.DECRYPT, Code.VERSION]
    assert not isinstance(beside[0], Code)
    assert recent.take(beside[0].stored) == envelope.decode_checked(beside[0].stored[79:])


def test_it_hears_of_a_suspension_with_the_next_batch(offices: Offices, aide: Aide) -> None:
    """No batch is opened by what was true of an earlier one."""
    lyon = offices.lyon
    [delivery] = arriving(offices)
    started(aide, lyon)
    now = lyon.clock.now()
    before = aide.open([delivery.body], terms_of(lyon), now)
    assert before is not None
    assert not isinstance(before[0], Code)
    lyon.set_status("lt-vilnius", "suspended")
    assert aide.open([delivery.body], terms_of(lyon), now) == [Code.SENDER_SUSPENDED]


def test_a_small_batch_starts_nothing(offices: Offices) -> None:
    aide = Aide()
    few = [b"nothing"] * (aides.WORTH_IT - 1)
    assert aide.open(few, terms_of(offices.lyon), offices.lyon.clock.now()) is None
    assert aide.pid is None


def test_killed_it_costs_nothing_and_another_comes(offices: Offices, aide: Aide) -> None:
    """Every envelope is taken whether it lives or not, once."""
    lyon = offices.lyon
    batch = arriving(offices, 4)
    receiver = lyon.receiver()
    receiver.openers = {ENVELOPE: EnvelopeOpener(lyon.me, lyon.keys, lyon.directory, lyon.clock, None, aide)}
    first = started(aide, lyon)
    assert receiver.take(batch[:2]) == [Verdict.ACK] * 2
    os.kill(first, signal.SIGKILL)
    assert receiver.take(batch[1:]) == [Verdict.ACK] * 3
    assert len(inbox(lyon.database)) == 4
    assert started(aide, lyon) != first


def test_one_that_falls_silent_is_ended(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aides, "END_SECONDS", 0.1)
    lyon = offices.lyon
    aide = Aide(worth_it=1, answer_seconds=5.0)
    try:
        pid = started(aide, lyon)
        aide._answer_seconds = 0.1
        os.kill(pid, signal.SIGSTOP)
        assert aide.open([b"nothing"], terms_of(lyon), lyon.clock.now()) is None
        assert gone(pid)
    finally:
        aide.close()


def test_it_ends_with_its_worker(offices: Offices, aide: Aide) -> None:
    """Whatever ended the worker: the line breaks with it, as here when it is closed."""
    pid = started(aide, offices.lyon)
    assert aide._line is not None
    aide._line.close()
    assert gone(pid)


def test_it_ends_with_its_owner(offices: Offices) -> None:
    aide = Aide(worth_it=1)
    pid = started(aide, offices.lyon)
    del aide
    gc.collect()
    assert gone(pid)


def test_it_ends_when_nothing_is_asked_for_a_while() -> None:
    here, there = Pipe()
    serving = threading.Thread(target=child.serve, args=(there, 0.05))
    serving.start()
    assert here.recv_bytes() == frames.READY
    serving.join(PATIENCE_SECONDS)
    assert not serving.is_alive()


def test_whoever_finds_it_busy_waits_for_its_turn(offices: Offices, aide: Aide) -> None:
    started(aide, offices.lyon)
    outcomes: list[object] = []

    def ask() -> None:
        outcomes.append(aide.open([b"nothing"], terms_of(offices.lyon), offices.lyon.clock.now()))

    waiting = threading.Thread(target=ask)
    with aide._lock:
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(PATIENCE_SECONDS)
    assert outcomes == [[Code.SIZE]]


def test_nobody_waits_longer_than_for_an_answer(offices: Offices) -> None:
    aide = Aide(worth_it=1, answer_seconds=0.2)
    with aide._lock:
        assert aide.open([b"nothing"], terms_of(offices.lyon), offices.lyon.clock.now()) is None
    aide.close()


def test_a_wrong_number_of_answers_is_not_believed(
    offices: Offices, aide: Aide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one envelope would be taken for another."""
    started(aide, offices.lyon)
    monkeypatch.setattr(frames, "read_answer", lambda data: [Code.SIZE])
    two = [Delivery("", b"a", ENVELOPE).body, b"b"]
    assert aide.open(two, terms_of(offices.lyon), offices.lyon.clock.now()) is None
