"""`myosotis evaluate`: the tables it reads, the figures it gives, the real pipeline in between."""

import csv
import json
import signal
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.command import cli
from admin.errors import AdminError
from admin.evaluate import command, figures, files, measures, sheets, workers
from admin.evaluate.measures import Pair
from admin.evaluate.pipeline import Costs
from admin.evaluate.workers import Workers
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
    assert "almost_certain  1" in said.output
    assert "Compared 4 alerts with 4 cases: 2 pairs proposed." in said.output
    # The missing person among the found ones is no case.
    assert "cases.csv: 1 of them left out" in said.output
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
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(2, column)]
    assert sheet.problems[0].why.endswith(".")
    assert value not in sheet.problems[0].why
    person = sheet.entries[0].person
    assert (person.given_name, person.date_of_birth, person.age, person.sex) == ("", None, None, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("given_name\nRūta\n", "no column 'id'"),
        ("id,given_name\n", "has no rows"),
        (",,\n", "has no rows"),
        ("Nr,Vardas\n1,Rūta\n", "names nr, vardas"),
        ("id,given_name,Given_Name\nx,Rūta,Ona\n", "names the column 'given_name' twice"),
        ('id,given_name\nx,Rūta\ny,"Ona\nz,Eva\n', "row 3 a quotation mark"),
        ("id,given_name\nx,Rūta\n,Ona\n", "row 3 has no id"),
        ("id,given_name\nx,Rūta\nx,Ona\n", "row 3 repeats the id of row 2"),
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
        ("left_id,right_id\n", "has no rows"),
        ("left_id,right_id\nc1\n", "row 2, column right_id is empty"),
        ("left_id,right_id\nc1,zz\n", "row 2, column right_id names no row of alerts.csv"),
        ("left_id,right_id\nc1,a1\nzz,a1\n", "row 3, column left_id names no row of cases.csv"),
        ("left_id,right_id\na1,c1\n", "are the columns swapped?"),
    ],
)
def test_a_truth_that_does_not_fit_is_refused(folder: Path, text: str, message: str) -> None:
    (folder / "truth.csv").write_text(text, encoding="utf-8")
    said = evaluate(folder, "--truth", str(folder / "truth.csv"), "--out", str(folder / "pairs.csv"))
    assert said.exit_code != 0
    assert message in said.output
    assert not (folder / "pairs.csv").exists()


def test_blank_lines_and_bad_cells_keep_the_numbers_of_the_spreadsheet(tmp_path: Path) -> None:
    sheet = _read(tmp_path, "\nid;sex;age\nx;female;34\n\ny;?;34;more\n")
    assert [entry.id for entry in sheet.entries] == ["x", "y"]
    assert [(one.row, one.column) for one in sheet.problems] == [(5, ""), (5, "sex")]


def test_a_byte_order_mark_is_no_part_of_the_id(tmp_path: Path) -> None:
    assert [entry.id for entry in _read(tmp_path, "\ufeffID;age\nx;34\n").entries] == ["x"]


def test_a_cell_longer_than_csv_allows_is_one_bad_value(tmp_path: Path) -> None:
    sheet = _read(tmp_path, f"id,given_name\nx,{'A' * 200_000}\ny,Ona\n")
    assert [(one.row, one.column) for one in sheet.problems] == [(2, "given_name")]


def test_more_names_than_a_person_may_have_are_one_bad_value(tmp_path: Path) -> None:
    sheet = _read(tmp_path, f"id,given_name,alternate_names\nx,Ona,{'|'.join(['Ona'] * 100)}\n")
    assert [(one.row, one.column) for one in sheet.problems] == [(2, "alternate_names")]
    assert sheet.entries[0].person.given_name == "Ona"


def test_the_wrong_way_round_is_told_before_the_work(folder: Path) -> None:
    alerts = [row for row in CASES.splitlines() if "found" not in row]
    (folder / "alerts.csv").write_text("\n".join(alerts), encoding="utf-8")
    files = ["--left", str(folder / "alerts.csv"), "--right", str(folder / "cases.csv")]
    said = CliRunner().invoke(cli, ["evaluate", *files])
    assert said.exit_code == 1
    assert "are --left and --right swapped?" in said.output


# Files that are written.


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ({"--out": "nowhere/pairs.csv"}, "there is no folder"),
        ({"--out": "cases.csv"}, "--out and --left are the same file"),
        ({"--out": "same.csv", "--json": "same.csv"}, "--json and --out are the same file"),
    ],
)
def test_a_result_that_could_not_be_written_is_told_before_the_work(
    folder: Path, results: dict[str, str], message: str
) -> None:
    options = [word for option, name in results.items() for word in (option, str(folder / name))]
    said = evaluate(folder, *options)
    assert said.exit_code == 1
    assert message in said.output
    assert "become" not in said.output
    assert (folder / "cases.csv").read_text("utf-8") == CASES


def test_results_are_written_whole_or_not_at_all(folder: Path) -> None:
    old = folder / "pairs.csv"
    old.write_text("old", encoding="utf-8")
    before = sorted(folder.iterdir())
    with pytest.raises(OSError, match="No such file"):
        files.write({old: "new", folder / "nowhere" / "report.json": "new"})
    assert old.read_text("utf-8") == "old"
    assert sorted(folder.iterdir()) == before
    files.write({old: "new"})
    assert old.read_text("utf-8") == "new"
    assert sorted(folder.iterdir()) == before


def test_ctrl_c_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", interrupted)
    before = sorted(folder.iterdir())
    said = evaluate(folder, "--out", str(folder / "pairs.csv"), "--json", str(folder / "report.json"))
    assert said.exit_code == 1
    assert "Interrupted: no file was written." in said.output
    assert sorted(folder.iterdir()) == before


def _hears_ctrl_c(items: list[int]) -> list[bool]:
    return [signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ()) for _ in items]


def test_workers_do_not_hear_ctrl_c_and_print_no_tracebacks() -> None:
    with Workers(lambda *_: None, int) as some:
        assert list(some.through(_hears_ctrl_c, [1], "tried")) == [False]
    assert _hears_ctrl_c([1]) == [True]


def test_ctrl_c_while_workers_begin_waits_until_they_have_begun() -> None:
    said: list[str] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            _begin_workers(said)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert said == ["begun"]


def _begin_workers(said: list[str]) -> None:
    with workers._uninterrupted():
        signal.raise_signal(signal.SIGINT)
        # A thread that does not block it hears it, and Python tells the main one.
        elsewhere = threading.Thread(target=_hear)
        elsewhere.start()
        elsewhere.join()
        said.append("begun")


def _hear() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


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


def test_a_strength_without_pairs_has_no_precision() -> None:
    rows = {row["strength"]: row for row in measures.by_strength(SOME, TRUE)}
    assert rows["almost_certain"]["precision"] is None
    assert rows["almost_certain"]["precision_from_here"] is None
    assert (rows["likely"]["precision"], rows["likely"]["recall_from_here"]) == (0.6, 0.75)
    assert rows["likely"]["f1_from_here"] == 0.6667


def test_as_shipped_is_all_that_somebody_is_told_of() -> None:
    shown = measures.at(measures.curve(SOME, TRUE), 15)
    assert (shown.threshold, shown.precision, shown.recall) == (15, 0.75, 0.75)
    assert measures.at([], 15).f1 == 0.0


def test_the_report_in_words_names_every_figure() -> None:
    costs = Costs(
        evaluations_per_case=23.0, keys_per_alert=99.2, tags_per_alert=160, seconds=29.4, memory_mb=362
    )
    found = figures.of(9, 10, SOME, TRUE, costs)
    with CliRunner().isolation() as (out, *_):
        figures.tell(found)
    said = out.getvalue().decode()
    assert "Compared 10 alerts with 9 cases: 5 pairs proposed." in said
    assert "True pairs: 4; 3 of them proposed, 1 not found." in said
    assert "Fewer than 30 true pairs" in said
    assert "best threshold for these tables, score 0.20: precision 0.75, recall 0.75, F1 0.75." in said
    assert "score -1.00: precision 0.6, recall 0.75, F1 0.6667." in said
    assert "0.5 at 0.90, 0.5 at 0.95, 0.5 at 0.99" in said
    assert "29.4 seconds and 362 MB" in said
    assert "160 tags per alert" in said
    assert "23.0 blind evaluations per case" in said


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
