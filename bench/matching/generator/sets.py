"""A whole set: cases, alerts, and which are one person; the same from the same seed and day."""

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.matching.generator.people import RELATIONS, Human, draw, relative
from bench.matching.generator.rates import ALERT, CASE, Rates, in_letters, without_dates
from bench.matching.generator.record import Clerk

COLUMNS = (
    "id",
    "kind",
    "given_name",
    "family_name",
    "alternate_names",
    "sex",
    "date_of_birth",
    "age",
    "nationality",
    "languages",
    "last_seen_place",
)
_HARD = 0.25
"""Of those without a partner on the other side, the share that is easily taken for somebody there."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What a set is like."""

    count: int
    """Rows of each side."""
    true: int
    """People who are on both."""
    case: Rates
    alert: Rates


VARIANTS = {
    "missing": Variant(5_000, 1_500, CASE, ALERT),
    "nodates": Variant(5_000, 1_500, without_dates(CASE), without_dates(ALERT)),
    "scripts": Variant(5_000, 1_500, in_letters(CASE, True), in_letters(ALERT, False)),
    "large": Variant(20_000, 6_000, CASE, ALERT),
    "tiny": Variant(400, 120, CASE, ALERT),
}


@dataclass(frozen=True, slots=True)
class Made:
    """Rows by their columns, the pairs of (case id, alert id), and what went wrong with whom by id."""

    cases: list[dict[str, str]]
    alerts: list[dict[str, str]]
    truth: list[tuple[str, str]]
    damage: dict[str, tuple[str, ...]]
    people: dict[str, Human]


def make(variant: Variant, seed: int, as_of: date) -> Made:
    """Make a set; ages are those of `as_of`."""
    rng = random.Random(seed)
    both = [draw(rng) for _ in range(variant.true)]
    missing = variant.count - variant.true
    left = both + _others(both, missing, rng)
    right = both + _others(left, missing, rng)
    numbers = {side: rng.sample(range(1, 10 * variant.count), variant.count) for side in "ca"}
    case_ids, alert_ids = ([f"{side}{number}" for number in numbers[side]] for side in "ca")
    damage: dict[str, tuple[str, ...]] = {}
    cases = list(_rows(left, case_ids, "found", Clerk(variant.case, as_of, rng), damage))
    alerts = list(_rows(right, alert_ids, "missing", Clerk(variant.alert, as_of, rng), damage))
    truth = list(zip(case_ids, alert_ids, strict=True))[: variant.true]
    people = dict(zip(case_ids, left, strict=True)) | dict(zip(alert_ids, right, strict=True))
    rng.shuffle(cases)
    rng.shuffle(alerts)
    rng.shuffle(truth)
    return Made(cases, alerts, truth, damage, people)


def _others(those: list[Human], count: int, rng: random.Random) -> list[Human]:
    """So many more, some of them easily taken for one of `those`."""
    found = []
    for _ in range(count):
        if rng.random() < _HARD:
            how = rng.choices(list(RELATIONS), weights=list(RELATIONS.values()))[0]
            found.append(relative(rng.choice(those), how, rng))
        else:
            found.append(draw(rng))
    return found


def _rows(
    people: Iterable[Human], ids: list[str], kind: str, clerk: Clerk, damage: dict[str, tuple[str, ...]]
) -> Iterator[dict[str, str]]:
    for human, name in zip(people, ids, strict=True):
        row, damage[name] = clerk.row(human)
        yield {"id": name, "kind": kind} | row


def write(made: Made, folder: Path) -> None:
    """cases.csv, alerts.csv, truth.csv and damage.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("cases", made.cases), ("alerts", made.alerts)):
        _csv(folder / f"{name}.csv", COLUMNS, ([row[column] for column in COLUMNS] for row in rows))
    _csv(folder / "truth.csv", ("left_id", "right_id"), made.truth)
    damaged = ((name, " ".join(damages)) for name, damages in made.damage.items())
    _csv(folder / "damage.csv", ("id", "damage"), damaged)


def _csv(path: Path, headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)
