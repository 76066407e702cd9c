"""Worker processes that share a long list of work, a piece at a time."""

import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TypeVar

_AT_ONCE = 100
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
Progress = Callable[[str, int, int], None]
"""What is being done, how many are done, of how many."""


class Workers:
    """One process for each processor; they end with the block."""

    def __init__(self, progress: Progress, begin: Callable[..., None], *what: object) -> None:
        """Each of them begins with `begin(*what)`."""
        self._progress = progress
        self._pool = ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _begin, (begin, what))
        self._megabytes: dict[int, float] = {}
        """Of each of them, at its highest."""

    def through(
        self, work: Callable[[list[_Item]], list[_Result]], items: Sequence[_Item], what: str
    ) -> Iterator[_Result]:
        """The results for all items, in their order."""
        done = 0
        pieces = [list(items[start : start + _AT_ONCE]) for start in range(0, len(items), _AT_ONCE)]
        self._progress(what, 0, len(items))
        with _uninterrupted():  # the processes begin here
            answers = self._pool.map(_measured, repeat(work), pieces)
        for piece, made in zip(pieces, answers, strict=True):
            results, process, megabytes = made
            self._megabytes[process] = megabytes
            done += len(piece)
            self._progress(what, done, len(items))
            yield from results

    @property
    def memory_mb(self) -> float:
        """What they and this process took together at the highest of each: at most so much at once."""
        return _highest_mb() + sum(self._megabytes.values())

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes that begin here never hear Ctrl-C: this one does, and ends them without their tracebacks.

    The mask is what they inherit. Another thread of this process may hear it in spite of that, so it is only
    noted until all of them have begun. Raises KeyboardInterrupt then. For the main thread.
    """
    heard: list[int] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    handler = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if heard:
        raise KeyboardInterrupt


def _begin(begin: Callable[..., None], what: tuple[object, ...]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    begin(*what)


def _end_with_parent() -> None:
    """A process that is killed ends no worker: they would wait for ever, with people in memory."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _measured(
    work: Callable[[list[_Item]], list[_Result]], items: list[_Item]
) -> tuple[list[_Result], int, float]:
    return work(items), os.getpid(), _highest_mb()


def _highest_mb() -> float:
    """The most memory that this process had so far."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # Not `ru_maxrss`: a process begins with what the one that started it had.
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
