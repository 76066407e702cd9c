"""Tags: a pseudonym salted for one alert, and the details that it unlocks (PROTOCOL 3.4).

    tag  = first 8 bytes of ( AES-128(key = salt, pseudonym) xor pseudonym )
    mask = the next 4 bytes of the same

This is the Davies-Meyer construction: one-way like a hash, and fast in bulk because one key schedule serves a
whole column. A tag of 8 bytes stands for the unsigned number that its bytes write in big-endian order, so
that sorting the bytes and sorting the numbers agree. Beside each tag an alert carries the details of its
person xor the mask: whoever has the pseudonym behind the tag reads them, to everybody else they are random.
"""

from __future__ import annotations

from collections.abc import Sequence

import nacl.utils
import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from numpy.typing import NDArray

__all__ = [
    "DETAILS_BYTES",
    "PSEUDONYM_BYTES",
    "SALT_BYTES",
    "TAG_BYTES",
    "TagFinder",
    "masked_details",
    "new_salt",
    "padded_tags",
    "tag",
    "tag_column",
    "unlock",
    "unlock_all",
]

SALT_BYTES = 16
PSEUDONYM_BYTES = 16
TAG_BYTES = 8
DETAILS_BYTES = 4
# 32,768 pseudonyms are half a megabyte: the encrypted block is still in the processor's cache when it is
# combined, and no second buffer as large as the column is needed. It takes half the time of one large pass.
_CHUNK = 32_768
# Looking up needs room for a table and for indexes besides, so that a quarter of it is faster by a fifth.
_CHUNK_TO_FIND = 8_192
_TABLE_BITS = 16
_MASK_END = TAG_BYTES + DETAILS_BYTES
_SPARE = PSEUDONYM_BYTES - 1


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
    """
    source = _whole(pseudonyms)
    count = source.nbytes // PSEUDONYM_BYTES
    tags = np.empty(count, dtype=np.uint64)
    encryptor, room = _encryptor(salt), _room(count)
    # Of each pair of 64-bit words the first alone becomes the tag.
    words, encrypted = np.frombuffer(source, dtype=">u8")[::2], room[:-_SPARE].view(">u8")[::2]
    for start in range(0, count, _CHUNK):
        end = min(start + _CHUNK, count)
        encryptor.update_into(source[start * PSEUDONYM_BYTES : end * PSEUDONYM_BYTES], room.data)
        np.bitwise_xor(words[start:end], encrypted[: end - start], out=tags[start:end])
    return tags


class TagFinder:
    """Looks for the tags of one alert among pseudonyms: those of one case, or those of 100,000.

    A table of their first 16 bits lets a few through by chance (1 in 410 at 160 tags); those are looked up.
    """

    def __init__(self, salt: bytes, tags: bytes) -> None:
        """`tags` holds 8n bytes, as in an alert. Raises ValueError on other sizes."""
        if len(tags) % TAG_BYTES:
            problem = f"Tags have {TAG_BYTES} bytes each."
            raise ValueError(problem)
        self._salt = _salt(salt)
        # Bytes are read in the order of the machine: any will do that is the same on both sides.
        self._tags = np.sort(np.frombuffer(tags, dtype=np.uint64))
        self._table = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
        self._table[_first_bits(self._tags)] = True

    def positions(self, parts: Sequence[bytes | bytearray | memoryview]) -> list[int]:
        """Which pseudonyms have one of the tags; places count on from part to part.

        Each part holds a multiple of 16 bytes, or ValueError is raised.
        """
        sources = [_whole(part) for part in parts]
        size = min(sum(source.nbytes for source in sources) // PSEUDONYM_BYTES, _CHUNK_TO_FIND)
        if not size or not len(self._tags):
            return []
        encryptor, room, tags = _encryptor(self._salt), _room(size), np.empty(size, dtype=np.uint64)
        encrypted = room[:-_SPARE].view(np.uint64)[::2]
        found: list[int] = []
        before = filled = 0
        # Small parts share a chunk: each call of numpy has a cost of its own.
        for source in sources:
            words, start = np.frombuffer(source, dtype=np.uint64)[::2], 0
            while start < len(words):
                end = min(start + size - filled, len(words))
                encryptor.update_into(source[start * PSEUDONYM_BYTES : end * PSEUDONYM_BYTES], room.data)
                place = tags[filled : filled + end - start]
                np.bitwise_xor(words[start:end], encrypted[: end - start], out=place)
                filled, start = filled + end - start, end
                if filled == size:
                    found += (self._among(tags) + before).tolist()
                    before, filled = before + filled, 0
        found += (self._among(tags[:filled]) + before).tolist()
        return found

    def _among(self, tags: NDArray[np.uint64]) -> NDArray[np.intp]:
        (places,) = self._table.take(_first_bits(tags)).nonzero()
        suspects = tags[places]
        nearest = self._tags.searchsorted(suspects)
        nearest[nearest == len(self._tags)] = 0
        same: NDArray[np.bool_] = self._tags[nearest] == suspects
        return places[same]


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


def masked_details(salt: bytes, pseudonyms: bytes, details: bytes, tags: Sequence[bytes]) -> bytes:
    """Return 4 bytes for each of these tags, in their order: the details for a pseudonym's, else random.

    `tags` are what `padded_tags` made of the same salt and pseudonyms. Raises ValueError unless `details` has
    4 bytes.
    """
    _check_details(details)
    outputs, masked = _outputs(salt, pseudonyms), {}
    for start in range(0, len(outputs), PSEUDONYM_BYTES):
        its_tag, mask = outputs[start : start + TAG_BYTES], outputs[start + TAG_BYTES : start + _MASK_END]
        masked[its_tag] = _xor(details, mask)
    return b"".join(masked.get(one) or nacl.utils.random(DETAILS_BYTES) for one in tags)


def unlock(salt: bytes, pseudonym: bytes, masked: bytes) -> bytes:
    """Return the details that an alert carries beside the tag of this pseudonym; `masked` are its 4 bytes.

    With another pseudonym or salt what comes out is random, and nothing tells. ValueError on other sizes.
    """
    _check_details(masked)
    if len(pseudonym) != PSEUDONYM_BYTES:
        problem = f"A pseudonym has {PSEUDONYM_BYTES} bytes."
        raise ValueError(problem)
    return _xor(masked, _outputs(salt, pseudonym)[TAG_BYTES:_MASK_END])


def unlock_all(salt: bytes, pseudonyms: bytes, tags: bytes, details: bytes) -> list[bytes]:
    """Return what each of these pseudonyms unlocks of an alert: `tags` and `details` are all of its own.

    Raises ValueError if the tag of one is not among them.
    """
    outputs, among = _outputs(salt, pseudonyms), np.frombuffer(tags, dtype=">u8")
    places = np.searchsorted(among, np.frombuffer(outputs, dtype=">u8")[::2]).tolist()
    unlocked = []
    for start, place in zip(range(0, len(outputs), PSEUDONYM_BYTES), places, strict=True):
        if tags[place * TAG_BYTES : (place + 1) * TAG_BYTES] != outputs[start : start + TAG_BYTES]:
            problem = "The tag of this pseudonym is not among those of the alert."
            raise ValueError(problem)
        masked = details[place * DETAILS_BYTES : (place + 1) * DETAILS_BYTES]
        unlocked.append(_xor(masked, outputs[start + TAG_BYTES : start + _MASK_END]))
    return unlocked


def _outputs(salt: bytes, pseudonyms: bytes) -> bytes:
    """What AES and xor make of each pseudonym, whole: 16 bytes each."""
    column = _whole(pseudonyms)
    return _xor(_encryptor(salt).update(column), bytes(column))


def _first_bits(tags: NDArray[np.uint64]) -> NDArray[np.int64]:
    # Of the type of an index: numpy would convert any other first.
    return (tags >> np.uint64(8 * TAG_BYTES - _TABLE_BITS)).view(np.int64)


def _check_details(details: bytes) -> None:
    if len(details) != DETAILS_BYTES:
        problem = f"Details have {DETAILS_BYTES} bytes."
        raise ValueError(problem)


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


def _salt(salt: bytes) -> bytes:
    if len(salt) != SALT_BYTES:
        problem = f"A salt has {SALT_BYTES} bytes."
        raise ValueError(problem)
    return bytes(salt)


def _whole(pseudonyms: bytes | bytearray | memoryview) -> memoryview:
    source = memoryview(pseudonyms).cast("B")
    if source.nbytes % PSEUDONYM_BYTES:
        problem = f"A column of pseudonyms has a multiple of {PSEUDONYM_BYTES} bytes."
        raise ValueError(problem)
    return source


def _encryptor(salt: bytes) -> CipherContext:
    # Every pseudonym is one block of its own: the mode that hides nothing between blocks is the right one.
    return Cipher(algorithms.AES128(_salt(salt)), modes.ECB()).encryptor()  # noqa: S305  # nosec B305


def _room(count: int) -> NDArray[np.uint8]:
    """For the encrypted blocks of a chunk of so many; the cipher wants room for most of one block more."""
    return np.empty(min(count, _CHUNK) * PSEUDONYM_BYTES + _SPARE, dtype=np.uint8)
