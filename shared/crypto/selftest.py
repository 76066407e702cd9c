"""The test that every service runs before it does anything else (case 29).

Two questions. Does this machine's randomness vary? A stuck generator gives away every key made with it, and
nothing else would ever show it. And do the libraries compute what the standards say? A miscompiled or
exchanged library is found before it writes the first wrong byte. It takes a few hundredths of a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType

import nacl.utils

from shared.crypto import keyfile_format, known_answers, oprf, rest, sealing, signing, tags
from shared.crypto.errors import CryptoError, SelfTestFailed

__all__ = ["SelfTestFailed", "run"]

_DRAWS = 64
_DRAW_BYTES = 32
# Of 16,384 fair bits between 45 and 55 in a hundred are ones: both ends are 12 standard deviations away, so a
# working generator fails about once in 10^36 starts, and a constant or a counter at once.
_LEAST_ONES = 0.45
_MOST_ONES = 0.55


def run() -> None:
    """Return if everything is as it should be. Raises SelfTestFailed, which names the part that is not."""
    for name, draw in _generators().items():
        _check_randomness(name, draw)
    for name, check in _CHECKS.items():
        try:
            passed = check()
        except (CryptoError, ValueError):
            passed = False
        if not passed:
            problem = f"The self test of {name} failed. Do not use this machine; reinstall the software."
            raise SelfTestFailed(problem)


def _generators() -> Mapping[str, Callable[[], bytes]]:
    """Every source of randomness under this package; two of them show only through their results."""
    opening_key = sealing.OpeningKey.from_bytes(known_answers.OPENING_KEY)
    return {
        "the operating system": lambda: os.urandom(_DRAW_BYTES),
        "libsodium": lambda: nacl.utils.random(_DRAW_BYTES),
        "sealing": lambda: opening_key.public.seal(b"", b"")[sealing.MLKEM_CIPHERTEXT_BYTES :][:_DRAW_BYTES],
        "blinding": oprf.random_point,
    }


def _check_randomness(name: str, draw: Callable[[], bytes]) -> None:
    draws = [draw() for _ in range(_DRAWS)]
    bits = int.from_bytes(b"".join(draws), "big")
    ones = bits.bit_count() / (_DRAWS * _DRAW_BYTES * 8)
    if len(set(draws)) < _DRAWS or not _LEAST_ONES < ones < _MOST_ONES:
        problem = (
            f"The random numbers of {name} are not random. Do not use this machine: keys would be known."
        )
        raise SelfTestFailed(problem)


def _signing() -> bool:
    key = signing.SigningKey.from_seed(known_answers.SIGNING_SEED)
    signature = key.sign(known_answers.LABEL, known_answers.MESSAGE)
    key.verify_key.verify(known_answers.LABEL, known_answers.MESSAGE, signature)
    try:
        key.verify_key.verify(known_answers.LABEL, known_answers.MESSAGE + b".", signature)
    except signing.BadSignature:
        return bytes(key.verify_key) == known_answers.VERIFY_KEY and signature == known_answers.SIGNATURE
    return False


def _sealing() -> bool:
    key = sealing.OpeningKey.from_bytes(known_answers.OPENING_KEY)
    opened = key.open(known_answers.SEALED, known_answers.LABEL)
    try:
        key.open(known_answers.SEALED, known_answers.LABEL + b".")
    except sealing.CannotOpen:
        fresh = key.open(key.public.seal(opened, b""), b"")
        return key.public.kid == known_answers.SEALING_KID and opened == fresh == known_answers.MESSAGE
    return False


def _rest() -> bool:
    cipher = rest.RestCipher(known_answers.REST_KEY)
    plaintext = cipher.decrypt(known_answers.STORED, known_answers.LABEL)
    try:
        cipher.decrypt(known_answers.STORED, known_answers.LABEL + b".")
    except rest.CannotDecrypt:
        fresh = cipher.decrypt(cipher.encrypt(plaintext, b""), b"")
        return plaintext == fresh == known_answers.MESSAGE
    return False


def _oprf() -> bool:
    key = oprf.PseudonymKey.derive(known_answers.OPRF_MASTER, known_answers.OPRF_INFO)
    batch = oprf.BlindedBatch.of([known_answers.OPRF_INPUT])
    pseudonyms = batch.finalize(*key.evaluate(batch.blinded), key.public_key)
    fixed, _ = key.evaluate([known_answers.OPRF_BLINDED])
    return (
        key.public_key == known_answers.OPRF_PUBLIC_KEY
        and fixed == [known_answers.OPRF_EVALUATED]
        and pseudonyms == [key.pseudonym(known_answers.OPRF_INPUT)] == [known_answers.OPRF_PSEUDONYM]
    )


def _tags() -> bool:
    return tags.tag(known_answers.TAG_SALT, known_answers.TAG_PSEUDONYM) == known_answers.TAG


def _keyfile() -> bool:
    opened = keyfile_format.unpack(known_answers.KEY_FILE, known_answers.KEY_FILE_PASSPHRASE)
    return dict(opened.secrets) == {"message": known_answers.MESSAGE}


_CHECKS: Mapping[str, Callable[[], bool]] = MappingProxyType(
    {
        "signing (Ed25519)": _signing,
        "sealing (X-Wing, HKDF-SHA256, ChaCha20-Poly1305)": _sealing,
        "encryption at rest (XChaCha20-Poly1305)": _rest,
        "pseudonyms (ristretto255-SHA512)": _oprf,
        "tags (AES-128)": _tags,
        "key files (Argon2id)": _keyfile,
    }
)
