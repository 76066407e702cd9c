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
    import sys, time
    from shared.runtime import log
    from shared.runtime.worker import Loop, Worker

    log.configure("test", sys.stderr)

    def batches(stop):
        print("started", flush=True)
        while not stop.is_set():
            time.sleep(0.05)
        time.sleep(0.3)
        print("batch finished", flush=True)

    def hangs(stop):
        time.sleep(60)

    loops = [Loop("batches", batches)] + ([Loop("hangs", hangs)] if "hang" in sys.argv else [])
    sys.exit(Worker("test", loops, drain_seconds=1.0).run())
"""


def run_and_signal(number: signal.Signals, *arguments: str) -> tuple[int, str, str]:
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
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_and_exits_with_0(number: signal.Signals) -> None:
    code, out, err = run_and_signal(number)
    assert (code, out) == (0, "batch finished\n")
    assert "worker_stopped" in err


def test_a_loop_that_hangs_is_left_behind_at_the_deadline_and_named() -> None:
    started = time.monotonic()
    code, out, err = run_and_signal(signal.SIGTERM, "hang")
    assert (code, out) == (1, "batch finished\n")
    (line,) = [line for line in err.splitlines() if "loop_did_not_drain" in line]
    assert '"loop": "hangs"' in line
    assert time.monotonic() - started < 15


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
