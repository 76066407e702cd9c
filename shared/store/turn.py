"""Who writes next into an SQLite file: a courtesy between the threads and processes of one machine.

SQLite lets one write at a time, and whoever has to wait sleeps up to 100 ms before looking again, while the
database is idle. Here writers queue before they ask: threads at a lock in memory, processes at an advisory
lock on a file beside the database, looked at every millisecond. Nothing depends on it. What keeps writers
apart is the database; where a turn does not come in time, or the file cannot be opened, they go on without.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILE_ENDING = "-turn"
"""After the name of the database, like SQLite's own `-wal` and `-shm`."""
_LOOK_SECONDS = 0.001


class Turn:
    """The queue of one database in this process; `database` is its file."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + FILE_ENDING)
        self._threads = threading.Lock()
        self._file: int | None = None
        self._opened_by = 0

    @contextmanager
    def taken(self, patience: float) -> Iterator[None]:
        """Wait for the turn, `patience` seconds at most, and keep it until the end of the block."""
        until = time.monotonic() + patience
        queued = self._threads.acquire(timeout=patience)
        file = self._take(until) if queued else None
        try:
            yield
        finally:
            if file is not None:
                fcntl.flock(file, fcntl.LOCK_UN)
            if queued:
                self._threads.release()

    def close(self) -> None:
        """Close the file. It stays: whoever removed it would part those who wait from those who come."""
        with self._threads:
            if self._file is not None:
                os.close(self._file)
            self._file = None

    def _take(self, until: float) -> int | None:
        """The locked file, or None: it is nobody's turn then."""
        file = self._open()
        while file is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return None
                time.sleep(_LOOK_SECONDS)
            else:
                return file
        return None

    def _open(self) -> int | None:
        """The file, opened by this process: a lock taken through a parent's would be the parent's too."""
        if self._opened_by != os.getpid():
            self._file = None
        if self._file is None:
            with suppress(OSError):  # a folder that is read-only, or a file of somebody else
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                self._opened_by = os.getpid()
        return self._file
