"""Latin names into Russian letters, by the spelling of the language they are from: lists/tocyrillic.txt."""

import re
from functools import cache

from bench.matching.generator.names import LISTS

_SOFT = {"йа": "я", "йе": "е", "йо": "ё", "йу": "ю", "йи": "и"}


@cache
def _rules(country: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    lines = [line.split() for line in (LISTS / "tocyrillic.txt").read_text(encoding="utf-8").splitlines()]
    rules = [rule for land in (country, "ALL") for line in lines if line[0] == land for rule in line[1:]]
    pairs = (rule.partition("=") for rule in rules)
    return tuple((re.compile(sound), letters) for sound, _, letters in pairs)


def russian(name: str, country: str) -> str:
    """A Latin name in Russian letters."""
    return "-".join(_word(part, country) for part in name.split("-"))


def _word(name: str, country: str) -> str:
    text = name.lower()
    for sound, letters in _rules(country):
        text = sound.sub(letters, text)
    for pair, letter in _SOFT.items():
        text = text.replace(pair, letter)
    return text[:1].upper() + text[1:]
