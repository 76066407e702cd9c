"""Details: what an alert says of a person in 32 bits, to whoever shares a match key with it.

Each field is a small class, not a value: the sound of a surname is one of fifteen classes, a day of the month
one of three. By what classes are dealt is in `dealing`: the same for every alert, so that however often a
person is told of, nothing adds up.
Somebody with the same person agrees in all of them; somebody with another disagrees in most; and a guesser
who holds a match key gains a few bits, never a value (docs/MATCH-KEYS 12).
"""

import hashlib
from dataclasses import dataclass, fields
from enum import IntEnum

from services.intake.domain.matchkey_facts import columns, of_case
from services.intake.domain.names import skeleton
from services.intake.domain.person import Person

_LABEL = b"myosotis-details-2"
BITS = {
    "born": 2,
    "year": 4,
    "month": 2,
    "day": 2,
    "given_sound": 4,
    "given_front": 3,
    "given_back": 2,
    "initial": 2,
    "family_sound": 4,
    "family_front": 3,
    "family_back": 2,
    "place": 2,
}
"""The fields from the highest bit to the lowest; 32 bits in all."""
BYTES = 4
PART_LETTERS = 4
YEARS = 1 << BITS["year"]
"""Years are told by their remainder by 16."""


class Born(IntEnum):
    """How much is known of the birth."""

    UNKNOWN = 0
    ESTIMATED = 1
    YEAR = 2
    """The year; month and day unknown, or 1 January, which forms fill in."""
    DATE = 3


@dataclass(frozen=True, slots=True, repr=False)
class Details:
    """One number for each field; 0 is unknown. `year` is the year's remainder by 16 and needs `born`."""

    born: int
    year: int
    month: int
    day: int
    given_sound: int
    given_front: int
    given_back: int
    initial: int
    family_sound: int
    family_front: int
    family_back: int
    place: int

    def pack(self) -> bytes:
        """The four bytes, big-endian."""
        number = 0
        for name, bits in BITS.items():
            number = number << bits | getattr(self, name)
        return number.to_bytes(BYTES, "big")

    @classmethod
    def unpack(cls, data: bytes) -> "Details":
        """The inverse of `pack`; every four bytes mean something. Raises ValueError on another length."""
        if len(data) != BYTES:
            raise ValueError(f"Details have {BYTES} bytes.")
        number, values = int.from_bytes(data, "big"), {}
        for name in reversed(BITS):
            values[name] = number & (1 << BITS[name]) - 1
            number >>= BITS[name]
        return cls(**values)


if tuple(BITS) != tuple(field.name for field in fields(Details)):
    raise AssertionError("the fields of Details stand in the order of BITS")


def of_person(person: Person, dealt: bytes) -> Details:
    """What an alert says of its person; the place only if it may be told (rule 3)."""
    facts, classes = of_case(person), Classes(dealt)
    given, family = map(first, columns(person))
    born, year, month, day = birth(person)
    return Details(
        born=born,
        year=year % YEARS,
        month=classes.number("month", month),
        day=classes.number("day", day),
        given_sound=classes.of("given_sound", first(facts.given)),
        given_front=classes.of("given_front", front(given)),
        given_back=classes.of("given_back", back(given)),
        initial=classes.of("initial", first(facts.initials)),
        family_sound=classes.of("family_sound", first(facts.family)),
        family_front=classes.of("family_front", front(family)),
        family_back=classes.of("family_back", back(family)),
        place=0 if person.location_protected else classes.of("place", facts.place),
    )


class Classes:
    """Deals values into classes."""

    def __init__(self, dealt: bytes) -> None:
        self._dealt = dealt

    def of(self, field: str, value: str) -> int:
        """The class of a value, from 1; 0 for the empty value. Names share their classes, whichever name."""
        if not value:
            return 0
        label = _SHARED.get(field, field)
        text = b"|".join((_LABEL, self._dealt, label.encode("ascii"), value.encode("ascii")))
        count = (1 << BITS[field]) - 1
        return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") % count + 1

    def number(self, field: str, value: int) -> int:
        """The class of a day or month, from 1; 0 for 0. They share their classes: people swap them."""
        return self.of(field, str(value)) if value else 0


_SHARED = {
    "given_sound": "sound",
    "family_sound": "sound",
    "given_front": "front",
    "family_front": "front",
    "given_back": "back",
    "family_back": "back",
    "month": "number",
    "day": "number",
}
"""Fields whose values may stand in each other's place."""


def birth(person: Person) -> tuple[Born, int, int, int]:
    """How much is known, the (middle) year, month and day; 0 for what is not."""
    years, known = person.birth_years(), person.known_birth_date
    if years is None:
        return Born.UNKNOWN, 0, 0, 0
    year = sum(years) // 2
    if known is None:
        return Born.ESTIMATED, year, 0, 0
    if not known.is_full or (known.month, known.day) == (1, 1):
        return Born.YEAR, year, 0, 0
    return Born.DATE, year, known.month or 0, known.day or 0


def front(word: str) -> str:
    """The first letters of a word as it is spelled; nothing of a single letter."""
    return skeleton.spelling(word)[:PART_LETTERS] if len(word) > 1 else ""


def back(word: str) -> str:
    """The last letters: in parts, so that a slip of the pen in one leaves the other as it is."""
    return skeleton.spelling(word)[-PART_LETTERS:] if len(word) > 1 else ""


def first(values: list[str]) -> str:
    """The first of a list, or nothing."""
    return values[0] if values else ""


__all__ = ["BITS", "BYTES", "Born", "Classes", "Details", "birth", "first", "of_person"]
