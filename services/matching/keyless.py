"""Own cases without match keys, found by description alone; a sieve before the real comparison."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.matching.weights import SPECIFIC_VALUES
from shared.wire.messages import Description

_EQUAL = ("sex", "birth_decade", "height", "eye_colour", "hair_colour", "nationality", "region")
"""Values that agree only when equal. Languages and months agree in wider ways: known is enough here."""


class KeylessCases:
    """Rows by description. `search` finds every row that scoring could call specific, and some more."""

    def __init__(self) -> None:
        self._rows: dict[int, Description] = {}
        self._codes: dict[tuple[int, object], int] = {}
        self._order: list[int] = []
        self._table: NDArray[np.int32] | None = None
        self._marks: dict[str, set[int]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, row: int, description: Description | None) -> None:
        """Keep a row, replace it, or with None forget it."""
        old = self._rows.pop(row, None)
        for mark in (old.marks or ()) if old else ():
            self._marks[mark].discard(row)
        if description is not None:
            self._rows[row] = description
            for mark in description.marks or ():
                self._marks.setdefault(mark, set()).add(row)
        if old is not None or description is not None:
            self._table = None

    def search(self, alert: Description) -> set[int]:
        """Rows with a common mark, or with enough values that may agree."""
        if not self._rows:
            return set()
        if self._table is None:
            self._order = list(self._rows)
            self._table = np.array([self._coded(self._rows[row]) for row in self._order], dtype=np.int32)
        wanted = np.array(self._coded(alert), dtype=np.int32)
        agreeing = ((self._table == wanted) & (wanted != 0)).sum(axis=1)
        found = {self._order[index] for index in np.flatnonzero(agreeing >= SPECIFIC_VALUES).tolist()}
        for mark in alert.marks or ():
            found |= self._marks.get(mark, set())
        return found

    def _coded(self, description: Description) -> Sequence[int]:
        """One number per value, 0 for unknown."""
        values = [getattr(description, name) for name in _EQUAL]
        values += [True if description.languages else None, True if description.last_seen else None]
        return [
            0 if value is None else self._codes.setdefault((index, value), len(self._codes) + 1)
            for index, value in enumerate(values)
        ]
