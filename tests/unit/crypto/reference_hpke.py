"""HPKE base mode (RFC 9180) over X-Wing, from the documents: the key schedule and the KEM's combiner."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_SUITE_ID = b"HPKE" + bytes.fromhex("647a 0001 0003")  # X-Wing, HKDF-SHA256, ChaCha20-Poly1305
_XWING_LABEL = b"\\.//^\\"


def expand_xwing_seed(seed: bytes) -> bytes:
    """The 96 private bytes behind a 32-byte X-Wing seed: ML-KEM d and z, then X25519 (draft, 5.2)."""
    return hashlib.shake_256(seed).digest(96)


def decapsulate(private: bytes, encapsulation: bytes) -> bytes:
    """X-Wing's shared secret from 96 private bytes and 1120 bytes of encapsulation (draft, 5.3 and 5.5)."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(private[:64])
    x25519 = X25519PrivateKey.from_private_bytes(private[64:])
    ephemeral = encapsulation[1088:]
    return hashlib.sha3_256(
        mlkem.decapsulate(encapsulation[:1088])
        + x25519.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        + ephemeral
        + x25519.public_key().public_bytes_raw()
        + _XWING_LABEL
    ).digest()


def seal(shared_secret: bytes, encapsulation: bytes, plaintext: bytes, info: bytes) -> bytes:
    """RFC 9180 5.1 and 6.1: single-shot base mode, without associated data."""
    context = b"\x00" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    secret = _extract(shared_secret, b"secret", b"")
    key = _expand(secret, b"key", context, 32)
    nonce = _expand(secret, b"base_nonce", context, 12)
    return encapsulation + ChaCha20Poly1305(key).encrypt(nonce, plaintext, b"")


def _extract(salt: bytes, label: bytes, material: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + _SUITE_ID + label + material, "sha256")


def _expand(secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + _SUITE_ID + label + info
    return hmac.digest(secret, labelled + b"\x01", "sha256")[:length]
