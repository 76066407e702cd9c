"""One column: all own pseudonyms that one partner's alerts of one epoch can be compared with.

The 16-byte pseudonyms lie in one buffer, because one AES call then salts them all; what belongs to each lies
beside it in parallel arrays. The front of the buffer is sorted by the ten-year band of birth years, so that
an alert with a band is compared with its own, the neighbouring and the unknown bands only: a pair further
apart would lose 8 bits and is not worth salting. New rows go to an unsorted end, merged now and then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from services.matching.compare.birth_decade import BAND_YEARS
from shared.crypto.tags import PSEUDONYM_BYTES, TagFinder

UNKNOWN_BAND = 0
_SMALLEST_MERGE = 8192


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What a column needs of one own case."""

    row: int
    """The key of the case's row in the database; a newer version of the row replaces this one."""
    band: int
    """First year of the ten-year band, 0 if unknown."""
    pseudonyms: bytes
    """16 bytes each, one after the other; none takes the row out of the column."""


class Column:
    """Grows by `put`, answers `search`. Not safe for threads; its owner holds a lock.

    A row has a slot; its pseudonyms lie together, at `_starts[slot]`. `_owner` leads back from a pseudonym to
    its slot and is -1 once the row was replaced or deleted.
    """

    def __init__(self) -> None:
        self._buffer = np.empty((0, PSEUDONYM_BYTES), dtype=np.uint8)
        self._owner = np.empty(0, dtype=np.int32)
        self._used = 0
        self._sorted = 0
        self._ranges_of_bands: dict[int, tuple[int, int]] = {}
        self._keys: list[int] = []
        self._bands: list[int] = []
        self._starts: list[int] = []
        self._lengths: list[int] = []
        self._slots: dict[int, int] = {}

    def __len__(self) -> int:
        """How many pseudonyms are compared."""
        return sum(self._lengths[slot] for slot in self._slots.values())

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, in bytes."""
        return int(self._buffer.nbytes + self._owner.nbytes)

    def put(self, rows: Iterable[CaseRow]) -> None:
        """Add rows, replacing those of the same key."""
        added: list[bytes] = []
        place = self._used
        for row in rows:
            old = self._slots.pop(row.row, None)
            if old is not None:
                start = self._starts[old]
                # A row replaced twice in one call lies beyond the arrays still; `_append` leaves it out.
                self._owner[start : start + self._lengths[old]] = -1
            if row.pseudonyms:
                count = len(row.pseudonyms) // PSEUDONYM_BYTES
                self._slots[row.row] = len(self._keys)
                self._keys.append(row.row)
                self._bands.append(row.band)
                self._starts.append(place)
                self._lengths.append(count)
                added.append(row.pseudonyms)
                place += count
        self._append(b"".join(added), len(added))
        if self._used - self._sorted > max(_SMALLEST_MERGE, self._sorted // 8):
            self._merge()

    def search(self, salt: bytes, tags: bytes, band: int) -> set[int]:
        """The keys of the rows with a pseudonym whose tag is among `tags` (8 bytes each, ascending)."""
        ranges = self._ranges(band)
        found: set[int] = set()
        for position in TagFinder(salt, tags).positions([self._buffer[a:b].data for a, b in ranges]):
            slot = self._owner[_place(ranges, position)]
            if slot >= 0:
                found.add(self._keys[slot])
        return found

    def _ranges(self, band: int) -> Sequence[tuple[int, int]]:
        """Start and end of what has to be compared for an alert of this band."""
        if band == UNKNOWN_BAND:
            return [(0, self._used)] if self._used else []
        wanted = [UNKNOWN_BAND, band - BAND_YEARS, band, band + BAND_YEARS]
        ranges = sorted(self._ranges_of_bands[b] for b in wanted if b in self._ranges_of_bands)
        if self._used > self._sorted:
            ranges.append((self._sorted, self._used))
        joined: list[tuple[int, int]] = []
        for start, end in ranges:  # neighbours become one call
            if joined and joined[-1][1] == start:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        return joined

    def _append(self, data: bytes, slots: int) -> None:
        """Put the pseudonyms of the last `slots` slots at the end of the buffer."""
        needed = self._used + len(data) // PSEUDONYM_BYTES
        if needed > len(self._owner):
            room = max(needed, len(self._owner) + len(self._owner) // 4)
            buffer = np.empty((room, PSEUDONYM_BYTES), dtype=np.uint8)
            owner = np.empty(room, dtype=np.int32)
            buffer[: self._used] = self._buffer[: self._used]
            owner[: self._used] = self._owner[: self._used]
            self._buffer, self._owner = buffer, owner
        self._buffer[self._used : needed] = np.frombuffer(data, np.uint8).reshape(-1, PSEUDONYM_BYTES)
        first = len(self._keys) - slots
        owners = [
            slot if self._slots.get(self._keys[slot]) == slot else -1 for slot in range(first, first + slots)
        ]
        self._owner[self._used : needed] = np.repeat(np.array(owners, np.int32), self._lengths[first:])
        self._used = needed

    def _merge(self) -> None:
        """Sort everything by band and leave out what was replaced."""
        slots = sorted(self._slots.values(), key=self._bands.__getitem__)
        lengths = np.array([self._lengths[slot] for slot in slots], dtype=np.int64)
        old_starts = np.array([self._starts[slot] for slot in slots], dtype=np.int64)
        ends = np.cumsum(lengths)
        starts = ends - lengths
        total = int(ends[-1]) if slots else 0
        self._buffer = self._buffer[np.repeat(old_starts - starts, lengths) + np.arange(total)]
        self._owner = np.repeat(np.arange(len(slots), dtype=np.int32), lengths)
        self._used = self._sorted = total
        self._keys = [self._keys[slot] for slot in slots]
        self._bands = [self._bands[slot] for slot in slots]
        self._starts, self._lengths = starts.tolist(), lengths.tolist()
        self._slots = {key: slot for slot, key in enumerate(self._keys)}
        self._ranges_of_bands = {}
        for band, start, end in zip(self._bands, self._starts, ends.tolist(), strict=True):
            self._ranges_of_bands[band] = (self._ranges_of_bands.get(band, (start, end))[0], end)


def _place(ranges: Sequence[tuple[int, int]], position: int) -> int:
    """Where in the buffer it stands, what stands at this position of the ranges put one after the other."""
    for start, end in ranges:
        if position < end - start:
            return start + position
        position -= end - start
    raise IndexError(position)
