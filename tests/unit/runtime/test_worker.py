"""A worker stops when told to, finishes what it has in hand, and comes back when a loop fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.runtime.worker import Loop, LoopDown, Worker

ROOT = Path(__file__).parents[3]
PROGRAM = """
    import sys, threading, time
    from shared.runtime import log
    from shared.runtime.worker import Loop, Worker

    log.configure("test", sys.stderr)

    drain_seconds = float(sys.argv[1])
    loops_that_began = threading.Barrier(len(sys.argv) - 1)

    def batches(stop):
        # A loop that has not begun when the signal comes never begins, and then it cannot hang.
        loops_that_began.wait()
        print("started", flush=True)
        stop.wait()
        time.sleep(0.1)
        print("batch finished", flush=True)

    def hangs(stop):
        loops_that_began.wait()
        time.sleep(600)

    loops = [Loop("batches", batches)] + [Loop("hangs", hangs) for _ in sys.argv[2:]]
    sys.exit(Worker("test", loops, drain_seconds=drain_seconds).run())
"""


def run_and_signal(number: signal.Signals, *arguments: str) -> tuple[int, str, str]:
    """`arguments`: the seconds that draining may take, and "hangs" for a loop that never ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.send_signal(number)
    try:
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    return process.returncode, out, err


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_and_exits_with_0(number: signal.Signals) -> None:
    code, out, err = run_and_signal(number, "60")
    assert (code, out) == (0, "batch finished\n")
    assert "worker_stopped" in err


@pytest.mark.slow
def test_a_loop_that_hangs_is_left_behind_at_the_deadline_and_named() -> None:
    code, out, err = run_and_signal(signal.SIGTERM, "2", "hangs")
    assert (code, out) == (1, "batch finished\n")  # and not killed by communicate's own, far longer deadline
    (line,) = [line for line in err.splitlines() if "loop_did_not_drain" in line]
    assert '"loop": "hangs"' in line


def run_in_thread(worker: Worker, until: Callable[[], bool]) -> int:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(worker.run()))
    thread.start()
    deadline = time.monotonic() + 10
    while not until() and time.monotonic() < deadline:
        time.sleep(0.005)
    worker.stop.set()
    thread.join(10)
    return codes[0]


def test_a_loop_that_raises_is_started_again_and_the_others_go_on() -> None:
    calls: list[str] = []

    def fails(stop: threading.Event) -> None:
        calls.append("fails")
        if len(calls) < 4:
            raise RuntimeError("Žydrūnė")
        stop.wait()

    def steady(stop: threading.Event) -> None:
        calls.append("steady")
        stop.wait()

    worker = Worker("test", [Loop("fails", fails), Loop("steady", steady)], first_pause=0.01)
    assert run_in_thread(worker, lambda: calls.count("fails") >= 3) == 0
    assert calls.count("steady") == 1


def test_a_loop_that_returns_is_started_again() -> None:
    calls: list[int] = []
    worker = Worker("test", [Loop("short", lambda stop: calls.append(1))], first_pause=0.01)
    assert run_in_thread(worker, lambda: len(calls) >= 3) == 0


def test_readiness_says_which_loop_is_down() -> None:
    failed = threading.Event()

    def fails(stop: threading.Event) -> None:
        del stop
        failed.set()
        raise RuntimeError

    def well(stop: threading.Event) -> None:
        stop.wait()

    worker = Worker("test", [Loop("fails", fails), Loop("well", well)], first_pause=30)
    checks = worker.checks()

    def down() -> bool:
        try:
            checks["fails"]()
        except LoopDown:
            return True
        return False

    assert not down()
    seen = threading.Event()

    def seen_down() -> bool:
        if failed.is_set() and down():
            seen.set()
        return seen.is_set()

    assert run_in_thread(worker, seen_down) == 0
    assert seen.is_set()
    checks["well"]()
