"""`myosotis evaluate`: the tables it reads, the figures it gives, the real pipeline in between."""

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.command import cli
from admin.errors import AdminError
from admin.evaluate import measures, sheets
from admin.evaluate.measures import Pair
from services.intake.domain.codes import CaseKind, Sex
from shared.wire.codes import Strength

TODAY = date(2026, 11, 22)
HEAD = "id,kind,given_name,family_name,sex,date_of_birth,age,nationality,last_seen_place"
CASES = f"""{HEAD}
c1,found,Рута,Казлаускене,female,1987-03-14,,LT,Wilno
c2,found,Mykola,Bondarenko,male,,52,UA,
c3,found,Agnieszka,Wiśniewska,female,2001-07-30,,PL,
c4,missing,Rūta,Kazlauskienė,female,1987-03-14,,LT,Vilnius
c5,found,unknown,unknown,,,,,
"""
ALERTS = f"""{HEAD}
a1,missing,Rūta,Kazlauskaitė,female,1987-03-14,,LT,Vilnius
a2,missing,Микола,Бондаренко,male,1974-05-02,,UA,
a3,missing,John,Smith,male,1990-01-20,,GB,
a4,missing,unknown,unknown,,,,,
"""
TRUTH = "left_id,right_id\nc1,a1\nc2,a2\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("cases.csv", CASES), ("alerts.csv", ALERTS), ("truth.csv", TRUTH)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def evaluate(folder: Path, *more: str) -> Result:
    files = ["--left", str(folder / "cases.csv"), "--right", str(folder / "alerts.csv")]
    return CliRunner().invoke(cli, ["evaluate", *files, *more])


# The whole way, with real keys.


@pytest.mark.slow
def test_finds_the_pairs_and_reports(folder: Path) -> None:
    out, report = folder / "pairs.csv", folder / "report.json"
    said = evaluate(folder, "--truth", str(folder / "truth.csv"), "--out", str(out), "--json", str(report))
    assert said.exit_code == 0, said.output
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert list(rows[0]) == ["left_id", "right_id", "score", "strength"]
    found = {(row["left_id"], row["right_id"]): row["strength"] for row in rows}
    # A missing person is no candidate for another one, and two unknown names are not one person.
    assert set(found) == {("c1", "a1"), ("c2", "a2")}
    assert found["c1", "a1"] == "almost_certain"
    figures = json.loads(report.read_text("utf-8"))
    assert (figures["true_pairs"], figures["pairs"], figures["tags_per_alert"]) == (2, 2, 160)
    assert figures["best"]["f1"] == 1.0
    assert figures["recall_at_precision"] == {"0.90": 1.0, "0.95": 1.0, "0.99": 1.0}
    assert figures["right_case_among_first_5"] == 1.0
    assert 0 < figures["evaluations_per_case"] <= 24
    assert figures["seconds"] > 0
    assert figures["memory_mb"] > 10
    assert [row["strength"] for row in figures["by_strength"]] == [strength.value for strength in Strength]


@pytest.mark.slow
def test_without_truth_it_counts_by_strength_and_keeps_nothing(folder: Path) -> None:
    before = sorted(folder.iterdir())
    said = evaluate(folder)
    assert said.exit_code == 0, said.output
    assert "pairs by strength" in said.output
    assert sorted(folder.iterdir()) == before
    assert "Kazlausk" not in said.output


# Tables.


def _read(tmp_path: Path, text: str) -> sheets.Sheet:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return sheets.read(path, TODAY)


def test_only_the_id_is_required(tmp_path: Path) -> None:
    sheet = _read(tmp_path, "id\nx\ny\n")
    assert [entry.id for entry in sheet.entries] == ["x", "y"]
    assert sheet.entries[0].kind is None


def test_values_are_those_of_the_import(tmp_path: Path) -> None:
    sheet = _read(
        tmp_path,
        "id,kind,given_name,sex,date_of_birth,age,height_cm,languages\n"
        "x,found,Rūta,female,1987-03,,170,lt ru\n",
    )
    person = sheet.entries[0].person
    assert sheet.entries[0].kind is CaseKind.FOUND
    assert (person.given_name, person.sex, person.height_cm) == ("Rūta", Sex.FEMALE, 170)
    assert person.date_of_birth is not None
    assert (person.date_of_birth.year, person.date_of_birth.month, person.date_of_birth.day) == (
        1987,
        3,
        None,
    )


def test_unknown_columns_are_named_and_ignored(tmp_path: Path) -> None:
    sheet = _read(tmp_path, "id,shoe_size,given_name\nx,39,Rūta\n")
    assert sheet.ignored == ("shoe_size",)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("date_of_birth", "1990-02-31"),
        ("date_of_birth", "2031-05-05"),
        ("date_of_birth", "yesterday"),
        ("age", "130"),
        ("age", "old"),
        ("given_name", "A" * 10_000),
        ("sex", "maybe"),
        ("height_cm", "1750"),
        ("eye_colour", "plaid"),
    ],
)
def test_a_value_that_cannot_be_read_counts_as_unknown_and_is_counted(
    tmp_path: Path, column: str, value: str
) -> None:
    sheet = _read(tmp_path, f"id,{column}\nx,{value}\n")
    assert sheet.unread == {column: 1}
    person = sheet.entries[0].person
    assert (person.given_name, person.date_of_birth, person.age, person.sex) == ("", None, None, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("given_name\nRūta\n", "no column 'id'"),
        ("id,given_name\n", "has no rows"),
        ("id,given_name\nx,Rūta\n,Ona\n", "row 3 has no id"),
        ("id,given_name\nx,Rūta\nx,Ona\n", "row 3 repeats an id"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_file_and_row(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(AdminError, match=message):
        _read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\nc1,a1\n", "left_id"),
        ("left_id,right_id\nc1\n", "row 2 has too few"),
        ("left_id,right_id\nc1,zz\n", "row 2 names a right id"),
        ("left_id,right_id\nc1,a1\nzz,a1\n", "row 3 names a left id"),
    ],
)
def test_a_truth_that_does_not_fit_is_refused(folder: Path, text: str, message: str) -> None:
    (folder / "truth.csv").write_text(text, encoding="utf-8")
    said = evaluate(folder, "--truth", str(folder / "truth.csv"), "--out", str(folder / "pairs.csv"))
    assert said.exit_code != 0
    assert message in said.output
    assert not (folder / "pairs.csv").exists()


# Figures.

TRUE = frozenset({("l1", "r1"), ("l2", "r2"), ("l3", "r3"), ("l4", "r4")})


def pairs(*scores: tuple[str, str, int]) -> list[Pair]:
    return [Pair(left, right, score, Strength.LIKELY) for left, right, score in scores]


SOME = pairs(("l1", "r1", 50), ("l2", "r2", 40), ("l9", "r9", 30), ("l3", "r3", 20), ("l8", "r1", 10))


def test_curve_best_and_recall() -> None:
    qualities = measures.curve(SOME, TRUE)
    assert [(one.threshold, one.precision, one.recall) for one in qualities] == [
        (50, 1.0, 0.25), (40, 1.0, 0.5), (30, 2 / 3, 0.5), (20, 0.75, 0.75), (10, 0.6, 0.75),
    ]  # fmt: skip
    best = measures.best(qualities)
    assert best is not None
    assert (best.threshold, best.f1) == (20, 0.75)
    assert measures.recall_at(qualities, 0.95) == 0.5
    assert measures.recall_at(qualities, 0.70) == 0.75


def test_equal_scores_are_one_threshold() -> None:
    """Otherwise the order of the rows would decide how good a threshold looks."""
    assert len(measures.curve(pairs(("l1", "r1", 10), ("l9", "r9", 10)), TRUE)) == 1


def test_nothing_found_is_no_error() -> None:
    assert measures.curve([], TRUE) == []
    assert measures.best([]) is None
    assert measures.recall_at([], 0.9) == 0.0


@pytest.mark.parametrize(("places", "share"), [(1, 0.75), (5, 0.75)])
def test_the_right_case_among_the_first(places: int, share: float) -> None:
    assert measures.rank_within(SOME, TRUE, places) == share


def test_a_case_behind_others_is_not_among_the_first() -> None:
    crowd: Sequence[tuple[str, str, int]] = [(f"x{number}", "r1", 90) for number in range(5)]
    assert measures.rank_within(pairs(*crowd, ("l1", "r1", 50)), TRUE, 5) == 0.0
