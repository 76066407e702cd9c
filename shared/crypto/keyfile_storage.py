"""How a key file reaches the disk and is read from it: whole, for its owner only, one writer at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.crypto.errors import (
    DamagedKeyFile,
    KeyFileError,
    KeyFileMissing,
    KeyFileNotWritten,
    UnsafeKeyFile,
)

OWNER_ONLY = 0o600
MAX_FILE_BYTES = 1024 * 1024


def read(path: Path, forbidden_mode: int = 0o077) -> bytes:
    """Return a file's bytes if its mode has none of the forbidden bits.

    Raises KeyFileMissing, UnsafeKeyFile, DamagedKeyFile (over 1 MiB, no regular file) and KeyFileError.
    """
    try:
        # Without O_NONBLOCK a named pipe put in this place would keep the service from ever starting.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        problem = f"There is no file {path}. Check the settings, or restore it from a backup."
        raise KeyFileMissing(problem) from None
    except OSError as error:
        problem = f"{path} cannot be read: {os.strerror(error.errno or 0)}."
        raise KeyFileError(problem) from None
    try:
        _check_status(path, os.fstat(descriptor), forbidden_mode)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_FILE_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MAX_FILE_BYTES:
        problem = f"{path} is too large to be a key file. Check the settings."
        raise DamagedKeyFile(problem)
    return data


def write(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path` in one step, with mode 0600; a reader sees the old or the new file.

    Raises KeyFileNotWritten, for instance when the disk is full; then nothing has changed (case 78).
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        _write_new(temporary, data)
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        problem = (
            f"{path} could not be written: {os.strerror(error.errno or 0)}. What was there is unchanged."
        )
        raise KeyFileNotWritten(problem) from None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time change the key file. The lock is a file beside it, left there empty."""
    try:
        descriptor = os.open(
            path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY
        )
    except OSError as error:
        problem = f"The folder {path.parent} cannot be written: {os.strerror(error.errno or 0)}."
        raise KeyFileNotWritten(problem) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _check_status(path: Path, status: os.stat_result, forbidden_mode: int) -> None:
    """Ask the file that is open, not the path: nobody can exchange it between question and reading."""
    if not stat.S_ISREG(status.st_mode):
        raise DamagedKeyFile(f"{path} is not a file. Check the settings.")
    if status.st_mode & forbidden_mode:
        raise UnsafeKeyFile(
            f"Others on this machine can reach {path} (mode {stat.S_IMODE(status.st_mode):04o}). "
            f"Run: chmod 600 {path}"
        )


def _write_new(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        # The process may run under a umask that takes even the owner's bits away.
        os.fchmod(file.fileno(), OWNER_ONLY)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
