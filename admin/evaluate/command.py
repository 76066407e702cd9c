"""`myosotis evaluate`: the real matching over two tables of one's own, and how good it was."""

import csv
import json
import resource
from datetime import date
from pathlib import Path
from typing import Any

import click

from admin import console
from admin.evaluate import measures, sheets
from admin.evaluate.measures import Pair
from admin.evaluate.pipeline import Costs, run
from services.matching.weights import STRENGTHS
from shared.wire.codes import Strength

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command("evaluate")
@click.option("--left", required=True, type=_FILE, help="CSV of cases: people who were found.")
@click.option("--right", required=True, type=_FILE, help="CSV of alerts: people who are missed.")
@click.option("--truth", type=_FILE, help="CSV with left_id and right_id: which are one person.")
@click.option("--out", type=_NEW, help="Write every proposed pair to this CSV.")
@click.option("--json", "report", type=_NEW, help="Write the figures to this file.")
def evaluate(left: Path, right: Path, truth: Path | None, out: Path | None, report: Path | None) -> None:
    """Try matching on old files of your own.

    Runs everything that two organisations would run, with keys that are forgotten afterwards. Nothing is
    sent, nothing is kept but the files that you name, and nothing is learnt from yours.
    """
    today = date.today()  # noqa: DTZ011 - an age in a table is one of today, wherever this runs
    cases, alerts = sheets.read(left, today), sheets.read(right, today)
    for path, sheet in ((left, cases), (right, alerts)):
        _remarks(path, sheet)
    known = sheets.read_truth(truth, cases, alerts) if truth else None
    pairs, costs = run(cases.entries, alerts.entries, _progress)
    pairs.sort(key=lambda pair: (-pair.score, pair.left, pair.right))
    if out is not None:
        _write(out, pairs)
    figures = _figures(pairs, known, costs)
    if report is not None:
        report.write_text(json.dumps(figures, indent=2) + "\n")
    _tell(figures)


def _remarks(path: Path, sheet: sheets.Sheet) -> None:
    console.note(f"{path.name}: {console.several(len(sheet.entries), 'row')}")
    if sheet.ignored:
        console.note(f"{path.name}: columns that mean nothing here: {', '.join(sheet.ignored)}")
    for column, count in sorted(sheet.unread.items()):
        console.note(f"{path.name}: {console.several(count, 'value')} of {column} unread, taken as unknown")


def _progress(what: str, done: int, count: int) -> None:
    if done in (0, count) or done * 10 // count != (done - 100) * 10 // count:
        console.note(f"{what}: {done} of {count}")


def _write(path: Path, pairs: list[Pair]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["left_id", "right_id", "score", "strength"])
        rows.writerows([pair.left, pair.right, pair.score / 100, pair.strength.value] for pair in pairs)


def _figures(pairs: list[Pair], truth: frozenset[tuple[str, str]] | None, costs: Costs) -> dict[str, Any]:
    usage = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    figures: dict[str, Any] = {
        "pairs": len(pairs),
        "tags_per_alert": costs.tags_per_alert,
        "keys_per_alert": round(costs.keys_per_alert, 1),
        "evaluations_per_case": round(costs.evaluations_per_case, 1),
        "seconds": round(costs.seconds, 1),
        "memory_mb": round(max(usage) / 1024),
    }
    if truth is None:
        counts = {strength.value: 0 for strength in Strength}
        for pair in pairs:
            counts[pair.strength.value] += 1
        return {**figures, "pairs_by_strength": counts}
    qualities = measures.curve(pairs, truth)
    shipped = min(floor for floor, _ in STRENGTHS)
    as_shipped = [quality for quality in qualities if quality.threshold >= shipped]
    return {
        **figures,
        "true_pairs": len(truth),
        "best": _quality(measures.best(qualities)),
        "as_shipped": _quality(as_shipped[-1] if as_shipped else None),
        "recall_at_precision": {
            f"{precision:.2f}": round(measures.recall_at(qualities, precision), 4)
            for precision in measures.PRECISIONS
        },
        "right_case_among_first_5": measures.rank_within(pairs, truth, 5),
        "by_strength": measures.by_strength(pairs, truth),
    }


def _quality(quality: measures.Quality | None) -> dict[str, float] | None:
    if quality is None:
        return None
    return {
        "score": quality.threshold / 100,
        "precision": round(quality.precision, 4),
        "recall": round(quality.recall, 4),
        "f1": round(quality.f1, 4),
    }


def _tell(figures: dict[str, Any]) -> None:
    rows = figures.get("by_strength")
    if rows:
        console.show(rows, as_json=False, empty="")
    for name, value in figures.items():
        if name != "by_strength":
            console.say(f"{name.replace('_', ' ')}: {_plain(value)}")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return "none" if value is None else str(value)


COMMANDS = {"evaluate": evaluate}
