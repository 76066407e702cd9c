"""One encrypted stream in a file, version 1.

| bytes | content |
| --- | --- |
| 8 | `MYOSBACK` |
| 1 | version, 1 |
| 4, 4 | Argon2id passes and memory in KiB, big-endian |
| 16 | salt |
| 24 | header of the stream |
| 8 | the first 8 bytes of SHA-256 of all before it: tells a damaged file from a wrong passphrase |
| 17 | an empty message: opens only with the right passphrase |
| n + 17, ... | messages of 64 KiB each; the last one carries the tag `final` |

The stream is libsodium's secretstream (XChaCha20-Poly1305): messages cannot be changed, left out, put in
another order or cut off at the end.
"""

import hashlib
import io
import struct
from typing import BinaryIO

import nacl.bindings as sodium
import nacl.exceptions
import nacl.pwhash.argon2id
import nacl.utils

from admin.errors import AdminError
from shared.crypto.keyfile_format import STANDARD, Derivation, Profile

MAGIC = b"MYOSBACK"
VERSION = 1
CHUNK = 64 * 1024
_HEADER = struct.Struct(">8sBII16s24s")
_CHECK_BYTES = 8
_OVERHEAD: int = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_MESSAGE: int = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL: int = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL


class BackupWrongPassphrase(AdminError):
    """The passphrase does not open this backup; check for typing errors and the right file."""


class BackupDamaged(AdminError):
    """This backup is incomplete or was changed; use another copy. Nothing was written."""


class SealedWriter(io.RawIOBase):
    """Encrypts what is written to it; call `finish`, or the file is no backup."""

    def __init__(self, out: BinaryIO, passphrase: bytes, profile: Profile = STANDARD) -> None:
        self._out, self._kept = out, bytearray()
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        salt = nacl.utils.random(16)
        stream = sodium.crypto_secretstream_xchacha20poly1305_init_push(
            self._state, _key(passphrase, salt, profile)
        )
        header = _HEADER.pack(MAGIC, VERSION, profile.passes, profile.memory_kib, salt, stream)
        out.write(header + hashlib.sha256(header).digest()[:_CHECK_BYTES])
        self._push(b"", _MESSAGE)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take some bytes of any length."""
        self._kept += data
        while len(self._kept) > CHUNK:
            self._push(bytes(self._kept[:CHUNK]), _MESSAGE)
            del self._kept[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write what is left, with the mark of the end."""
        self._push(bytes(self._kept), _FINAL)
        self._kept.clear()

    def _push(self, data: bytes, tag: int) -> None:
        self._out.write(sodium.crypto_secretstream_xchacha20poly1305_push(self._state, data, None, tag))


class SealedReader(io.RawIOBase):
    """Decrypts while it is read. Raises BackupWrongPassphrase at once, and BackupDamaged where it is."""

    def __init__(self, source: BinaryIO, passphrase: bytes) -> None:
        self._source, self._kept, self._ended = source, bytearray(), False
        header, check = source.read(_HEADER.size), source.read(_CHECK_BYTES)
        if len(header) != _HEADER.size or not header.startswith(MAGIC):
            raise BackupDamaged("This is not a backup of Myosotis, or its beginning is missing.")
        if hashlib.sha256(header).digest()[:_CHECK_BYTES] != check:
            raise BackupDamaged("The beginning of this backup was changed; use another copy.")
        _, version, passes, memory, salt, stream = _HEADER.unpack(header)
        if version != VERSION:
            raise BackupDamaged("This backup was written by another version; use that version to restore it.")
        try:
            profile = Profile(Derivation.ARGON2ID, passes, memory)
        except ValueError:
            raise BackupDamaged("This backup asks for an impossible effort; use another copy.") from None
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(
            self._state, stream, _key(passphrase, salt, profile)
        )
        door = source.read(_OVERHEAD)
        if len(door) != _OVERHEAD:
            raise BackupDamaged("This backup was cut off; use another copy.")
        try:
            self._pull(door)
        except BackupDamaged:
            raise BackupWrongPassphrase(
                "The passphrase does not open this backup; check for typing errors and the right file."
            ) from None

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; fewer only at the end, which must be the true one."""
        while not self._ended and (size < 0 or len(self._kept) < size):
            sealed = self._source.read(CHUNK + _OVERHEAD)
            if not sealed:
                raise BackupDamaged("This backup was cut off; use another copy. Nothing was written.")
            self._kept += self._pull(sealed)
        size = len(self._kept) if size < 0 else size
        taken = bytes(self._kept[:size])
        del self._kept[:size]
        return taken

    def _pull(self, sealed: bytes) -> bytes:
        try:
            data, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed)
        except (nacl.exceptions.CryptoError, ValueError):
            raise BackupDamaged(
                "This backup is damaged or was changed; use another copy. Nothing was written."
            ) from None
        self._ended = tag == _FINAL
        if self._ended and self._source.read(1):
            raise BackupDamaged("Something was added to this backup; use another copy.")
        return bytes(data)


def _key(passphrase: bytes, salt: bytes, profile: Profile) -> bytes:
    return nacl.pwhash.argon2id.kdf(
        sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES,
        passphrase,
        salt,
        opslimit=profile.passes,
        memlimit=profile.memory_kib * 1024,
    )
