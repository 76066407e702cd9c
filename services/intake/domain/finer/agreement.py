"""Levels of agreement of an alert's details with an own person: all that leaves intake of a comparison."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.intake.domain.finer import details
from services.intake.domain.finer.details import Born, Classes, Details
from services.intake.domain.matchkey_facts import READINGS_PER_WORD, columns, place_of
from services.intake.domain.names import skeleton
from services.intake.domain.person import Person

_REACH_OF_AGE = 5
"""An estimated age is seldom further off."""


class Name(StrEnum):
    """How one name agrees."""

    SAME = "same"
    """Both ends letter by letter, after transliteration."""
    PART = "part"
    """The same sound, and one end letter by letter."""
    SOUND = "sound"
    """The same sound, stem or full form of a nickname."""
    CLOSE = "close"
    """Another sound, but one end letter by letter: a slip of the pen, or chance."""
    INITIAL = "initial"
    """One side has only an initial, and it fits."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Birth(StrEnum):
    """How the births agree."""

    SAME = "same"
    SWAPPED = "swapped"
    """Day and month stand in each other's place."""
    ONE_PART = "one_part"
    """Two of day, month and year agree."""
    YEAR = "year"
    """One side has no day: the years are at most one apart, or two if an age was estimated."""
    NEAR = "near"
    """Without a day, a little further apart; with one, at most a year apart in spite of another day."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Place(StrEnum):
    """How the places agree."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one own person and an alert's details have in common."""

    given: Name
    family: Name
    swapped: bool
    """Given and family name stand in each other's column."""
    birth: Birth
    place: Place

    def to_plain(self) -> dict[str, str | bool]:
        """As it travels to matching."""
        return {
            "given": self.given.value,
            "family": self.family.value,
            "swapped": self.swapped,
            "birth": self.birth.value,
            "place": self.place.value,
        }


def compare(person: Person, told: Details, dealt: bytes) -> Agreement:
    """Compare an own person with what an alert's details tell; every reading of the own names is tried."""
    classes = Classes(dealt)
    first, second = columns(person)
    given, family = _Own.of(first, given=True), _Own.of(second, given=False)
    for alternate in person.alternate_names:
        *front, last = skeleton.words(alternate) or [""]
        given = given.plus(_Own.of(front or [last], given=True))
        family = family.plus(_Own.of([last], given=False))
    straight = _names(given, family, told, classes)
    crossed = _names(family, given, told, classes)
    swapped = _rank(crossed) > _rank(straight) and not {Name.DIFFERENT, Name.CLOSE} & set(crossed)
    on_given, on_family = crossed if swapped else straight
    return Agreement(
        on_given, on_family, swapped, _birth(person, told, classes), _place(person, told, classes)
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Own:
    """All forms of one own name."""

    fronts: frozenset[str]
    backs: frozenset[str]
    sounds: frozenset[str]
    initials: frozenset[str]
    only_initial: bool

    @classmethod
    def of(cls, words: list[str], *, given: bool) -> "_Own":
        whole = [word for word in words if len(word) > 1]
        return cls(
            frozenset(map(details.front, whole)),
            frozenset(map(details.back, whole)),
            frozenset(r for word in whole for r in skeleton.readings(word, READINGS_PER_WORD, given=given)),
            frozenset(filter(None, map(skeleton.initial, words))),
            bool(words) and not whole,
        )

    def plus(self, other: "_Own") -> "_Own":
        return _Own(
            self.fronts | other.fronts,
            self.backs | other.backs,
            self.sounds | other.sounds,
            self.initials | other.initials,
            self.only_initial and other.only_initial,
        )


def _names(given: _Own, family: _Own, told: Details, classes: Classes) -> tuple[Name, Name]:
    return (
        _name(given, (told.given_front, told.given_back), told.given_sound, told.initial, classes),
        _name(family, (told.family_front, told.family_back), told.family_sound, 0, classes),
    )


def _name(own: _Own, ends: tuple[int, int], sound: int, initial: int, classes: Classes) -> Name:
    if own.sounds and sound:
        same_ends = sum(
            end != 0 and end in _classes(forms, field, classes)
            for end, forms, field in zip(
                ends, (own.fronts, own.backs), ("given_front", "given_back"), strict=True
            )
        )
        if sound in _classes(own.sounds, "given_sound", classes):
            return (Name.SOUND, Name.PART, Name.SAME)[same_ends]
        return Name.CLOSE if same_ends else Name.DIFFERENT
    if initial and own.initials and (own.only_initial or not sound):
        fits = initial in _classes(own.initials, "initial", classes)
        return Name.INITIAL if fits else Name.DIFFERENT
    return Name.UNKNOWN


def _classes(values: Iterable[str], field: str, classes: Classes) -> set[int]:
    return {classes.of(field, value) for value in values}


def _rank(names: tuple[Name, Name]) -> int:
    value = {Name.SAME: 4, Name.PART: 3, Name.SOUND: 2, Name.INITIAL: 1, Name.UNKNOWN: 0, Name.CLOSE: -1}
    return sum(value.get(name, -2) for name in names)


def _birth(person: Person, told: Details, classes: Classes) -> Birth:
    born, year, month, day = details.birth(person)
    if not born or not told.born:
        return Birth.UNKNOWN
    apart = (year - told.year) % details.YEARS
    apart = min(apart, details.YEARS - apart)  # told by the remainder: the shorter way round
    if born is not Born.DATE or told.born != Born.DATE:
        estimated = Born.ESTIMATED in (born, told.born)
        if apart <= (2 if estimated else 1):
            return Birth.YEAR
        return Birth.NEAR if apart <= (_REACH_OF_AGE if estimated else 2) else Birth.DIFFERENT
    own = classes.number("month", month), classes.number("day", day)
    if apart == 0 and own == (told.month, told.day):
        return Birth.SAME
    if apart == 0 and own == (told.day, told.month):
        return Birth.SWAPPED
    if (apart == 0) + (own[0] == told.month) + (own[1] == told.day) == 2:
        return Birth.ONE_PART
    return Birth.NEAR if apart <= 1 else Birth.DIFFERENT


def _place(person: Person, told: Details, classes: Classes) -> Place:
    own = classes.of("place", place_of(person))
    if not own or not told.place:
        return Place.UNKNOWN
    return Place.SAME if own == told.place else Place.DIFFERENT
