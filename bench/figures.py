"""Small sums over measurements."""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

KIBIBYTE = 1024


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many per cent lie (nearest rank). Raises ValueError for no values."""
    if not values:
        raise ValueError("a percentile needs at least one value")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def ratio_in_turn(mine: Callable[[], float], bare: Callable[[], float], rounds: int) -> float:
    """The median of mine to bare, measured in turn so that a noisy neighbour meets both."""
    return statistics.median(_pair(mine, bare) for _ in range(rounds))


def _pair(mine: Callable[[], float], bare: Callable[[], float]) -> float:
    return mine() / bare()


def per_second(work: Callable[[], object], count: int) -> float:
    """How many of `count` things a second, if `work` does them all."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def rss_mb(pid: int) -> float:
    """Resident memory of a process and of the processes that it started, in megabytes of 2^20 bytes."""
    return sum(_resident_kb(each) for each in family(pid)) / KIBIBYTE


def family(pid: int) -> list[int]:
    """A process and its children, and theirs."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += family(int(child))
    return found


def _resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ValueError("this process has no memory: it ended")
