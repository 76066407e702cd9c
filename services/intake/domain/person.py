"""A person, as a form or a CSV row describes them (PFIF 1.4 words). Never shown by `repr`."""

import re
from dataclasses import dataclass, field
from datetime import date

from services.intake.domain.codes import EyeColour, HairColour, MarkKind, MarkPlace, Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.errors import DomainError
from services.intake.domain.places import region_of

MAX_NAME = 200
"""Characters in one name. Longer text is a mistake in the table, not a name."""
MAX_PLACE = 200
MAX_ALTERNATES = 10
MAX_LANGUAGES = 8
MAX_MARKS = 12

_AGE = re.compile(r"(\d{1,3})(?:\s*-\s*(\d{1,3}))?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class BadPerson(DomainError):
    """Something about the person does not fit; the message names the field."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name
        """Name of the field, for the form; the value is never kept."""


@dataclass(frozen=True, slots=True)
class Age:
    """An age in whole years, or a range of ages, both ends included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 120:
            raise BadPerson("age", "An age is 0 to 120 years; a range is written 30-40.")

    @classmethod
    def parse(cls, text: str) -> "Age":
        """Read `34` or `30-40`; raises BadPerson."""
        shape = _AGE.fullmatch(text.strip())
        if shape is None:
            raise BadPerson("age", "Write an age in whole years, 34, or a range, 30-40.")
        low = int(shape[1])
        return cls(low, int(shape[2]) if shape[2] else low)

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


@dataclass(frozen=True, slots=True, repr=False)
class LastSeen:
    """When and where somebody was last seen. Region: ISO 3166, `LT` or `LT-VL`."""

    date: PartialDate | None = None
    place: str = ""
    region: str | None = None

    def __post_init__(self) -> None:
        if len(self.place) > MAX_PLACE:
            raise BadPerson("last_seen_place", f"A place has at most {MAX_PLACE} characters; shorten it.")
        if self.region is not None and not _REGION.fullmatch(self.region):
            raise BadPerson("last_seen_region", "A region is written as its ISO 3166 code, LT or LT-VL.")

    @classmethod
    def at(cls, place: str, when: PartialDate | None = None) -> "LastSeen":
        """Fill in the region of a place that the table of cities knows."""
        return cls(date=when, place=place.strip(), region=region_of(place))

    def __repr__(self) -> str:
        return "<LastSeen>"


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What is known about one person. Empty text, None and () mean unknown."""

    given_name: str = ""
    family_name: str = ""
    alternate_names: tuple[str, ...] = ()
    """Other names in use: one word, or a given and a family name."""
    sex: Sex | None = None
    date_of_birth: PartialDate | None = None
    age: Age | None = None
    age_as_of: date | None = None
    """The day on which the age was right; needed with an age."""
    nationality: str | None = None
    """ISO 3166 alpha-2."""
    languages: tuple[str, ...] = ()
    """ISO 639, lower case."""
    height_cm: int | None = None
    eye_colour: EyeColour | None = None
    hair_colour: HairColour | None = None
    marks: tuple[str, ...] = ()
    """Coded `kind:place`."""
    last_seen: LastSeen = field(default_factory=LastSeen)
    protect_location: bool | None = None
    """None is unknown, and unknown counts as true (rule 3)."""

    def __post_init__(self) -> None:
        _check_names(self)
        if (self.age is None) != (self.age_as_of is None):
            raise BadPerson("age", "An age needs the day on which it was right, and that day needs an age.")
        if self.nationality is not None and not _COUNTRY.fullmatch(self.nationality):
            raise BadPerson("nationality", "Write the nationality as a country code of two letters, LT.")
        if self.height_cm is not None and not 20 <= self.height_cm <= 250:
            raise BadPerson("height_cm", "A height is 20 to 250 centimetres; 1.75 m is written 175.")
        if len(self.languages) > MAX_LANGUAGES or not all(map(_LANGUAGE.fullmatch, self.languages)):
            raise BadPerson("languages", f"Write at most {MAX_LANGUAGES} languages as codes: lt ru en.")
        if len(self.marks) > MAX_MARKS or not all(map(is_mark, self.marks)):
            raise BadPerson("marks", f"Write at most {MAX_MARKS} marks as kind:place, tattoo:forearm_left.")

    @property
    def location_protected(self) -> bool:
        """True unless somebody recorded that the place may be told."""
        return self.protect_location is not False

    @property
    def known_birth_date(self) -> PartialDate | None:
        """The date of birth, unless it is a form's filler."""
        born = self.date_of_birth
        return None if born is None or born.is_filler else born

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of what the desk should point out."""
        filler = self.date_of_birth is not None and self.date_of_birth.is_filler
        return ("birth_date_is_filler",) if filler else ()

    def birth_years(self) -> tuple[int, int] | None:
        """First and last possible year of birth, from the date or else the age."""
        if born := self.known_birth_date:
            return born.year, born.year
        if self.age is None or self.age_as_of is None:
            return None
        return self.age_as_of.year - self.age.high - 1, self.age_as_of.year - self.age.low

    def __repr__(self) -> str:
        return "<Person>"  # a name must not reach a traceback or a log


def is_mark(text: str) -> bool:
    """Whether this is a coded mark, `kind:place` from the two lists."""
    kind, _, place = text.partition(":")
    return kind in MarkKind.__members__.values() and place in MarkPlace.__members__.values()


def check_together(person: Person) -> None:
    """What each fits and together cannot be; raises BadPerson. Asked when somebody enters it.

    Not part of Person: what was stored before this was asked has to stay readable.
    """
    born, seen = person.known_birth_date, person.last_seen.date
    if born is None:
        return
    if seen is not None and seen.last_day() < born.first_day():
        raise BadPerson("last_seen_date", "This is before the date of birth; correct one of the two dates.")
    if person.age is None or person.age_as_of is None:
        return
    youngest = _years(born.last_day(), person.age_as_of)
    oldest = _years(born.first_day(), person.age_as_of)
    if person.age.high < youngest or person.age.low > oldest:
        raise BadPerson("age", "The age does not fit the date of birth; clear the age or correct the date.")


def _years(born: date, on: date) -> int:
    """Whole years between two days."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _check_names(person: Person) -> None:
    named = [("given_name", person.given_name), ("family_name", person.family_name)]
    named += [("alternate_names", name) for name in person.alternate_names]
    for field_name, name in named:
        if len(name) > MAX_NAME:
            raise BadPerson(field_name, f"A name has at most {MAX_NAME} characters; shorten it.")
        if any(not character.isprintable() for character in name):
            raise BadPerson(field_name, "A name contains an invisible or control character; type it anew.")
    if len(person.alternate_names) > MAX_ALTERNATES:
        raise BadPerson("alternate_names", f"Keep at most {MAX_ALTERNATES} other names.")
