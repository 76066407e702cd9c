"""Encryption at rest: XChaCha20-Poly1305 under one 32-byte key (PROTOCOL 3.5).

A stored value is `nonce 24 | ciphertext n | tag 16`. The nonce is random: at 192 bits no counter has to be
kept and no restored backup can repeat one. `context` says where the value belongs (table, column, row), so
that a value moved to another place does not decrypt (case 82).
"""

from __future__ import annotations

import nacl.exceptions
import nacl.utils
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)

from shared.crypto.errors import CannotDecrypt

__all__ = ["KEY_BYTES", "NONCE_BYTES", "OVERHEAD_BYTES", "CannotDecrypt", "RestCipher", "new_key"]

KEY_BYTES = 32
NONCE_BYTES = 24
TAG_BYTES = 16
OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES


class RestCipher:
    """Encrypts and decrypts stored values under one key of 32 bytes."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            problem = f"A key for stored values has {KEY_BYTES} bytes, this one has {len(key)}."
            raise ValueError(problem)
        self._key = bytes(key)

    def encrypt(self, plaintext: bytes, context: bytes) -> bytes:
        """Return len(plaintext) + 40 bytes, another value each time, bound to `context`."""
        nonce = nacl.utils.random(NONCE_BYTES)
        return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, context, nonce, self._key)

    def decrypt(self, stored: bytes, context: bytes) -> bytes:
        """Return the plaintext. Raises CannotDecrypt if the value, its place or the key is another."""
        if len(stored) < OVERHEAD_BYTES:
            raise CannotDecrypt("A stored value is too short to be complete. Restore it from a backup.")
        try:
            return crypto_aead_xchacha20poly1305_ietf_decrypt(
                bytes(stored[NONCE_BYTES:]), context, bytes(stored[:NONCE_BYTES]), self._key
            )
        except nacl.exceptions.CryptoError:
            raise CannotDecrypt(
                "A stored value was changed, moved to another place, or encrypted under another key."
            ) from None

    def __repr__(self) -> str:
        return "RestCipher(...)"

    def __reduce__(self) -> str:
        raise TypeError("A key for stored values is never pickled.")


def new_key() -> bytes:
    """Return 32 fresh random bytes, for instance the key of one case."""
    return nacl.utils.random(KEY_BYTES)
