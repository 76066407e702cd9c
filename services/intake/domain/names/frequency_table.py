"""Makes `frequencies/shares.csv` from the lists of names, with the skeletons of this version.

    python -m services.intake.domain.names.frequency_table

Run it after every change of the lists or of the skeletons; a test compares. Skeletons of 20,000 names
cost a second, which no start of a service should pay: so they are kept, and only here.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from services.intake.domain.names.frequency import PER_ONE, SHARES_FILE, Listed
from services.intake.domain.names.skeleton import best, words

CIRCLE = ("LT", "LV", "EE", "PL", "BY", "UA", "RU", "DE", "FR", "GB")
"""Countries of the first circle, ISO 3166; evidence is weighed over them, each counting the same."""

KINDS = ("family", "given")
HEADER = "kind,skeleton,most,circle"


class Bearers(NamedTuple):
    """One line of a list: a country (ISO 3166, or `ar` for names of Arabic-speaking countries)."""

    country: str
    name: str
    share: float


def names(kind: str) -> Iterator[Bearers]:
    """The lines of `family.csv` or `given.csv`; shares are of people of both sexes."""
    text = files(__package__).joinpath(f"frequencies/{kind}.csv").read_text("utf-8")
    for line in csv.DictReader(text.splitlines()):
        yield Bearers(line["country"], line["name"], float(line["per_million"]) / 1_000_000)


@cache
def by_country(kind: str) -> dict[str, dict[str, float]]:
    """Country -> skeleton -> share of its people; names with one skeleton are added up.

    Every word of a name counts in full: José Antonio is a José and an Antonio.
    """
    found: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for country, name, share in names(kind):
        skeletons = {best(word, given=kind == "given") for word in words(name)}
        for skeleton in skeletons - {""}:
            found[country][skeleton] += share
    return {country: dict(shares) for country, shares in found.items()}


def listed(kind: str) -> dict[str, Listed]:
    """Skeleton -> the greatest share in any country and the mean over the first circle."""
    countries = by_country(kind)
    every = {skeleton for shares in countries.values() for skeleton in shares}
    return {
        skeleton: Listed(
            max(shares.get(skeleton, 0.0) for shares in countries.values()),
            sum(countries[country].get(skeleton, 0.0) for country in CIRCLE) / len(CIRCLE),
        )
        for skeleton in sorted(every)
    }


def render() -> str:
    """The text of `shares.csv`; an empty last column stands for 0."""
    lines = [HEADER]
    for kind in KINDS:
        for skeleton, shares in listed(kind).items():
            lines.append(f"{kind},{skeleton},{_count(shares.most)},{_count(shares.circle) or ''}")
    return "\n".join(lines) + "\n"


def _count(share: float) -> int:
    """Bearers in PER_ONE people; sums of floats may differ in the last place, these do not."""
    return round(min(1.0, share) * PER_ONE)


if __name__ == "__main__":
    Path(__file__).with_name("frequencies").joinpath(Path(SHARES_FILE).name).write_text(render(), "utf-8")
