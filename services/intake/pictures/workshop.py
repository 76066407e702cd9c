"""Hands one picture to a decoder of its own, and takes back what it wrote anew."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Timer

DECODER = Path(__file__).with_name("decoder.py")
LARGEST_UPLOAD = 10 * 1024 * 1024
LARGEST_ANSWER = 4 * 1024 * 1024
PATIENCE = 20.0
"""Seconds for one picture."""
AT_ONCE = 1
_JPEG = b"\xff\xd8\xff"


class PictureRefused(Exception):
    """This picture could not be taken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """`heic`, `unknown`, `pixels`, `broken`, `large` or `busy`."""


@dataclass(frozen=True, slots=True, repr=False)
class Copies:
    """Two JPEGs without metadata: of at most 1,600 pixels a side, and of 320."""

    picture: bytes
    small: bytes


class Workshop:
    """One decoder at a time: it may take as much memory as a large picture needs."""

    def __init__(self, decoder: Path = DECODER, patience: float = PATIENCE) -> None:
        self._decoder = decoder
        self._patience = patience
        self._places = BoundedSemaphore(AT_ONCE)

    def copies(self, data: bytes) -> Copies:
        """The picture written anew. Raises PictureRefused."""
        if len(data) > LARGEST_UPLOAD:
            raise PictureRefused("large")
        if not self._places.acquire(timeout=self._patience):
            raise PictureRefused("busy")
        try:
            answer = self._ask(data)
        finally:
            self._places.release()
        return _read(answer)

    def _ask(self, data: bytes) -> bytes:
        # The picture lies in memory, never in a file; the decoder gets no environment and no other handle.
        with _in_memory(data) as handle:
            process = subprocess.Popen(  # noqa: S603  # nosec B603: our own file, by our own interpreter
                [sys.executable, "-I", str(self._decoder)],
                stdin=handle,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        end = Timer(self._patience, process.kill)
        end.daemon = True
        end.start()
        try:
            with process:
                if process.stdout is None:  # it was asked for
                    raise PictureRefused("broken")
                answer = process.stdout.read(LARGEST_ANSWER + 1)
                process.kill()
        finally:
            end.cancel()
        return answer


@contextmanager
def _in_memory(data: bytes) -> Iterator[int]:
    handle = os.memfd_create("picture", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(data)
        os.lseek(handle, 0, os.SEEK_SET)
        yield handle
    finally:
        os.close(handle)


def _read(answer: bytes) -> Copies:
    """What a decoder said. It may have been taken over by the picture, so its word is looked at, too."""
    if answer[:2] == b"NO" and answer[2:] in (b"heic", b"unknown", b"pixels", b"broken"):
        raise PictureRefused(answer[2:].decode())
    length = int.from_bytes(answer[2:6], "big")
    picture, small = answer[6 : 6 + length], answer[6 + length :]
    sound = answer[:2] == b"OK" and len(answer) <= LARGEST_ANSWER
    if not sound or not picture.startswith(_JPEG) or not small.startswith(_JPEG):
        raise PictureRefused("broken")
    return Copies(picture, small)
