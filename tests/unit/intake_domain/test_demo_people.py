"""The invented people of the demonstration import cleanly, and the planted pairs can be found."""

import csv
from itertools import permutations
from pathlib import Path

import pytest

from demo.people import generate
from demo.people.planted import PAIRS
from services.intake.domain.codes import CaseKind
from services.intake.domain.imports import DryRun, dry_run
from services.intake.domain.matchkeys import alert_keys, case_keys
from services.intake.domain.names.cyrillic import is_cyrillic
from tests.unit.intake_domain.people import TODAY

Pair = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def tables() -> dict[str, DryRun]:
    return {name: dry_run((generate.FOLDER / f"{name}.csv").read_bytes(), TODAY) for name in generate.SIZES}


@pytest.fixture(scope="module")
def planted() -> set[Pair]:
    with (generate.FOLDER / "planted.csv").open(encoding="utf-8", newline="") as file:
        return {tuple(row[:4]) for row in list(csv.reader(file))[1:]}  # type: ignore[misc]


def test_the_files_are_what_the_script_writes(tmp_path: Path) -> None:
    generate.write(tmp_path)
    for written in sorted(tmp_path.iterdir()):
        assert written.read_bytes() == (generate.FOLDER / written.name).read_bytes(), written.name


def test_every_row_imports_without_a_problem(tables: dict[str, DryRun]) -> None:
    for table in tables.values():
        assert (table.problems, table.warnings, table.ignored_columns) == ((), (), ())
    assert sum(len(table.accepted) for table in tables.values()) >= 300


def test_there_are_all_kinds_and_both_scripts(tables: dict[str, DryRun]) -> None:
    cases = [row.case for table in tables.values() for row in table.accepted]
    assert {case.kind for case in cases} == set(CaseKind)
    scripts = [is_cyrillic(case.person.family_name.casefold()) for case in cases]
    assert 40 < sum(scripts) < 260
    assert any(case.person.last_seen.region is None for case in cases)


def _sharing_two_groups(tables: dict[str, DryRun]) -> set[Pair]:
    pairs: set[Pair] = set()
    for left, right in permutations(tables, 2):
        missing = [row for row in tables[left].accepted if row.case.kind is CaseKind.MISSING]
        alerts = {row.id: {key.text for key in alert_keys(row.case.person)} for row in missing}
        for row in tables[right].accepted:
            if row.case.kind is CaseKind.MISSING:
                continue
            own = case_keys(row.case.person)
            for alert, told in alerts.items():
                if len({key.group for key in own if key.text in told}) >= 2:
                    pairs.add((left, alert, right, row.id))
    return pairs


def test_planted_pairs_share_two_groups_of_keys_and_hardly_anybody_else_does(
    tables: dict[str, DryRun], planted: set[Pair]
) -> None:
    found = _sharing_two_groups(tables)
    assert len(planted) == len(PAIRS) >= 12
    assert planted <= found
    others = found - planted
    assert len(others) <= 1, "only the twin brother, of the same surname, day and sex, may come this far"
