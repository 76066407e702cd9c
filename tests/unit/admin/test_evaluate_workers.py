"""The processes that `myosotis evaluate` shares its work among."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from admin.evaluate.workers import Workers

ROOT = Path(__file__).parents[3]
KEPT: list[bytearray] = []


def twice(items: list[int]) -> list[int]:
    time.sleep(0.01)
    return [2 * item for item in items]


def who(items: list[int]) -> list[int]:
    time.sleep(0.05)
    return [os.getpid()] * len(items)


def take(megabytes: int) -> None:
    KEPT.append(bytearray(b"x") * (megabytes << 20))


def fail(items: list[int]) -> list[int]:
    raise ValueError(f"{len(items)} items")


def silent(what: str, done: int, count: int) -> None:
    del what, done, count


@pytest.mark.slow
def test_results_come_in_order_from_every_processor() -> None:
    told: list[tuple[str, int, int]] = []
    with Workers(lambda *said: told.append(said), take, 1) as workers:
        assert list(workers.through(twice, range(250), "doubling")) == list(range(0, 500, 2))
        assert list(workers.through(twice, [], "nothing")) == []
        shares = Counter(workers.through(who, range(2_000), "asking"))
    assert told[:5] == [
        ("doubling", 0, 250),
        ("doubling", 100, 250),
        ("doubling", 200, 250),
        ("doubling", 250, 250),
        ("nothing", 0, 0),
    ]
    assert len(shares) == os.cpu_count()


@pytest.mark.slow
def test_memory_is_that_of_all_processes_together() -> None:
    with Workers(silent, take, 1) as workers:
        list(workers.through(who, range(2_000), "little"))
    with Workers(silent, take, 101) as more:
        list(more.through(who, range(2_000), "much"))
    added = more.memory_mb - workers.memory_mb
    assert added == pytest.approx(100 * (os.cpu_count() or 1), rel=0.2)


@pytest.mark.slow
def test_what_goes_wrong_in_a_worker_is_raised_here() -> None:
    with pytest.raises(ValueError, match="100 items"), Workers(silent, take, 1) as workers:
        list(workers.through(fail, range(2_000), "failing"))


SCRIPT = """
import os, time
from admin.evaluate.workers import Workers

def who(items):
    time.sleep(0.05)
    return [os.getpid()] * len(items)

if __name__ == "__main__":
    with Workers(lambda *said: None, id, 0) as workers:
        print(*set(workers.through(who, range(2000), "asking")), flush=True)
        time.sleep(120)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_a_process_that_is_ended(tmp_path: Path, how: signal.Signals) -> None:
    """They hold people: left waiting, they would hold them until somebody finds them."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    with subprocess.Popen(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        workers = [int(number) for number in parent.stdout.readline().split()]
        assert len(workers) == os.cpu_count()
        parent.send_signal(how)
        parent.wait(30)
    until = time.monotonic() + 20
    while (left := [number for number in workers if lives(number)]) and time.monotonic() < until:
        time.sleep(0.05)
    for number in left:
        os.kill(number, signal.SIGKILL)
    assert left == []


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
