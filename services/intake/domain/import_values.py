"""One cell of an import table to one value. `BadCell` says in a sentence what to do about it."""

import re
from datetime import date
from enum import StrEnum
from typing import TypeVar

from services.intake.domain.codes import CaseKind, Category, EyeColour, HairColour, Sex
from services.intake.domain.dates import BadDate, PartialDate
from services.intake.domain.person import MAX_NAME, Age, BadPerson, is_mark

MAX_CELL = 2000
_FORMULA = re.compile(r"[=@]|[+-]\s*[\w(]")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})\.?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}", re.ASCII)
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
_SEPARATOR = re.compile(r"[\s,;|/]+")

_SEX = {"f": "female", "m": "male", "moteris": "female", "vyras": "male", "femme": "female", "homme": "male"}
_COLOUR = {"gray": "grey", "blonde": "blond", "hazel": "brown", "bald": "none"}
_YES = frozenset({"true", "yes", "1", "taip", "oui"})
_NO = frozenset({"false", "no", "0", "ne", "non"})


class BadCell(Exception):
    """A cell of the table does not fit its column."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        """What to do; never repeats the value."""


def check_cell(value: str) -> None:
    """Refuse formulas and texts that are too long for any column, before anything reads them."""
    if len(value) > MAX_CELL:
        raise BadCell(f"The cell has more than {MAX_CELL} characters; check for shifted columns.")
    if _FORMULA.match(value):
        raise BadCell("The cell begins like a formula; write the value itself.")


def name(value: str) -> str:
    """A name of at most 200 printable characters."""
    if len(value) > MAX_NAME:
        raise BadCell(f"A name has at most {MAX_NAME} characters; check that the columns are not shifted.")
    value = value.replace("\u00a0", " ")  # spreadsheets like it; nobody types it
    if not value.isprintable():
        raise BadCell("The name contains an invisible or control character; type it anew.")
    return value


def names(value: str) -> tuple[str, ...]:
    """Several names, parted by | or ;."""
    return tuple(name(part.strip()) for part in re.split(r"[|;]", value) if part.strip())


def a_date(value: str, today: date) -> PartialDate:
    """ISO, year first with dots or slashes, day first with a year of four digits. Never a guess."""
    text = _MIDNIGHT.sub("", value)  # a date cell of a spreadsheet
    if _SHORT_YEAR.fullmatch(text):
        raise BadCell("A year of two digits can be read in several ways; write the date as 1990-05-15.")
    if found := _YEAR_FIRST.fullmatch(text):
        text = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    elif found := _YEAR_LAST.fullmatch(text):
        day, month = int(found[1]), int(found[3])
        if found[2] != "." and day <= 12 and month != day:
            raise BadCell("Day and month can be read in two ways; write the date as 1990-05-15.")
        text = f"{found[4]}-{month:02d}-{day:02d}"
    try:
        return PartialDate.parse(text, today)
    except BadDate as error:
        raise BadCell(str(error)) from None


def age(value: str) -> Age:
    """`34` or `30-40`."""
    try:
        return Age.parse(value)
    except BadPerson as error:
        raise BadCell(str(error)) from None


C = TypeVar("C", bound=StrEnum)


def code(codes: type[C], value: str, spellings: dict[str, str] | None = None) -> C:
    """One of a list, in any case, also by a known other spelling."""
    plain = value.strip().casefold().replace(" ", "_")
    try:
        return codes((spellings or {}).get(plain, plain))
    except ValueError:
        raise BadCell(f"Choose one of: {', '.join(codes)}.") from None


def sex(value: str) -> Sex:
    """female, male, other; F and M."""
    return code(Sex, value, _SEX)


def kind(value: str) -> CaseKind:
    """missing, found, unidentified."""
    return code(CaseKind, value)


def category(value: str) -> Category:
    """A kind of missing child, or adult."""
    return code(Category, value)


def eye_colour(value: str) -> EyeColour:
    """Colour of the eyes."""
    return code(EyeColour, value, _COLOUR)


def hair_colour(value: str) -> HairColour:
    """Colour of the hair."""
    return code(HairColour, value, _COLOUR)


def nationality(value: str) -> str:
    """ISO 3166 alpha-2."""
    if not re.fullmatch(r"[A-Za-z]{2}", value):
        raise BadCell("Write the nationality as a country code of two letters, LT.")
    return value.upper()


def languages(value: str) -> tuple[str, ...]:
    """ISO 639 codes, parted by spaces or commas."""
    codes = tuple(dict.fromkeys(filter(None, _SEPARATOR.split(value.casefold()))))
    if len(codes) > 8 or not all(re.fullmatch(r"[a-z]{2,3}", one) for one in codes):
        raise BadCell("Write at most 8 languages as codes with spaces between them: lt ru en.")
    return codes


def height_cm(value: str) -> int:
    """Whole centimetres, 20 to 250."""
    text = value.casefold().removesuffix("cm").strip()
    if not re.fullmatch(r"\d{2,3}", text, re.ASCII) or not 20 <= int(text) <= 250:
        raise BadCell("Write the height in whole centimetres, 20 to 250; 1.75 m is written 175.")
    return int(text)


def marks(value: str) -> tuple[str, ...]:
    """Coded marks `kind:place`, parted by spaces or commas."""
    coded = tuple(dict.fromkeys(filter(None, _SEPARATOR.split(value.casefold()))))
    if len(coded) > 12 or not all(map(is_mark, coded)):
        raise BadCell("Write at most 12 marks as kind:place, tattoo:forearm_left, with spaces between them.")
    return coded


def yes_no(value: str) -> bool | None:
    """yes, no, or unknown as None."""
    plain = value.casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    if plain in ("unknown", "?"):
        return None
    raise BadCell("Write yes, no or unknown.")
