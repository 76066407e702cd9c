"""Tags: a pseudonym salted for one alert (PROTOCOL 3.4).

    tag = first 8 bytes of ( AES-128(key = salt, pseudonym) xor pseudonym )

This is the Davies-Meyer construction: one-way like a hash, and fast in bulk because one key schedule serves a
whole column. A tag of 8 bytes stands for the unsigned number that its bytes write in big-endian order, so
that sorting the bytes and sorting the numbers agree.
"""

from __future__ import annotations

from collections.abc import Sequence

import nacl.utils
import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

__all__ = [
    "PSEUDONYM_BYTES",
    "SALT_BYTES",
    "TAG_BYTES",
    "new_salt",
    "padded_tags",
    "tag",
    "tag_column",
    "tag_columns",
]

SALT_BYTES = 16
PSEUDONYM_BYTES = 16
TAG_BYTES = 8
# 32,768 pseudonyms are half a megabyte: the encrypted block is still in the processor's cache when it is
# combined, and no second buffer as large as the column is needed. It takes half the time of one large pass.
_CHUNK = 32_768


def new_salt() -> bytes:
    """Return 16 random bytes, fresh for every alert and every addressee."""
    return nacl.utils.random(SALT_BYTES)


def tag(salt: bytes, pseudonym: bytes) -> bytes:
    """Return the 8-byte tag of a 16-byte pseudonym under a 16-byte salt. Raises ValueError on other sizes."""
    if len(pseudonym) != PSEUDONYM_BYTES:
        problem = f"A pseudonym has {PSEUDONYM_BYTES} bytes."
        raise ValueError(problem)
    return int(tag_column(salt, pseudonym)[0]).to_bytes(TAG_BYTES, "big")


def tag_column(salt: bytes, pseudonyms: bytes | bytearray | memoryview) -> NDArray[np.uint64]:
    """Return the tags of n pseudonyms as n native 64-bit numbers, in the same order.

    `pseudonyms` holds 16n bytes, one pseudonym after the other. Element i equals
    `int.from_bytes(tag(salt, pseudonym i), "big")`. Raises ValueError on other sizes.
    Measured on one core of a 2-core machine: 2.4 million in about 20 ms.
    """
    return tag_columns(salt, [pseudonyms])


def tag_columns(salt: bytes, parts: Sequence[bytes | bytearray | memoryview]) -> NDArray[np.uint64]:
    """`tag_column` of these parts as if they lay one after the other, with one key schedule for all."""
    if len(salt) != SALT_BYTES:
        problem = f"A salt has {SALT_BYTES} bytes."
        raise ValueError(problem)
    sources = [memoryview(part).cast("B") for part in parts]
    if any(source.nbytes % PSEUDONYM_BYTES for source in sources):
        problem = f"A column of pseudonyms has a multiple of {PSEUDONYM_BYTES} bytes."
        raise ValueError(problem)
    counts = [source.nbytes // PSEUDONYM_BYTES for source in sources]
    tags = np.empty(sum(counts), dtype=np.uint64)
    if not len(tags):
        return tags
    # Every pseudonym is one block of its own: the mode that hides nothing between blocks is the right one.
    encryptor = Cipher(algorithms.AES128(bytes(salt)), modes.ECB()).encryptor()  # noqa: S305  # nosec B305
    most = min(max(counts), _CHUNK)
    block = np.empty(most * PSEUDONYM_BYTES + PSEUDONYM_BYTES - 1, dtype=np.uint8)
    room = block.data
    # Of each pair of 64-bit words the first alone becomes the tag.
    encrypted = block[: most * PSEUDONYM_BYTES].view(">u8")[::2]
    done = 0
    for source, count in zip(sources, counts, strict=True):
        firsts = np.frombuffer(source, dtype=">u8")[::2]
        for start in range(0, count, _CHUNK):
            end = min(start + _CHUNK, count)
            encryptor.update_into(source[start * PSEUDONYM_BYTES : end * PSEUDONYM_BYTES], room)
            out = tags[done + start : done + end]
            np.bitwise_xor(firsts[start:end], encrypted[: end - start], out=out)
        done += count
    return tags


def padded_tags(salt: bytes, pseudonyms: bytes, count: int) -> list[bytes]:
    """Return exactly `count` tags for an alert: those of the pseudonyms, filled up with random, sorted.

    A reader of the alert learns neither how many match keys the person has nor their order. Equal tags are
    kept once. Raises ValueError if there are more pseudonyms than places.
    """
    tags = {int(number).to_bytes(TAG_BYTES, "big") for number in tag_column(salt, pseudonyms)}
    if len(pseudonyms) // PSEUDONYM_BYTES > count:
        problem = f"An alert has room for {count} tags."
        raise ValueError(problem)
    while len(tags) < count:
        tags.add(nacl.utils.random(TAG_BYTES))
    return sorted(tags)
