"""One column: all own pseudonyms that one partner's alerts of one epoch can be compared with.

The 16-byte pseudonyms of one ten-year band of birth years lie one after the other, because one AES call then
salts them all. An alert with a band is compared with its own, the neighbouring and the unknown bands only: a
pair further apart would lose 8 bits and is not worth salting. Beside its pseudonyms a case has 12 bytes, in
two packed arrays: 100,000 cases of 24 are 38.4 MB of pseudonyms and 1.2 MB of these.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.compare.birth_decade import BAND_YEARS
from shared.crypto.tags import PSEUDONYM_BYTES, TagFinder

UNKNOWN_BAND = 0
_GONE = -1
_FEWEST_TO_CLOSE_UP = 8192
_NONE_YET = -1


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What a column needs of one own case."""

    row: int
    """The key of the case's row in the database, not negative; a newer version of the row replaces this."""
    band: int
    """First year of the ten-year band, 0 if unknown."""
    pseudonyms: bytes
    """16 bytes each, one after the other; none takes the row out of the column."""


@dataclass(slots=True)
class _Band:
    """The rows of one band, in the order in which they came.

    The buffers grow in place, by an eighth at a time, so that nothing is there twice while they grow.
    """

    pseudonyms: bytearray = field(default_factory=bytearray)
    rows: array[int] = field(default_factory=lambda: array("q"))
    """The key of each row; -1 once it was replaced or deleted."""
    starts: array[int] = field(default_factory=lambda: array("I"))
    """At which pseudonym each row begins, ascending."""
    gone: int = 0
    """Pseudonyms of rows that were replaced or deleted; random bytes stand in their place."""

    def __len__(self) -> int:
        """Pseudonyms, those that are gone included."""
        return len(self.pseudonyms) // PSEUDONYM_BYTES

    @property
    def nbytes(self) -> int:
        return len(self.pseudonyms) + len(self.rows) * (self.rows.itemsize + self.starts.itemsize)

    def append(self, row: int, pseudonyms: bytes) -> None:
        self.starts.append(len(self))
        self.rows.append(row)
        self.pseudonyms += pseudonyms

    def row_at(self, position: int) -> int:
        """The row of a pseudonym; -1 if it is gone."""
        return self.rows[bisect_right(self.starts, position) - 1]

    def remove(self, rows: NDArray[np.int64]) -> None:
        """Take out those of these rows that are here."""
        for slot in np.flatnonzero(np.isin(np.frombuffer(self.rows, np.int64), rows)).tolist():
            start, end = self._place(slot)
            # Not zeros: everybody can make the tag of zeros, and an alert that carries it would find all that
            # is gone, which took twenty times as long.
            self.pseudonyms[start:end] = os.urandom(end - start)
            self.rows[slot] = _GONE
            self.gone += (end - start) // PSEUDONYM_BYTES
        if self.gone > max(_FEWEST_TO_CLOSE_UP, len(self) // 4) or self.gone == len(self):
            self._close_up()

    def _close_up(self) -> None:
        """Leave out what is gone."""
        kept = _Band()
        for slot, row in enumerate(self.rows):
            if row != _GONE:
                start, end = self._place(slot)
                kept.append(row, bytes(self.pseudonyms[start:end]))
        self.pseudonyms, self.rows, self.starts = kept.pseudonyms, kept.rows, kept.starts
        self.gone = 0

    def _place(self, slot: int) -> tuple[int, int]:
        """First byte of a row's pseudonyms, and the byte behind them."""
        last = slot + 1 == len(self.starts)
        end = len(self.pseudonyms) if last else self.starts[slot + 1] * PSEUDONYM_BYTES
        return self.starts[slot] * PSEUDONYM_BYTES, end


class Column:
    """Grows by `put`, answers `search`. Not safe for threads; its owner holds a lock."""

    def __init__(self) -> None:
        self._bands: dict[int, _Band] = {}
        self._highest = _NONE_YET
        """No row above this one was ever put: what is new need not be looked for."""

    def __len__(self) -> int:
        """How many pseudonyms are compared."""
        return sum(len(band) - band.gone for band in self._bands.values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._bands

    @property
    def nbytes(self) -> int:
        """Memory of what is kept, in bytes."""
        return sum(band.nbytes for band in self._bands.values())

    def put(self, rows: Iterable[CaseRow]) -> None:
        """Add rows, replacing those of the same key. Of two with one key the last counts."""
        newest = {row.row: row for row in rows}
        self._remove([row for row in newest if row <= self._highest])
        self._highest = max([self._highest, *newest])
        for row in newest.values():
            if row.pseudonyms:
                self._bands.setdefault(row.band, _Band()).append(row.row, row.pseudonyms)

    def search(self, salt: bytes, tags: bytes, band: int) -> Counter[int]:
        """The keys of the rows with pseudonyms whose tags are among `tags` (8 bytes each, ascending).

        Of each row, how many.
        """
        bands = self._near(band)
        positions = TagFinder(salt, tags).positions([each.pseudonyms for each in bands])
        if not positions:
            return Counter()
        found = Counter(_row_at(bands, position) for position in positions)
        del found[_GONE]
        return found

    def _near(self, band: int) -> Sequence[_Band]:
        """What has to be compared for an alert of this band."""
        if band == UNKNOWN_BAND:
            return list(self._bands.values())
        wanted = (UNKNOWN_BAND, band - BAND_YEARS, band, band + BAND_YEARS)
        return [self._bands[each] for each in wanted if each in self._bands]

    def _remove(self, rows: Sequence[int]) -> None:
        if not rows:
            return
        wanted = np.array(rows, dtype=np.int64)
        for year, band in list(self._bands.items()):
            band.remove(wanted)
            if not len(band):
                del self._bands[year]


def _row_at(bands: Sequence[_Band], position: int) -> int:
    """The row of what stands at this position of the bands put one after the other."""
    for band in bands:
        if position < len(band):
            return band.row_at(position)
        position -= len(band)
    raise IndexError(position)
