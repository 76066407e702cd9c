"""`myosotis evaluate`: the real matching over two tables of one's own, and how good it was."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

import click

from admin import console
from admin.evaluate import figures, files, sheets
from admin.evaluate.measures import Pair
from admin.evaluate.pipeline import run
from admin.evaluate.sheets import Entry, Problem, Sheet

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)
_SHOWN = 5
"""So many rows are named of those with one and the same problem."""


@click.command("evaluate")
@click.option("--left", required=True, type=_FILE, help="CSV of cases: people who were found.")
@click.option("--right", required=True, type=_FILE, help="CSV of alerts: people who are missed.")
@click.option("--truth", type=_FILE, help="CSV with left_id and right_id: which are one person.")
@click.option("--out", type=_NEW, help="Write every proposed pair to this CSV; replaces it.")
@click.option("--json", "report", type=_NEW, help="Write the figures to this file; replaces it.")
def evaluate(left: Path, right: Path, truth: Path | None, out: Path | None, report: Path | None) -> None:
    """Try matching on old files of your own.

    The tables have the columns of an import, under these names, in any order: id, kind, given_name,
    family_name, alternate_names, sex, date_of_birth (1990, 1990-05 or 1990-05-15), age, nationality,
    languages, last_seen_date, last_seen_place, height_cm, eye_colour, hair_colour, marks. Only id is needed.

    Runs everything that two organisations would run, with keys that are forgotten afterwards. Needs no node.
    Nothing is sent, nothing is kept but the files that you name, and nothing is learnt from yours.
    """
    given = {"--left": left, "--right": right, "--truth": truth}
    results = {option: path for option, path in {"--out": out, "--json": report}.items() if path is not None}
    files.check(results, {option: path for option, path in given.items() if path is not None})
    today = date.today()  # noqa: DTZ011 - an age in a table is one of today, wherever this runs
    lefts, rights = sheets.read(left, today), sheets.read(right, today)
    known = sheets.read_truth(truth, lefts, rights) if truth else None
    cases, alerts = sheets.cases(lefts), sheets.alerts(rights)
    _remarks(lefts, cases, "only people who were found are compared on the left")
    _remarks(rights, alerts, "only missing people are compared on the right")
    _remark_on_truth(known or (), cases, alerts)
    try:
        pairs, costs = run(cases, alerts, _progress)
    except KeyboardInterrupt:
        console.note("Interrupted: no file was written.")
        raise click.Abort from None
    pairs.sort(key=lambda pair: (-pair.score, pair.left, pair.right))
    found = figures.of(len(cases), len(alerts), pairs, known, costs)
    written = {"--out": _table(pairs), "--json": json.dumps(found, indent=2) + "\n"}
    files.write({path: written[option] for option, path in results.items()})
    figures.tell(found)


def _remarks(sheet: Sheet, compared: Sequence[Entry], why: str) -> None:
    """What is not as the person may think who made the table; never a value of it."""
    console.note(f"{sheet.name}: {console.several(len(sheet.entries), 'row')}")
    if len(compared) < len(sheet.entries):
        console.note(f"{sheet.name}: {len(sheet.entries) - len(compared)} of them left out: {why}")
    if sheet.ignored:
        console.note(f"{sheet.name}: columns that mean nothing here: {', '.join(sheet.ignored)}")
    ordered = sorted(sheet.problems, key=_what)
    for (column, why_not), group in groupby(ordered, key=_what):
        rows = [str(problem.row) for problem in group]
        more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
        place = f"{'row' if len(rows) == 1 else 'rows'} {', '.join(rows[:_SHOWN])}{more}"
        if column:
            console.note(f"{sheet.name}: {place}, column {column}: taken as unknown. {why_not}")
        else:
            console.note(f"{sheet.name}: {place}: {why_not}")


def _what(problem: Problem) -> tuple[str, str]:
    return problem.column, problem.why


def _remark_on_truth(
    known: frozenset[tuple[str, str]] | tuple[()], cases: Sequence[Entry], alerts: Sequence[Entry]
) -> None:
    lefts, rights = {entry.id for entry in cases}, {entry.id for entry in alerts}
    lost = sum(left not in lefts or right not in rights for left, right in known)
    if lost:
        console.note(
            f"{console.several(lost, 'true pair')} with a row that is left out: counted as not found"
        )


def _progress(what: str, done: int, count: int) -> None:
    if done in (0, count) or done * 10 // count != (done - 100) * 10 // count:
        console.note(f"{what}: {done} of {count}")


def _table(pairs: Sequence[Pair]) -> str:
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["left_id", "right_id", "score", "strength"])
    rows.writerows([pair.left, pair.right, pair.score / 100, pair.strength.value] for pair in pairs)
    return text.getvalue()


COMMANDS = {"evaluate": evaluate}
