"""Real names in several scripts, with invented dates: a set from EveryPolitician's lists of names.

The lists (everypolitician/everypolitician-data, data/COUNTRY/HOUSE/names.csv; the names from Wikidata, CC0)
have the names of members of parliament in many languages. They are real people, so the lists stay out of
the repository: whoever has them names their folder. Nothing but the names is taken; what else a row says is
invented.
"""

import csv
import random
import unicodedata
from datetime import date
from pathlib import Path

from bench.matching.generator import facts
from bench.matching.generator.people import Human, draw
from bench.matching.generator.rates import ALERT, CASE
from bench.matching.generator.record import Clerk
from bench.matching.generator.sets import COLUMNS, Made

SCRIPTS = ("CYRILLIC", "GREEK", "GEORGIAN", "ARMENIAN", "ARABIC", "HEBREW")
_PATRONYMICS = ("вич", "вна", "чна", "віч", "ўна", "ьич")
AT_LEAST = 1_500
_ALONE = 0.15
"""Of those with names in two scripts, the share that is put on one side only."""


def names(folder: Path) -> dict[str, list[str]]:
    """The names of each person, in the order of the files. Raises FileNotFoundError if there are none."""
    found: dict[str, list[str]] = {}
    paths = sorted(folder.rglob("names.csv"))
    if not paths:
        raise FileNotFoundError(f"{folder} has no names.csv of EveryPolitician's.")
    for path in paths:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found.setdefault(f"{path.parent}/{row['id']}", []).append(row["name"].strip())
    return found


def script(name: str) -> str:
    """LATIN or one of SCRIPTS; empty for others and for mixed ones."""
    found = {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
    return found.pop() if len(found) == 1 and found <= {"LATIN", *SCRIPTS} else ""


def parted(name: str) -> tuple[str, str]:
    """Given names and surname: after a comma, beside a patronymic, else the surname is the last word."""
    family, comma, given = name.partition(", ")
    if comma:
        return given, family
    words = name.split()
    if len(words) == 3 and words[2].endswith(_PATRONYMICS):
        return " ".join(words[1:]), words[0]
    return " ".join(words[:-1]), words[-1]


def make(people: dict[str, list[str]], seed: int, as_of: date) -> Made:
    """Cases in one script and alerts in another; who has names in one script only is on one side only.

    Invented people are added until each side has AT_LEAST rows: a few hundred are too easily told apart.
    """
    rng = random.Random(seed)
    cases: list[dict[str, str]] = []
    alerts: list[dict[str, str]] = []
    truth: list[tuple[str, str]] = []
    everybody: dict[str, Human] = {}
    for number, spelled in enumerate(people.values()):
        latin = [name for name in spelled if script(name) == "LATIN" and " " in name]
        other = [name for name in spelled if script(name) in SCRIPTS and " " in name]
        human, sides = draw(rng), [latin, other] if rng.random() < 0.5 else [other, latin]
        if not (latin and other) or rng.random() < _ALONE:
            sides[rng.random() < 0.5 if latin and other else not sides[1]] = []
        else:
            truth.append((f"c{number}", f"a{number}"))
        if sides[0]:
            cases.append(_row(f"c{number}", rng.choice(sides[0]), human, CASE.birth, as_of, rng))
        if sides[1]:
            alerts.append(_row(f"a{number}", rng.choice(sides[1]), human, ALERT.birth, as_of, rng))
        everybody |= {f"c{number}": human, f"a{number}": human}
    for rows, prefix, rates in ((cases, "c", CASE), (alerts, "a", ALERT)):
        clerk = Clerk(rates, as_of, rng)
        for number in range(len(people), len(people) + AT_LEAST - len(rows)):
            everybody[f"{prefix}{number}"] = draw(rng)
            row, _ = clerk.row(everybody[f"{prefix}{number}"])
            known = {column: row[column] for column in ("given_name", "family_name", "date_of_birth", "age")}
            rows.append(_blank(f"{prefix}{number}") | known)
        rng.shuffle(rows)
    return Made(cases, alerts, truth, {}, everybody)


def _blank(name: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {"id": name, "kind": "found" if name.startswith("c") else "missing"}


def _row(
    name: str, text: str, human: Human, rates: dict[str, float], as_of: date, rng: random.Random
) -> dict[str, str]:
    given, family = parted(text)
    rest = 1 - sum(rates.values())
    damage = rng.choices([*rates, ""], weights=[*rates.values(), rest])[0]
    born = facts.birth(human, damage, as_of, rng)
    known = {"given_name": given, "family_name": family, "date_of_birth": born.born, "age": born.age}
    return _blank(name) | known
