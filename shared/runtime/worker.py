"""Runs the loops of a service until it is told to stop, and stops without losing work.

Order of a stop: the signal sets the event, each loop finishes the batch in hand and returns, and only then
does the process end. What a kill -9 interrupts is found again through leases (shared/store/outbox.py).
"""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

from shared.runtime import log
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.vocabulary import declare

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_QUIET_AFTER = 60.0
"""A loop that ran this many seconds before it failed starts with the first pause again."""


class LoopDown(Exception):
    """A loop of this worker failed and waits to be started again."""


@dataclass(frozen=True)
class Loop:
    """A named piece of work: called with the stop event, returns when that is set. `name` is a constant."""

    name: str
    run: Callable[[threading.Event], None]

    def __post_init__(self) -> None:
        declare(self.name)


class Worker:
    """Runs every loop in a thread of its own, restarts the one that raises, ends on SIGTERM or SIGINT."""

    def __init__(
        self,
        name: str,
        loops: Sequence[Loop],
        *,
        drain_seconds: float = 25.0,
        clock: Clock | None = None,
        first_pause: float = _FIRST_PAUSE,
    ) -> None:
        declare(name)
        self.name = name
        self.stop = threading.Event()
        self._loops = list(loops)
        self._drain_seconds = drain_seconds
        self._first_pause = first_pause
        self._clock = clock or SystemClock()
        self._down: set[str] = set()
        self._lock = threading.Lock()
        self._log = log.get("worker").bind(component=name)

    def run(self) -> int:
        """Block until stopped. Returns the exit code: 0, or 1 when a loop did not finish in time."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._on_signal)
            signal.signal(signal.SIGINT, self._on_signal)
        # Daemon threads: one that hangs must not keep the process alive past its deadline.
        threads = [
            threading.Thread(target=self._keep_running, args=(loop,), name=loop.name, daemon=True)
            for loop in self._loops
        ]
        for thread in threads:
            thread.start()
        self._log.info("worker_started", count=len(threads))
        # The wait has an end, so that a signal is handled on every platform.
        while not self.stop.wait(1.0):
            pass
        deadline = self._clock.monotonic() + self._drain_seconds
        for thread in threads:
            thread.join(max(0.0, deadline - self._clock.monotonic()))
        late = [thread.name for thread in threads if thread.is_alive()]
        for name in late:
            self._log.error("loop_did_not_drain", loop=name, seconds=self._drain_seconds)
        self._log.info("worker_stopped", ok=not late)
        return 1 if late else 0

    def checks(self) -> Mapping[str, Callable[[], None]]:
        """One readiness check a loop, for `health.HealthServer`."""
        return {loop.name: self._check(loop.name) for loop in self._loops}

    def _check(self, name: str) -> Callable[[], None]:
        def check() -> None:
            with self._lock:
                if name in self._down:
                    raise LoopDown("a loop failed and waits to be started again; its log says where")

        return check

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # No logging here: the signal may have come while the log's own lock was held.
        del number, frame
        self.stop.set()

    def _keep_running(self, loop: Loop) -> None:
        pause = self._first_pause
        while not self.stop.is_set():
            started = self._clock.monotonic()
            try:
                loop.run(self.stop)
                if self.stop.is_set():
                    return
                self._log.error("loop_returned_early", loop=loop.name)
            except Exception as error:
                self._log.error("loop_failed", loop=loop.name, error=error)
            if self._clock.monotonic() - started > _QUIET_AFTER:
                pause = self._first_pause
            self._mark(loop.name, down=True)
            self.stop.wait(pause * (0.5 + random.random()))  # noqa: S311 - spreads load, protects nothing
            pause = min(pause * 2, _LONGEST_PAUSE)
            self._mark(loop.name, down=False)

    def _mark(self, name: str, *, down: bool) -> None:
        with self._lock:
            (self._down.add if down else self._down.discard)(name)


def every(seconds: float, work: Callable[[], object]) -> Callable[[threading.Event], None]:
    """A loop that does this work again and again, with a pause of so many seconds."""

    def run(stop: threading.Event) -> None:
        while not stop.is_set():
            work()
            stop.wait(seconds)

    return run
