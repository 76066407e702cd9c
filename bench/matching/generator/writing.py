"""In which letters a name is put down, and by whose rules: one style for both names of a record."""

import random
import unicodedata

from bench.matching.generator import cyrillic, others, tocyrillic
from bench.matching.generator.people import Place

LATIN, CYRILLIC, OTHER = (
    ("LT", "LV", "PL", "DE", "FR", "GB"),
    ("RU", "UA", "BY", "BG"),
    ("GE", "AM", "GR", "SY"),
)
_PLAIN = str.maketrans("łŁđøßıŁ", "lLdosiL")


def fold(name: str) -> str:
    """Latin letters without their marks."""
    parts = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFC", "".join(p for p in parts if not unicodedata.combining(p))).translate(
        _PLAIN
    )


def styles(country: str) -> tuple[dict[str, int], dict[str, int]]:
    """Ways to write a name of a country: those in its own letters, those in others; how often, as weights."""
    if country in LATIN:
        return {"own": 8, "ascii": 2}, {"russian": 7, "ukrainian": 2, "greek": 1, "georgian": 1}
    if country in CYRILLIC:
        own = {"own": 10} if country == "RU" else {"own": 7, "russian": 3}
        rare = {"french": 1, "spanish": 1, "turkish": 1, "hungarian": 1}
        return own, {
            "passport": 6,
            "english": 4,
            "german": 3,
            "polish": 2,
            "baltic": 3,
            "lithuanian": 2,
            **rare,
        }
    return {"own": 1}, {"latin": 3, "russian": 1}


def write(name: str, country: str, style: str, female: bool, rng: random.Random) -> str:
    """A name in one style."""
    if style == "own":
        return name
    if style == "ascii":
        return fold(name)
    if country in LATIN:
        russian = tocyrillic.russian(name, country)
        made = {
            "russian": lambda: russian,
            "ukrainian": lambda: cyrillic.ukrainian(russian),
            "greek": lambda: others.greek(fold(name)),
            "georgian": lambda: others.georgian(russian),
        }
        return made[style]()
    if country in OTHER:
        return others.latin(name, country, rng) if style == "latin" else others.russian(name, country, rng)
    if style == "russian":
        return cyrillic.russian(name, country)
    text = cyrillic.latin(name, country, "baltic" if style == "lithuanian" else style)
    if style == "lithuanian" and not female:
        text += {"j": "us", "v": "as", "n": "as", "r": "as"}.get(text[-1], "")
    return text


def place(town: Place, style: str, rng: random.Random) -> str:
    """A town, roughly in the letters of the names; a third of the time by another of its spellings."""
    if rng.random() < 0.33:
        return rng.choice(town.others)
    if style in ("russian", "ukrainian"):
        return town.russian
    if style == "own" or town.country in LATIN:
        return town.own
    return town.others[0]
