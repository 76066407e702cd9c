"""Sealing: a message that one key alone can open (PROTOCOL 3.2).

HPKE base mode (RFC 9180) with the hybrid X-Wing KEM, that is ML-KEM-768 together with X25519 (KEM id 0x647a),
HKDF-SHA256 and ChaCha20-Poly1305. An attacker has to break both parts, so what is recorded today stays shut
when a quantum computer comes. Everything that must not be changed goes into `info`: the library's HPKE has no
associated data.

| bytes | layout |
| --- | --- |
| public key, 1216 | ML-KEM-768 encapsulation key 1184, X25519 public key 32 |
| private key, 96 | ML-KEM-768 seed (d, z) 64, X25519 private key 32 |
| sealed message, n + 1136 | ML-KEM ciphertext 1088, ephemeral X25519 key 32, ciphertext n, tag 16 |
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InternalError, InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from shared.crypto.errors import BadSealingKey, CannotOpen

__all__ = [
    "KID_BYTES",
    "MLKEM_CIPHERTEXT_BYTES",
    "OVERHEAD_BYTES",
    "PRIVATE_BYTES",
    "PUBLIC_BYTES",
    "BadSealingKey",
    "CannotOpen",
    "OpeningKey",
    "SealingKey",
    "kid",
]

MLKEM_PUBLIC_BYTES = 1184
MLKEM_SEED_BYTES = 64
X25519_BYTES = 32
PUBLIC_BYTES = MLKEM_PUBLIC_BYTES + X25519_BYTES
PRIVATE_BYTES = MLKEM_SEED_BYTES + X25519_BYTES
MLKEM_CIPHERTEXT_BYTES = 1088
ENCAPSULATION_BYTES = MLKEM_CIPHERTEXT_BYTES + X25519_BYTES
TAG_BYTES = 16
OVERHEAD_BYTES = ENCAPSULATION_BYTES + TAG_BYTES
KID_BYTES = 8
_KID_LABEL = b"myosotis sealing key id v1"
_FIELD_PRIME = 2**255 - 19

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealingKey:
    """The public half: whoever has it can seal a message that its owner alone opens."""

    __slots__ = ("_key", "_raw", "kid")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != PUBLIC_BYTES:
            problem = f"A sealing key has {PUBLIC_BYTES} bytes, this one has {len(raw)}. Ask for a new one."
            raise BadSealingKey(problem)
        self._raw = bytes(raw)
        try:
            mlkem = MLKEM768PublicKey.from_public_bytes(self._raw[:MLKEM_PUBLIC_BYTES])
        except (ValueError, InternalError):
            raise BadSealingKey(
                "The ML-KEM part of this sealing key is damaged. Ask its owner for a new one."
            ) from None
        self._key = MLKEM768X25519PublicKey(mlkem, _checked_x25519(self._raw[MLKEM_PUBLIC_BYTES:]))
        self.kid = hashlib.sha256(_KID_LABEL + self._raw).digest()[:KID_BYTES]

    @classmethod
    def from_bytes(cls, raw: bytes) -> SealingKey:
        """Take a public key of 1216 bytes.

        Raises BadSealingKey for another length, an ML-KEM part with coefficients out of range (FIPS 203 7.2)
        and an X25519 part of low order or in a second encoding (case 14).
        """
        return cls(raw)

    def to_bytes(self) -> bytes:
        """Return the 1216 bytes that a card or a prekey set carries."""
        return self._raw

    def seal(self, plaintext: bytes, info: bytes) -> bytes:
        """Return a sealed message of len(plaintext) + 1136 bytes, another one each time, bound to `info`."""
        try:
            return _SUITE.encrypt(plaintext, self._key, info)
        except (ValueError, InternalError):
            raise BadSealingKey("This sealing key cannot be used. Ask its owner for a new one.") from None

    def __bytes__(self) -> bytes:
        return self._raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SealingKey) and other._raw == self._raw

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        return f"SealingKey({self.kid.hex()})"


class OpeningKey:
    """The private half: opens what was sealed for it, and is never shown."""

    __slots__ = ("_key", "_mlkem", "_x25519", "public")

    def __init__(self, mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> None:
        self._mlkem = mlkem
        self._x25519 = x25519
        self._key = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = SealingKey(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls) -> OpeningKey:
        """Make a new pair from the operating system's randomness."""
        return cls(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, raw: bytes) -> OpeningKey:
        """Rebuild a pair from its 96 private bytes. Raises BadSealingKey for another length."""
        if len(raw) != PRIVATE_BYTES:
            problem = f"An opening key has {PRIVATE_BYTES} bytes. Restore the key file from a backup."
            raise BadSealingKey(problem)
        raw = bytes(raw)
        return cls(
            MLKEM768PrivateKey.from_seed_bytes(raw[:MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(raw[MLKEM_SEED_BYTES:]),
        )

    def to_bytes(self) -> bytes:
        """Return the 96 private bytes, for the key file and nothing else."""
        return self._mlkem.private_bytes_raw() + self._x25519.private_bytes_raw()

    def open(self, ciphertext: bytes, info: bytes) -> bytes:
        """Return the plaintext. Raises CannotOpen if a bit of either argument is not as sealed."""
        if len(ciphertext) < OVERHEAD_BYTES:
            raise CannotOpen("The sealed message is too short to be complete.")
        try:
            return _SUITE.decrypt(ciphertext, self._key, info)
        except (InvalidTag, ValueError, InternalError):
            raise CannotOpen(
                "The sealed message was changed on its way or was sealed for another key."
            ) from None

    def __repr__(self) -> str:
        return f"OpeningKey({self.public.kid.hex()})"

    def __reduce__(self) -> str:
        raise TypeError("An opening key is written to a key file only, and never pickled.")


def kid(public: SealingKey) -> bytes:
    """Return the 8 bytes that name a sealing key: SHA-256("myosotis sealing key id v1" | key), cut."""
    return public.kid


def _checked_x25519(raw: bytes) -> X25519PublicKey:
    """Return the key, or raise BadSealingKey where its exchange would be the same for everybody."""
    if int.from_bytes(raw, "little") >= _FIELD_PRIME:
        raise BadSealingKey(
            "The X25519 part of this sealing key has a second encoding. Ask its owner for a new one."
        )
    public = X25519PublicKey.from_public_bytes(raw)
    # Every private key is a multiple of the cofactor 8, so any one of them tells a low-order point by its
    # all-zero result (RFC 7748 6.1); this probe protects nothing and therefore may be a constant.
    probe = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    try:
        probe.exchange(public)
    except (ValueError, InternalError):
        raise BadSealingKey(
            "The X25519 part of this sealing key hides nothing. Do not use this key."
        ) from None
    return public
