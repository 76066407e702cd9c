"""The tables as the peers get them: names folded to plain Latin letters, the rest as it is."""

import csv
import importlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One person as written."""

    id: str
    given: str
    """Folded; parts are separated by spaces."""
    family: str
    sex: str
    born: str
    """YYYY-MM-DD, YYYY-MM, YYYY or empty."""
    year: int | None
    """Of birth; if only an age is known, the year that follows from it."""
    guessed: bool
    """That the year follows from an age."""
    nationality: str
    place: str
    raw: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """Cases, alerts, and which are one person."""

    left: list[Row]
    right: list[Row]
    truth: set[tuple[str, str]]


Scored = list[tuple[str, str, float]]
"""Pairs as (left id, right id, score); more is better."""


def library(name: str) -> Any:
    """A module that exists in the peers' environment alone."""
    return importlib.import_module(name)


def read(left: Path, right: Path, truth: Path) -> Tables:
    """Read three CSV files. Raises KeyError for a missing column."""
    fold = library("anyascii").anyascii
    return Tables(
        [_row(cells, fold) for cells in _cells(left)],
        [_row(cells, fold) for cells in _cells(right)],
        {(cells["left_id"], cells["right_id"]) for cells in _cells(truth)},
    )


def _cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _row(cells: dict[str, str], fold: Any) -> Row:
    def plain(column: str) -> str:
        text = fold(cells.get(column) or "").lower()
        return " ".join("".join(letter if letter.isalpha() else " " for letter in text).split())

    born, age = cells.get("date_of_birth") or "", (cells.get("age") or "").partition("-")
    year = int(born[:4]) if born else None
    if year is None and age[0]:
        year = date.today().year - round((int(age[0]) + int(age[2] or age[0])) / 2)  # noqa: DTZ011
    return Row(
        id=cells["id"],
        given=plain("given_name"),
        family=plain("family_name"),
        sex=cells.get("sex") or "",
        born=born,
        year=year,
        guessed=not born and year is not None,
        nationality=cells.get("nationality") or "",
        place=plain("last_seen_place"),
        raw=cells,
    )
