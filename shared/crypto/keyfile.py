"""Key files: named secrets in one file, shut with a passphrase or with a secret of the container engine.

A file is created once, opened when a service starts, and rewritten whole when a key is added or destroyed.
The layout is in `keyfile_format`; how it reaches the disk in `keyfile_storage`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from shared.crypto import keyfile_format, keyfile_storage
from shared.crypto.errors import (
    DamagedKeyFile,
    KeyFileError,
    KeyFileExists,
    KeyFileMissing,
    KeyFileNotWritten,
    MissingKey,
    UnsafeKeyFile,
    WeakPassphrase,
    WrongPassphrase,
)
from shared.crypto.keyfile_format import INTERACTIVE, RAW_SECRET, STANDARD, Profile

__all__ = [
    "INTERACTIVE",
    "RAW_SECRET",
    "STANDARD",
    "DamagedKeyFile",
    "KeyBundle",
    "KeyFileError",
    "KeyFileExists",
    "KeyFileMissing",
    "KeyFileNotWritten",
    "MissingKey",
    "Profile",
    "UnsafeKeyFile",
    "WeakPassphrase",
    "WrongPassphrase",
    "change_passphrase",
    "create",
    "load",
    "passphrase_from_file",
    "update",
]

MAX_PASSPHRASE_BYTES = 4096
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@|-]{0,119}")


class KeyBundle(Mapping[str, bytes]):
    """What a key file holds: secrets by name. Shows the names, never the bytes, and is never pickled."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Mapping[str, bytes]) -> None:
        self._secrets = dict(secrets)

    def __getitem__(self, name: str) -> bytes:
        """Return one secret. Raises MissingKey, which says which key the file lacks."""
        try:
            return self._secrets[name]
        except KeyError:
            problem = f"The key file holds no key named {name!r}. Restore it from a backup."
            raise MissingKey(problem) from None

    def __contains__(self, name: object) -> bool:
        return name in self._secrets

    def get(self, name: str, default: bytes | None = None) -> bytes | None:  # type: ignore[override]
        """Return one secret, or the default where the file holds none of this name."""
        return self._secrets.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"KeyBundle({', '.join(sorted(self._secrets))})"

    def __reduce__(self) -> str:
        raise TypeError("Keys are written to a key file only, and never pickled.")


def create(
    path: Path, secrets: Mapping[str, bytes], passphrase: bytes, profile: Profile = STANDARD
) -> KeyBundle:
    """Write a new key file with mode 0600, whole or not at all.

    Raises KeyFileExists, WeakPassphrase (empty, or for RAW_SECRET under 32 bytes) and KeyFileNotWritten.
    """
    _check_names(secrets)
    data = keyfile_format.pack(secrets, passphrase, profile)
    with keyfile_storage.locked(path):
        if path.exists():
            problem = f"{path} exists already and is not overwritten. Move it away first if it is not needed."
            raise KeyFileExists(problem)
        keyfile_storage.write(path, data)
    return KeyBundle(secrets)


def load(path: Path, passphrase: bytes) -> KeyBundle:
    """Open a key file and return everything in it, or nothing.

    Raises KeyFileMissing, UnsafeKeyFile (others may read or write it), DamagedKeyFile and WrongPassphrase.
    """
    return KeyBundle(keyfile_format.unpack(keyfile_storage.read(path), passphrase).secrets)


def update(path: Path, passphrase: bytes, changes: Mapping[str, bytes | None]) -> KeyBundle:
    """Add or replace secrets, destroy those given as None, and return what the file holds now.

    The file is replaced in one step under a lock, so that two processes lose nothing to each other. The old
    file's blocks are freed, not overwritten: full-disk encryption and the passphrase protect what remains.
    """
    _check_names(changes)
    with keyfile_storage.locked(path):
        opened = keyfile_format.unpack(keyfile_storage.read(path), passphrase)
        secrets = {name: secret for name, secret in opened.secrets.items() if name not in changes}
        secrets |= {name: secret for name, secret in changes.items() if secret is not None}
        keyfile_storage.write(path, keyfile_format.pack(secrets, passphrase, opened.profile))
    return KeyBundle(secrets)


def change_passphrase(path: Path, old: bytes, new: bytes, profile: Profile | None = None) -> None:
    """Shut the same secrets with another passphrase, and another profile if one is given."""
    with keyfile_storage.locked(path):
        opened = keyfile_format.unpack(keyfile_storage.read(path), old)
        keyfile_storage.write(path, keyfile_format.pack(opened.secrets, new, profile or opened.profile))


def passphrase_from_file(path: Path) -> bytes:
    """Return the passphrase or raw secret that a file holds, without one line end.

    For secrets that a container engine mounts (`/run/secrets/...`): those are readable for every user of the
    container, so only being *writable* by every user is refused. Raises KeyFileMissing, UnsafeKeyFile and
    WeakPassphrase (empty or over 4096 bytes).
    """
    data = keyfile_storage.read(path, forbidden_mode=0o002)
    passphrase = data.removesuffix(b"\n").removesuffix(b"\r")
    if not 1 <= len(passphrase) <= MAX_PASSPHRASE_BYTES:
        problem = f"{path} must hold a passphrase of 1 to {MAX_PASSPHRASE_BYTES} bytes on one line."
        raise WeakPassphrase(problem)
    return passphrase


def _check_names(names: Mapping[str, object]) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(
                "A key name has 1 to 120 letters, digits or . _ : / @ | - and begins with a letter or digit."
            )
