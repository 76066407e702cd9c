"""Processes that the broker of our own is made of: ended, frozen, and not woken by what ends them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.bus import node_process

#: Two busy threads that leave a trace of each turn, and say when they have begun.
BUSY = """
import sys, threading
def turn(number):
    with open(f"{sys.argv[1]}/{number}", "ab", buffering=0) as trace:
        while True:
            trace.write(b".")
threading.Thread(target=turn, args=(1,)).start()
print("begun", flush=True)
turn(2)
"""


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY, str(tmp_path)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"begun\n"
        yield process
    node_process.end(process, signal.SIGKILL, 5)


def _traces(folder: Path) -> list[int]:
    return [trace.stat().st_size for trace in sorted(folder.iterdir())]


def _states(pid: int) -> set[str]:
    tasks = Path(f"/proc/{pid}/task").glob("*/stat")
    return {task.read_text().rpartition(")")[2].split()[0] for task in tasks}


def test_frozen_means_that_no_thread_runs_any_more(busy: subprocess.Popen[bytes], tmp_path: Path) -> None:
    for _ in range(20):  # without the wait, a thread is seen running in some of them
        node_process.freeze(busy)
        assert _states(busy.pid) == {"T"}
        before = _traces(tmp_path)
        time.sleep(0.01)
        assert _traces(tmp_path) == before
        os.killpg(busy.pid, signal.SIGCONT)


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        (signal.SIGKILL, [signal.SIGKILL, signal.SIGKILL]),
        (signal.SIGTERM, [signal.SIGCONT, signal.SIGTERM, signal.SIGKILL]),
    ],
)
def test_kill_9_does_not_wake_a_frozen_process_but_the_end_of_an_operator_does(
    busy: subprocess.Popen[bytes],
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    sent: list[signal.Signals],
) -> None:
    """Woken for a moment, a frozen broker would confirm what it was frozen to leave unconfirmed."""
    node_process.freeze(busy)
    seen: list[int] = []
    to_group = os.killpg

    def recorded(group: int, signal_number: int) -> None:
        seen.append(signal_number)
        to_group(group, signal_number)

    monkeypatch.setattr(os, "killpg", recorded)
    node_process.end(busy, number, 5)
    assert seen[: len(sent)] == sent
    assert busy.returncode == -number


def test_ending_twice_is_no_error(busy: subprocess.Popen[bytes]) -> None:
    node_process.end(busy, signal.SIGTERM, 5)
    node_process.end(busy, signal.SIGTERM, 5)
    assert busy.returncode == -signal.SIGTERM
