"""Processes of the benchmark: started, spoken to line by line, and always ended."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from bench.ending import end_with_parent

END_SECONDS = 20.0


class ChildFailed(Exception):
    """A process of the benchmark ended or fell silent; its log says why."""


class Child:
    """`python -m <module> <arguments>`, whose standard output is read line by line.

    As a context manager it is ended at the end of the block, whatever happened.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        log: Path,
        config: Path | None = None,
        *,
        health_port: int | None = None,
    ) -> None:
        self.name = " ".join(arguments[:2])
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MYOSOTIS_")}
        if config is not None:
            environment["MYOSOTIS_CONFIG"] = str(config)
        if health_port is not None:
            environment["MYOSOTIS_HEALTH_PORT"] = str(health_port)
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self._log = log
        self._rest = b""

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def say(self, line: str) -> None:
        """Write one line to the process."""
        stream = self._process.stdin
        if stream is None:
            raise ChildFailed(f"{self.name} takes no orders")
        try:
            stream.write(f"{line}\n".encode())
            stream.flush()
        except BrokenPipeError:
            raise ChildFailed(f"{self.name} ended by itself: {self._last_words()}") from None

    def hear(self, timeout: float = 120.0) -> str:
        """The next line that it prints. Raises ChildFailed when none comes."""
        stream = self._process.stdout
        if stream is None:
            raise ChildFailed(f"{self.name} says nothing")
        until = time.monotonic() + timeout
        while b"\n" not in self._rest:
            ready, _, _ = select.select([stream], [], [], max(0.0, until - time.monotonic()))
            part = os.read(stream.fileno(), 65536) if ready else b""
            if not part:
                raise ChildFailed(f"{self.name} fell silent: {self._last_words()}")
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode()

    def expect(self, word: str, timeout: float = 120.0) -> None:
        """Wait for exactly this line. Raises ChildFailed for any other."""
        heard = self.hear(timeout)
        if heard != word:
            raise ChildFailed(f"{self.name} said {heard!r} instead of {word!r}: {self._last_words()}")

    def _last_words(self) -> str:
        """The end of its log, which is gone with the folder when the benchmark ends."""
        return self._log.read_text(errors="replace")[-1500:] or "its log is empty"

    def end(self) -> None:
        """SIGTERM, and SIGKILL for what does not end by itself."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        for number, patience in ((signal.SIGTERM, END_SECONDS), (signal.SIGKILL, END_SECONDS)):
            if self._process.poll() is not None:
                return
            os.killpg(self._process.pid, number)
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                continue

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
