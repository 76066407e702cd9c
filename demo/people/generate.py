"""Writes lt-vilnius.csv, lv-riga.csv, fr-lyon.csv and planted.csv beside this file.

ALL PEOPLE ARE INVENTED. Names are drawn by chance from lists of common ones (pools.py); dates,
places and looks are drawn by chance as well. A likeness to a real person would be an accident.

The same seed gives the same files: `python -m demo.people.generate` after a change here, and a test
compares. Pairs that may be one person, relatives and namesakes are written by hand in planted.py.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import date, timedelta
from pathlib import Path
from random import Random

from demo.people import pools
from demo.people.planted import HARD_NEGATIVES, LYON, PAIRS, RIGA, VILNIUS, Record
from demo.people.pools import Pool

SEED = 20240525  # International Missing Children's Day
FOLDER = Path(__file__).parent
COLUMNS = ("id", *(field.name for field in fields(Record)))
PLANTED_COLUMNS = ("left_organisation", "left_id", "right_organisation", "right_id", "what_differs")

SIZES = {VILNIUS: 150, RIGA: 95, LYON: 95}
"""Rows a file, planted ones included."""
MISSING_SHARE = {VILNIUS: 0.75, RIGA: 0.3, LYON: 0.2}
UNIDENTIFIED = {VILNIUS: 1, RIGA: 2, LYON: 3}
PREFIX = {VILNIUS: "V", RIGA: "R", LYON: "L"}
POOLS: dict[str, Sequence[Pool]] = {
    VILNIUS: [pools.LITHUANIAN] * 4 + [pools.POLISH, pools.RUSSIAN, pools.BELARUSIAN, pools.UKRAINIAN],
    RIGA: [pools.LATVIAN] * 4 + [pools.RUSSIAN, pools.UKRAINIAN, pools.LITHUANIAN, pools.BELARUSIAN],
    LYON: [pools.FRENCH] * 3 + [pools.ROMANISED, pools.UKRAINIAN, pools.POLISH, pools.LITHUANIAN],
}
MARKS = ("scar:hand_left", "scar:back", "tattoo:arm_left", "tattoo:neck", "birthmark:chest", "piercing:head")
CHILD_CATEGORIES = (
    "runaway",
    "runaway",
    "parental_abduction",
    "lost_injured_otherwise",
    "unaccompanied_migrant",
)
ADULT_YEARS = (1945, 2004)
CHILD_YEARS = (2009, 2015)


def write(folder: Path) -> None:
    """Write the four files into `folder`."""
    rows, planted = invent()
    for organisation, records in rows.items():
        _write(
            folder / f"{organisation}.csv", COLUMNS, ((number, *asdict(r).values()) for number, r in records)
        )
    _write(folder / "planted.csv", PLANTED_COLUMNS, planted)


def invent() -> tuple[dict[str, list[tuple[str, Record]]], list[tuple[str, ...]]]:
    """Rows with ids by organisation, and the list of planted pairs. Always the same."""
    random = Random(SEED)
    records: dict[str, list[Record]] = {organisation: [] for organisation in SIZES}
    for pair in PAIRS:
        records[pair.left_organisation].append(pair.left)
        records[pair.right_organisation].append(pair.right)
    for organisation, record, _ in HARD_NEGATIVES:
        records[organisation].append(record)
    taken: set[tuple[str, str]] = set()
    for organisation, own in records.items():
        own += [_unidentified(random) for _ in range(UNIDENTIFIED[organisation])]
        while len(own) < SIZES[organisation]:
            own.append(_anybody(random, organisation, taken))
        random.shuffle(own)
    ids = {
        organisation: [
            (f"{PREFIX[organisation]}-{number:04d}", record) for number, record in enumerate(own, 1)
        ]
        for organisation, own in records.items()
    }
    return ids, [_planted_row(ids, number) for number in range(len(PAIRS))]


def _anybody(random: Random, organisation: str, taken: set[tuple[str, str]]) -> Record:
    """A person whose pair of names nobody else in the three files has."""
    pool = random.choice(POOLS[organisation])
    while True:
        sex = random.choice(("female", "male"))
        given = random.choice(pool.female if sex == "female" else pool.male)
        family = random.choice(pool.families).split("/")
        if (given, family[0]) not in taken:
            taken.add((given, family[0]))
            break
    missing = random.random() < MISSING_SHARE[organisation]
    child = random.random() < 0.3
    born = _born(random, CHILD_YEARS if child else ADULT_YEARS)
    knows_date = random.random() < 0.85
    return Record(
        kind="missing" if missing else "found",
        given_name=given,
        family_name=family[-1] if sex == "female" else family[0],
        sex=sex,
        date_of_birth=born.isoformat() if knows_date else "",
        age="" if knows_date else str(2026 - born.year),
        nationality=pool.nationality if random.random() < 0.9 else "",
        languages=pool.languages,
        last_seen_date=_seen(random).isoformat(),
        last_seen_place=random.choice(pool.places),
        height_cm=str(random.randint(140, 168) if child else random.randint(155, 195)),
        eye_colour=random.choice(("blue", "grey", "green", "brown", "brown", "")),
        hair_colour=random.choice(("blond", "brown", "brown", "black", "red", "grey", "")),
        marks=random.choice(MARKS) if random.random() < 0.25 else "",
        category=random.choice(CHILD_CATEGORIES) if child else "adult",
        protect_location=random.choice(("no", "no", "yes", ""))
        if missing
        else random.choice(("unknown", "yes", "")),
    )


def _unidentified(random: Random) -> Record:
    """Somebody who cannot say who they are: looks, and an age as a range."""
    low = random.randrange(20, 70, 5)
    return Record(
        kind="unidentified",
        sex=random.choice(("female", "male")),
        age=f"{low}-{low + 10}",
        last_seen_date=_seen(random).isoformat(),
        height_cm=str(random.randint(155, 190)),
        eye_colour=random.choice(("blue", "grey", "brown")),
        hair_colour=random.choice(("brown", "grey", "black")),
        marks=" ".join(random.sample(MARKS, 2)),
        category="adult",
        protect_location="unknown",
    )


def _born(random: Random, years: tuple[int, int]) -> date:
    first = date(years[0], 1, 2)
    return first + timedelta(days=random.randrange((date(years[1], 12, 31) - first).days))


def _seen(random: Random) -> date:
    return date(2023, 1, 1) + timedelta(days=random.randrange(700))


def _planted_row(ids: dict[str, list[tuple[str, Record]]], number: int) -> tuple[str, ...]:
    pair = PAIRS[number]
    left = next(id_ for id_, record in ids[pair.left_organisation] if record is pair.left)
    right = next(id_ for id_, record in ids[pair.right_organisation] if record is pair.right)
    return pair.left_organisation, left, pair.right_organisation, right, pair.differs


def _write(path: Path, columns: Sequence[str], rows: Iterator[Sequence[str]] | list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    write(FOLDER)
