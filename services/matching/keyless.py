"""Own cases without match keys, found by description alone; a sieve before the real comparison."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from services.matching.weights import SPECIFIC_VALUES
from shared.wire.messages import Description

_EQUAL = ("sex", "birth_decade", "height", "eye_colour", "hair_colour", "nationality", "region")
"""Values that agree only when equal. Languages and months agree in wider ways: known is enough here."""
_WIDTH = len(_EQUAL) + 2
_NO_ROW = -1


class KeylessCases:
    """Rows by description. `search` finds every row that scoring could call specific, and some more.

    One line of codes for each row, which a new row is added to: the others are not touched. The line of a row
    that is gone is all unknown, agrees with nothing, and is given to the next one.
    """

    def __init__(self) -> None:
        self._lines: dict[int, int] = {}
        """The line of each row."""
        self._rows = np.empty(0, dtype=np.int64)
        self._table = np.empty((0, _WIDTH), dtype=np.int32)
        self._free: list[int] = []
        self._codes: dict[tuple[int, object], int] = {}
        self._marks: dict[str, set[int]] = {}
        self._marks_of: dict[int, Sequence[str]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def nbytes(self) -> int:
        """Memory of the table, in bytes."""
        return int(self._table.nbytes + self._rows.nbytes)

    def put(self, row: int, description: Description | None) -> None:
        """Keep a row, replace it, or with None forget it."""
        self._forget(row)
        if description is None:
            return
        line = self._free.pop() if self._free else self._one_more()
        self._lines[row], self._rows[line] = line, row
        self._table[line] = self._coded(description)
        if description.marks:
            self._marks_of[row] = tuple(description.marks)
        for mark in description.marks or ():
            self._marks.setdefault(mark, set()).add(row)

    def search(self, alert: Description) -> Counter[int]:
        """Rows with a common mark, or with enough values that may agree; of each, how many do.

        A mark, which says more than any value, counts as many.
        """
        if not self._lines:
            return Counter()
        # What no own case has agrees with nothing, and is not remembered: partners can write thousands.
        wanted = np.array([self._codes.get(value, 0) for value in _values(alert)], dtype=np.int32)
        agreeing = ((self._table == wanted) & (wanted != 0)).sum(axis=1)
        enough = agreeing >= SPECIFIC_VALUES
        found = Counter(dict(zip(self._rows[enough].tolist(), agreeing[enough].tolist(), strict=True)))
        for mark in alert.marks or ():
            found.update(dict.fromkeys(self._marks.get(mark, ()), SPECIFIC_VALUES))
        return found

    def _forget(self, row: int) -> None:
        line = self._lines.pop(row, None)
        if line is None:
            return
        self._table[line], self._rows[line] = 0, _NO_ROW
        self._free.append(line)
        for mark in self._marks_of.pop(row, ()):
            self._marks[mark].discard(row)

    def _one_more(self) -> int:
        """A free line; the tables grow by a quarter."""
        line = len(self._rows)
        more = max(16, line // 4)
        self._rows = np.concatenate([self._rows, np.full(more, _NO_ROW, dtype=np.int64)])
        self._table = np.concatenate([self._table, np.zeros((more, _WIDTH), dtype=np.int32)])
        self._free += range(line + more - 1, line, -1)
        return line

    def _coded(self, description: Description) -> Sequence[int]:
        """One number per value of an own case, 0 for unknown."""
        return [
            0 if value[1] is None else self._codes.setdefault(value, len(self._codes) + 1)
            for value in _values(description)
        ]


def _values(description: Description) -> Sequence[tuple[int, object]]:
    """Each value with its place; None is unknown."""
    values = [getattr(description, name) for name in _EQUAL]
    values += [True if description.languages else None, True if description.last_seen else None]
    return list(enumerate(values))
