"""The real pipeline of `myosotis evaluate`, in this process: its worker processes take seconds to start."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from admin.evaluate import pipeline, sheets
from admin.evaluate.measures import Pair
from tests.unit.intake_domain.people import TODAY

COLUMNS = ("id", "kind", "given_name", "family_name", "alternate_names", "sex", "date_of_birth", "age",
           "nationality", "last_seen_place")  # fmt: skip


class Here:
    """Does what `Workers` does, without processes."""

    memory_mb = 0.0

    def __init__(self, progress: object, begin: Callable[..., None], *what: object) -> None:
        begin(*what)

    def through(
        self, work: Callable[[list[Any]], list[Any]], items: Sequence[Any], what: str
    ) -> Iterator[Any]:
        """All in one piece."""
        yield from work(list(items))

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *error: object) -> None:
        pass


def table(path: Path, rows: Iterable[Mapping[str, str]]) -> sheets.Sheet:
    """Write people as a CSV, and read it as the command does."""
    quoted = [[row.get(column, "").replace('"', '""') for column in COLUMNS] for row in rows]
    lines = [",".join(COLUMNS), *(",".join(f'"{cell}"' for cell in cells) for cells in quoted)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sheets.read(path, TODAY)


def proposed(
    folder: Path, left: Iterable[Mapping[str, str]], right: Iterable[Mapping[str, str]]
) -> dict[tuple[str, str], Pair]:
    """Every pair that would be shown for these found and missing people, by their ids."""
    cases = table(folder / "left.csv", ({"kind": "found", **row} for row in left))
    alerts = table(folder / "right.csv", ({"kind": "missing", **row} for row in right))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Workers", Here)
        pairs, _ = pipeline.run(cases.entries, alerts.entries, lambda *_: None)
    return {(pair.left, pair.right): pair for pair in pairs}
