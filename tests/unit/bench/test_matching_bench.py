"""What the benchmark of matching makes of others' data and of its figures."""

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bench.matching import kept, page, politicians, quality, runner
from bench.matching.febrl import birth
from bench.matching.peers import jaro_winkler
from bench.matching.peers.rows import Row
from bench.matching.runner import MYOSOTIS, Outcome
from bench.report import BEGIN, END, NoPlaceForFigures


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("19450831", "1945-08-31"), ("19450231", "1945"), ("1945083", ""), ("", ""), ("194508x1", "")],
)
def test_the_dates_of_febrl(digits: str, expected: str) -> None:
    assert birth(digits) == expected


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Береза, Юрій", "Юрій", "Береза"),
        ("Береза Юрій Миколайович", "Юрій Миколайович", "Береза"),
        ("Юрий Николаевич Берёза", "Юрий Николаевич", "Берёза"),
        ("Jonas Petras Basanavičius", "Jonas Petras", "Basanavičius"),
    ],
)
def test_the_parts_of_a_politicians_name(name: str, given: str, family: str) -> None:
    assert politicians.parted(name) == (given, family)


def test_politicians_are_in_one_script_here_and_another_there(tmp_path: Path) -> None:
    people = {str(number): [f"Ona {'B' * number}ė", f"Она {'Б' * number}е"] for number in range(1, 80)}
    (tmp_path / "house").mkdir()
    with (tmp_path / "house" / "names.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "id"])
        writer.writerows([name, number] for number, names in people.items() for name in names)
    made = politicians.make(politicians.names(tmp_path), 1, date(2026, 7, 1))
    rows = {row["id"]: row for row in made.cases + made.alerts}
    assert len(made.cases) == len(made.alerts) == politicians.AT_LEAST
    assert 50 < len(made.truth) < 79
    for case, alert in made.truth:
        scripts = {politicians.script(rows[one]["family_name"]) for one in (case, alert)}
        assert scripts == {"LATIN", "CYRILLIC"}
        assert len(rows[case]["family_name"]) == len(rows[alert]["family_name"])
        assert not rows[case]["sex"] + rows[case]["last_seen_place"]


def test_no_lists_of_politicians_are_named_as_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"names\.csv"):
        politicians.names(tmp_path)


def measured(tmp_path: Path) -> quality.Measured:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("left_id,right_id,score\nc1,a1,0.9\nc2,a2,0.8\nc3,a9,0.7\nc4,a4,0.6\n")
    known = frozenset({("c1", "a1"), ("c2", "a2"), ("c4", "a4"), ("c5", "a5")})
    damage = {f"c{number}": frozenset({"by_ear"}) for number in range(1, 6)}
    return quality.measure(pairs, known, damage)


def test_every_method_is_measured_alike(tmp_path: Path) -> None:
    found = measured(tmp_path)
    assert found.f1 == pytest.approx(0.75)
    assert found.recall == {"0.90": 0.5, "0.95": 0.5, "0.99": 0.5}
    assert found.first_five == 0.75


def test_recall_by_damage_needs_enough_pairs() -> None:
    known = frozenset((f"c{number}", f"a{number}") for number in range(20))
    damage = {f"c{number}": frozenset({"cut"} if number else {"title"}) for number in range(20)}
    shown = {pair for pair in known if pair[0] != "c7"}
    assert quality.by_damage(known, damage, shown) == {"cut": round(18 / 19, 3)}


def test_the_tables_have_the_mean_of_the_seeds_and_the_reason_of_a_failure(tmp_path: Path) -> None:
    one = Outcome(measured(tmp_path), 10.0, 100, {"evaluations_per_case": 20.0})
    outcomes = {
        "missing": [(MYOSOTIS, one), (MYOSOTIS, one), ("clk", Outcome(None, problem="No module | x"))]
    }
    table = page.quality_table(outcomes)
    assert "| missing | Myosotis | no | 0.750 | 0.500 | 0.500 | 0.500 | 0.750 | 10 |" in table
    assert "No module / x" in table
    assert "| missing | 20.0 | 0.0 | 0 | 100 |" in page.costs_table(outcomes)


def test_a_run_keeps_what_others_measured(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    assert kept.read(path) == {}
    results = {
        ("missing", 1, MYOSOTIS): Outcome(
            measured(tmp_path), 10.0, 100, {"tags_per_alert": 160.0}, when="2026"
        ),
        ("missing", 1, "clk"): Outcome(None, problem="gone"),
    }
    kept.write(path, results)
    assert kept.read(path) == results
    kept.add(path, ("missing", 1, "clk"), Outcome(None, problem="still gone"))
    assert kept.read(path)[("missing", 1, "clk")].problem == "still gone"
    assert "0.750" in page.text(kept.read(path))


def test_the_page_keeps_what_is_around_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    page.renew(path, "new")
    assert path.read_text() == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    path.write_text("no markers")
    with pytest.raises(NoPlaceForFigures):
        page.renew(path, "new")


def test_a_peer_that_is_not_there_is_a_reason_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PEERS_PYTHON", tmp_path / "nowhere")
    outcome = runner.run("clk", tmp_path, tmp_path)
    assert outcome.measured is None
    assert "missing" in outcome.problem


def row(born: str, year: int | None, *, guessed: bool = False) -> Row:
    return Row("1", "a", "b", "", born, year, guessed, "", "", {})


def test_birth_of_jaro_winkler_falls_with_the_difference() -> None:
    exact = row("1990-05-17", 1990)
    others = [
        exact,
        row("1990-05-18", 1990),
        row("1990-11-23", 1990),
        row("1991-11-23", 1991),
        row("1970-01-02", 1970),
    ]
    scores = [jaro_winkler.birth(exact, other) for other in others]
    assert scores == sorted(scores, reverse=True)
    assert (scores[0], scores[-1]) == (1.0, 0.0)
    assert jaro_winkler.birth(exact, row("", None)) == 0.5
    assert jaro_winkler.birth(exact, row("", 1992, guessed=True)) == 0.6


@pytest.mark.slow
def test_the_real_pipeline_is_measured_on_a_small_set(tmp_path: Path) -> None:
    out, untouched = tmp_path / "bench.json", tmp_path / "page.md"
    untouched.write_text("as it was")
    options = ["--sets", "tiny", "--methods", MYOSOTIS, "--out", str(out), "--page", str(untouched)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.matching", *options],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    outcome = kept.read(out)[("tiny", 1, MYOSOTIS)]
    assert outcome.measured is not None
    assert outcome.measured.f1 > 0.5  # far from what it reaches, but more than luck
    assert outcome.costs["evaluations_per_case"] > 1
    assert "| tiny | Myosotis | no |" in done.stdout
    assert untouched.read_text() == "as it was"  # some sets only: the page's tables are of all
