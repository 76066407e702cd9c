"""A second process that opens envelopes when many come at once, so that both processors have work.

Python runs one thread at a time. Opening is half of a busy worker's work and needs nothing but keys and the
list of partners, so it can be done beside it. The aide is started by the first large batch and ends by itself
when nothing was asked for five minutes: a quiet node has no second process.

Nothing depends on it. Whatever goes wrong with it, the batch is opened here.
"""

import os
import socket
import subprocess  # nosec B404: starts this very interpreter with fixed arguments
import sys
import threading
import weakref
from collections.abc import Sequence
from datetime import datetime
from multiprocessing.connection import Connection

from shared.post.opening import frames
from shared.post.opening.frames import Bare
from shared.post.opening.terms import Terms
from shared.runtime import log
from shared.wire.reject import Code

WORTH_IT = 16
"""Smaller batches are opened here: the way to the other process and back would take as long."""
ANSWER_SECONDS = 60.0
END_SECONDS = 5.0


class AideFailed(Exception):
    """The opening process ended, fell silent or answered nonsense; envelopes are opened without it."""


class Aide:
    """Safe for threads: whoever finds it busy waits for its turn, which is faster than opening."""

    def __init__(self, worth_it: int = WORTH_IT, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._worth_it = worth_it
        self._answer_seconds = answer_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None
        self._finish: weakref.finalize[..., Aide] | None = None
        self._ready = False
        self._told: Terms | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process, None if there is none."""
        return None if self._process is None else self._process.pid

    def open(self, bodies: Sequence[bytes], terms: Terms, now: datetime) -> list[Bare | Code] | None:
        """What became of each envelope; None if it is better or necessary to open them here."""
        if len(bodies) < self._worth_it or not self._lock.acquire(timeout=self._answer_seconds):
            return None
        try:
            return self._open(bodies, terms, now) if self._is_ready() else None
        except (AideFailed, OSError, EOFError, ValueError) as error:
            log.get("opening").warning("aide_failed", error=error)
            self._end()
            return None
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the process. May be called twice; the next large batch starts another."""
        with self._lock:
            self._end()

    def _open(self, bodies: Sequence[bytes], terms: Terms, now: datetime) -> list[Bare | Code]:
        line = self._line
        if line is None:
            raise AideFailed("it was never started")
        if terms != self._told:
            line.send_bytes(frames.new_terms(terms))
            self._told = terms
        line.send_bytes(frames.envelopes(bodies, now))
        if not line.poll(self._answer_seconds):
            raise AideFailed("it does not answer")
        outcomes = frames.read_answer(line.recv_bytes())
        if len(outcomes) != len(bodies):
            raise AideFailed("it answered for another number of envelopes")
        return outcomes

    def _is_ready(self) -> bool:
        """Whether it waits for orders; starts it if it does not run."""
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._start()
        if not self._ready and self._line is not None and self._line.poll():
            self._ready = self._line.recv_bytes() == frames.READY
        return self._ready

    def _start(self) -> None:
        here, there = socket.socketpair()
        with there:
            self._line = Connection(here.detach())
            self._process = subprocess.Popen(  # noqa: S603  # nosec B603: this interpreter, no shell
                [sys.executable, "-m", "shared.post.opening.child", str(there.fileno())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )

            # Whoever forgets to close it leaves nothing behind either.
            self._finish = weakref.finalize(self, _end, self._process, self._line)

    def _end(self) -> None:
        if self._finish is not None:
            self._finish()
        self._finish = self._process = self._line = self._told = None
        self._ready = False


def _end(process: subprocess.Popen[bytes], line: Connection) -> None:
    line.close()  # the process ends with its line
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "LANG")
"""What the process gets of this one's environment; none of it is a setting or a secret."""
