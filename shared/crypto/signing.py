"""Signatures: Ed25519 over a label and a message (PROTOCOL 3.1, RFC 8032 5.1).

The label says what kind of statement is signed, so that a signature made for one purpose is never valid for
another. What is signed is `length of label (1 byte) | label | message`.
"""

from __future__ import annotations

import hashlib

import nacl.bindings
import nacl.exceptions
import nacl.signing

from shared.crypto.errors import BadSignature, BadSigningKey

__all__ = [
    "KEY_BYTES",
    "SEED_BYTES",
    "SIGNATURE_BYTES",
    "BadSignature",
    "BadSigningKey",
    "SigningKey",
    "VerifyKey",
    "key_id",
]

KEY_BYTES = 32
SEED_BYTES = 32
SIGNATURE_BYTES = 64
_KEY_ID_LABEL = b"myosotis signing key id v1"


class VerifyKey:
    """The public half of a signing key: 32 bytes, checked when it is made and harmless from then on."""

    __slots__ = ("_key", "_raw")

    def __init__(self, raw: bytes) -> None:
        """Take a compressed Ed25519 point of 32 bytes.

        Raises BadSigningKey unless it is the one canonical encoding of a point of the prime-order subgroup
        other than the identity: small-order and mixed-order points and second encodings are refused, because
        under them one signature can be valid for many messages or many keys (case 13).
        """
        if len(raw) != KEY_BYTES:
            problem = f"A signing key has {KEY_BYTES} bytes, this one has {len(raw)}. Ask for the card again."
            raise BadSigningKey(problem)
        raw = bytes(raw)
        if not nacl.bindings.crypto_core_ed25519_is_valid_point(raw):
            raise BadSigningKey(
                "This signing key is not a safe Ed25519 key. Do not use it; ask its owner for a new card."
            )
        self._raw = raw
        self._key = nacl.signing.VerifyKey(raw)

    def __bytes__(self) -> bytes:
        return self._raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyKey) and other._raw == self._raw

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        return f"VerifyKey({key_id(self)})"

    def verify(self, label: bytes, message: bytes, signature: bytes) -> None:
        """Return if `signature` (64 bytes) was made by this key over this label and message.

        Raises BadSignature otherwise, whatever is wrong with it (RFC 8032 5.1.7, with S below L).
        """
        if len(signature) != SIGNATURE_BYTES:
            problem = f"A signature has {SIGNATURE_BYTES} bytes, this one has {len(signature)}."
            raise BadSignature(problem)
        try:
            self._key.verify(_statement(label, message), bytes(signature))
        except (nacl.exceptions.BadSignatureError, nacl.exceptions.ValueError):
            raise BadSignature("The signature does not belong to this message and this key.") from None


class SigningKey:
    """The private half: signs, and is never shown."""

    __slots__ = ("_key", "verify_key")

    def __init__(self, key: nacl.signing.SigningKey) -> None:
        self._key = key
        self.verify_key = VerifyKey(bytes(key.verify_key))

    @classmethod
    def generate(cls) -> SigningKey:
        """Make a new key from the operating system's randomness."""
        return cls(nacl.signing.SigningKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """Rebuild a key from its 32-byte seed (RFC 8032 5.1.5). Raises BadSigningKey for another length."""
        if len(seed) != SEED_BYTES:
            problem = f"The seed of a signing key has {SEED_BYTES} bytes. Restore the key file from a backup."
            raise BadSigningKey(problem)
        return cls(nacl.signing.SigningKey(bytes(seed)))

    def to_seed(self) -> bytes:
        """Return the 32-byte seed, for the key file and nothing else."""
        return bytes(self._key)

    def sign(self, label: bytes, message: bytes) -> bytes:
        """Return the 64-byte signature over label and message; the same each time (RFC 8032 5.1.6)."""
        return self._key.sign(_statement(label, message)).signature

    def __repr__(self) -> str:
        return f"SigningKey({key_id(self.verify_key)})"

    def __reduce__(self) -> str:
        raise TypeError("A signing key is written to a key file only, and never pickled.")


def key_id(verify_key: VerifyKey) -> str:
    """Return 16 hexadecimal digits that name a key: SHA-256(label | key), first 8 bytes."""
    return hashlib.sha256(_KEY_ID_LABEL + bytes(verify_key)).digest()[:8].hex()


def _statement(label: bytes, message: bytes) -> bytes:
    """Join label and message so that no other pair gives the same bytes."""
    if not 1 <= len(label) <= 255:
        raise ValueError("A label has 1 to 255 bytes.")
    return bytes((len(label),)) + label + message
