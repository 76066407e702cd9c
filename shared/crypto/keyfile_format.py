"""The bytes of a key file, version 1 (PROTOCOL 3.6).

| bytes | content |
| --- | --- |
| 8 | `MYOSKEYS` |
| 1 | version, 1 |
| 1 | how the passphrase becomes a key: 1 Argon2id, 2 raw secret |
| 4 | Argon2id passes, big-endian; 0 for a raw secret |
| 4 | Argon2id memory in KiB, big-endian; 0 for a raw secret |
| 16 | salt |
| 24 | nonce |
| n + 16 | XChaCha20-Poly1305 of JSON {name: hexadecimal}; the 34 bytes before the nonce are associated data |
| 32 | SHA-256 of everything before it |

Argon2id is version 1.3 with one lane and 32 bytes of output (RFC 9106). A raw secret of at least 32 random
bytes needs no stretching: its key is BLAKE2b-256 of it with this salt and the personalisation
`myos key file v1`. The checksum is not a defence: it tells a damaged file from a wrong passphrase.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import nacl.exceptions
import nacl.pwhash.argon2id
import nacl.secret
import nacl.utils

from shared.crypto.errors import DamagedKeyFile, KeyFileError, WeakPassphrase, WrongPassphrase

MAGIC = b"MYOSKEYS"
VERSION = 1
_HEADER = struct.Struct(">8sBBII16s")
_NONCE_BYTES = 24
_TAG_BYTES = 16
_CHECKSUM_BYTES = 32
_SALT_BYTES = 16
_WRAPPING_KEY_BYTES = 32
_RAW_SECRET_BYTES = 32
_PERSON = b"myos key file v1"
# A file is read before anybody proved to know the passphrase: it must not be able to ask for all memory.
_MAX_PASSES = 16
_MAX_MEMORY_KIB = 1024 * 1024
_MIN_MEMORY_KIB = 8


class Derivation(IntEnum):
    """How a passphrase becomes the key that shuts the file."""

    ARGON2ID = 1
    RAW_SECRET = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """The cost of trying one passphrase. It is stored in the file; opening it costs the same."""

    derivation: Derivation
    passes: int = 0
    memory_kib: int = 0

    def __post_init__(self) -> None:
        argon2id = 1 <= self.passes <= _MAX_PASSES and _MIN_MEMORY_KIB <= self.memory_kib <= _MAX_MEMORY_KIB
        raw_secret = self.passes == 0 and self.memory_kib == 0
        if not (argon2id if self.derivation is Derivation.ARGON2ID else raw_secret):
            raise ValueError("The cost of this key file is out of bounds.")


STANDARD = Profile(Derivation.ARGON2ID, passes=3, memory_kib=256 * 1024)
INTERACTIVE = Profile(Derivation.ARGON2ID, passes=2, memory_kib=64 * 1024)
RAW_SECRET = Profile(Derivation.RAW_SECRET)


@dataclass(frozen=True, slots=True)
class Opened:
    """The secrets of a file and the profile that it was shut with."""

    secrets: Mapping[str, bytes] = field(repr=False)
    profile: Profile


def pack(secrets: Mapping[str, bytes], passphrase: bytes, profile: Profile) -> bytes:
    """Return the whole file, under a fresh salt and nonce. Raises WeakPassphrase."""
    return pack_with(
        secrets, passphrase, profile, nacl.utils.random(_SALT_BYTES), nacl.utils.random(_NONCE_BYTES)
    )


def pack_with(
    secrets: Mapping[str, bytes], passphrase: bytes, profile: Profile, salt: bytes, nonce: bytes
) -> bytes:
    """Return the file for a given salt (16 bytes) and nonce (24 bytes); only test vectors choose them."""
    header = _HEADER.pack(MAGIC, VERSION, profile.derivation, profile.passes, profile.memory_kib, salt)
    content = json.dumps(
        {name: secrets[name].hex() for name in sorted(secrets)}, separators=(",", ":"), sort_keys=True
    ).encode()
    box = nacl.secret.Aead(_wrapping_key(passphrase, profile, salt))
    body = header + bytes(box.encrypt(content, header, nonce))
    return body + hashlib.sha256(body).digest()


def unpack(data: bytes, passphrase: bytes) -> Opened:
    """Return the secrets of a whole file. Raises DamagedKeyFile, WrongPassphrase and WeakPassphrase."""
    body, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    if not data.startswith(MAGIC):
        raise DamagedKeyFile("This is not a key file, or its beginning is damaged. Restore it from a backup.")
    if len(body) < _HEADER.size + _NONCE_BYTES + _TAG_BYTES or hashlib.sha256(body).digest() != checksum:
        raise DamagedKeyFile("The key file is incomplete or was changed. Restore it from a backup.")
    _, version, derivation, passes, memory_kib, salt = _HEADER.unpack_from(body)
    if version != VERSION:
        raise DamagedKeyFile(
            "The key file was written by another version of this software. Update the software."
        )
    try:
        profile = Profile(Derivation(derivation), passes, memory_kib)
    except ValueError:
        raise DamagedKeyFile(
            "The key file asks for an impossible effort. Restore it from a backup."
        ) from None
    box = nacl.secret.Aead(_wrapping_key(passphrase, profile, salt))
    try:
        content = box.decrypt(body[_HEADER.size :], body[: _HEADER.size])
    except nacl.exceptions.CryptoError:
        raise WrongPassphrase(
            "The passphrase does not open this key file. Check for typing errors and the right organisation."
        ) from None
    return Opened(_secrets(content), profile)


def _wrapping_key(passphrase: bytes, profile: Profile, salt: bytes) -> bytes:
    if not passphrase:
        raise WeakPassphrase("The passphrase of a key file must not be empty.")
    if profile.derivation is Derivation.RAW_SECRET:
        if len(passphrase) < _RAW_SECRET_BYTES:
            problem = f"A raw secret needs {_RAW_SECRET_BYTES} random bytes or more. Make a new one."
            raise WeakPassphrase(problem)
        return hashlib.blake2b(
            passphrase, digest_size=_WRAPPING_KEY_BYTES, salt=salt, person=_PERSON
        ).digest()
    try:
        return nacl.pwhash.argon2id.kdf(
            _WRAPPING_KEY_BYTES, passphrase, salt, opslimit=profile.passes, memlimit=profile.memory_kib * 1024
        )
    except (nacl.exceptions.RuntimeError, MemoryError):
        megabytes = profile.memory_kib // 1024
        problem = f"Opening the key file needs {megabytes} MiB of free memory. Free some and try again."
        raise KeyFileError(problem) from None


def _secrets(content: bytes) -> dict[str, bytes]:
    try:
        return {name: bytes.fromhex(value) for name, value in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError):
        raise DamagedKeyFile(
            "The key file opens, but its content is not understood. Update the software."
        ) from None
