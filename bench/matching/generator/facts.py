"""What is put down about birth, sex, nationality, languages and the place; nobody is as old as on paper."""

import random
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from bench.matching.generator.people import Human

LANGUAGES = {
    "LT": "lt", "LV": "lv", "PL": "pl", "RU": "ru", "UA": "uk", "BY": "be", "BG": "bg", "GE": "ka",
    "AM": "hy", "GR": "el", "DE": "de", "FR": "fr", "GB": "en", "SY": "ar",
}  # fmt: skip


class Birth(NamedTuple):
    """The columns date_of_birth and age."""

    born: str
    age: str


def birth(human: Human, damage: str, as_of: date, rng: random.Random) -> Birth:
    """The date of birth or the age, with one damage of rates.py or none (an empty `damage`)."""
    born = human.born
    year, month, day = born.year, born.month, born.day
    if damage in ("age_guessed", "age_range", "age"):
        return _age(human, damage, as_of, rng)
    if damage == "digits_swapped":
        year, day = _digits(year, day, rng)
    elif damage == "month_wrong":
        month = month % 12 + 1 if rng.random() < 0.5 else (month - 2) % 12 + 1
    elif damage == "decade_wrong":
        year += 10 if year < 2000 and rng.random() < 0.5 else -10
    elif damage == "day_wrong":
        day = max(1, min(28, day + rng.choice((-2, -1, 1, 2))))
    elif damage == "day_and_month_swapped" and day <= 12:
        month, day = day, month
    elif damage == "first_of_month":
        day = 1
    day = min(day, monthrange(year, month)[1])
    written = {"month_only": f"{year}-{month:02d}", "year_only": f"{year}", "no_birth": ""}
    return Birth(written.get(damage, f"{year}-{month:02d}-{day:02d}"), "")


def _digits(year: int, day: int, rng: random.Random) -> tuple[int, int]:
    swapped = year // 100 * 100 + year % 10 * 10 + year // 10 % 10
    if swapped != year and 1930 <= swapped <= 2021 and rng.random() < 0.6:
        return swapped, day
    other = day % 10 * 10 + day // 10
    return year, other if 1 <= other <= 28 else day


def _age(human: Human, damage: str, as_of: date, rng: random.Random) -> Birth:
    age = as_of.year - human.born.year - ((as_of.month, as_of.day) < (human.born.month, human.born.day))
    if damage != "age":
        age = max(1, age + round(rng.gauss(0, max(1.0, age / 14))))
    if damage == "age_range":
        lower = max(0, age - rng.choice((2, 3, 5)))
        return Birth("", f"{lower}-{lower + rng.choice((5, 8, 10))}")
    return Birth("", str(age))


def other_country(human: Human, rng: random.Random) -> str:
    """A nationality taken for this one: of where the person was seen, or of a neighbour."""
    if human.place.country != human.country:
        return human.place.country
    return rng.choice([country for country in LANGUAGES if country != human.country])


def languages(human: Human, rng: random.Random) -> str:
    """The own language, for some with another."""
    own = LANGUAGES[human.country]
    return f"{own} {rng.choice(('ru', 'en'))}" if own not in ("ru", "en") and rng.random() < 0.4 else own
