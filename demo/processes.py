"""The demo's processes: started, watched, started again when they die, and ended. Only ours are touched."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 30.0
LONGEST_PAUSE = 10.0
"""A process that dies again and again is started again ever more slowly, as by an engine."""


@dataclass(slots=True)
class Service:
    """One process: its name, its command after the interpreter, and the folder with its settings."""

    name: str
    arguments: Sequence[str]
    config: Path
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    starts: int = field(default=0, init=False)
    not_before: float = field(default=0.0, init=False)

    @property
    def pid(self) -> int | None:
        """The process id while it lives."""
        return self.process.pid if self.process is not None and self.process.poll() is None else None

    def start(self) -> None:
        """Start it; its output goes to its log."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MYOSOTIS_")}
        environment |= {"MYOSOTIS_CONFIG": str(self.config), "PYTHONUNBUFFERED": "1"}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # nosec B603: our own modules
                [sys.executable, "-m", *self.arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which then stops them in order
            )
        self.starts += 1
        self.not_before = time.monotonic() + min(0.25 * 2 ** min(self.starts, 10), LONGEST_PAUSE)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and its children, if it lives."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)


class Troupe:
    """All services of the demo."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.services = list(services)
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def start(self) -> None:
        """Start all, and watch them from then on."""
        for service in self.services:
            service.start()
        self._watcher.start()

    def named(self, name: str) -> Service:
        """One service by its name, such as `fr-lyon matching`."""
        return next(service for service in self.services if service.name == name)

    def stop(self) -> list[str]:
        """End all: politely, then firmly. Returns the names of those that had to be killed."""
        self._stop.set()
        if self._watcher.is_alive():
            self._watcher.join()
        for service in self.services:
            service.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        killed = []
        for service in self.services:
            if service.process is None:
                continue
            try:
                service.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                service.signal(signal.SIGKILL)
                service.process.wait()
                killed.append(service.name)
        return killed

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            for service in self.services:
                if service.pid is None and time.monotonic() >= service.not_before:
                    service.start()
