"""Small helpers for statements over many rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import CursorResult

_AT_ONCE = 500


class Claimed(Protocol):
    """A row that somebody holds."""

    @property
    def id(self) -> int:
        """The row."""

    @property
    def owner(self) -> str:
        """Who holds it."""


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Parts of at most 500, well below what either database takes in one statement."""
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def ids_by_owner(items: Iterable[Claimed]) -> dict[str, list[int]]:
    """The ids of claimed rows, by the owner of the claim."""
    owners: dict[str, list[int]] = defaultdict(list)
    for item in items:
        owners[item.owner].append(item.id)
    return owners


def count(result: Any) -> int:
    """How many rows an UPDATE or DELETE changed."""
    return cast(CursorResult[Any], result).rowcount
