"""One cell of an import table to one value. `BadCell` says in a sentence what to do about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from services.intake.domain import import_words
from services.intake.domain.codes import CaseKind, Category, EyeColour, HairColour, Sex
from services.intake.domain.dates import BadDate, PartialDate
from services.intake.domain.import_columns import fold
from services.intake.domain.person import MAX_NAME, Age, BadPerson, is_mark

MAX_CELL = 2000
_FORMULA = re.compile(r"[=@]|[+-]\s*[\w(]")
_SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|####*)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})\.?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2})", re.ASCII)
_DAY_NUMBER = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_TIME = re.compile(r"[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$", re.ASCII)
_METRES = re.compile(r"([12])[.,](\d{1,2})(?:\s*m)?", re.ASCII)
_SEPARATOR = re.compile(r"[\s,;|/]+")
_DAY_ZERO = date(1899, 12, 30)
"""Of a spreadsheet: its day 61 is 1900-03-01. Before that, two programs count differently."""
_FIRST_SURE_DAY = 61


class BadCell(Exception):
    """A cell of the table does not fit its column."""

    def __init__(self, message: str, repair: str = "", proposal: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What to do; never repeats the value."""
        self.repair = repair
        """The kind of repair, a key of the desk's list; empty when a person has to look."""
        self.proposal = proposal
        """What could stand there instead; an empty text is an empty cell. None: nothing is proposed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What has to be known to read the cells of one table."""

    today: date
    day_order: str = ""
    letters_are_lithuanian: bool = False
    """In the column of the sex stands a V somewhere: then M is not "male" but "moteris"."""


def check_cell(value: str, *, may_be_unknown: bool = False) -> None:
    """Refuse what fits no column, before anything reads it: formulas, too long texts, a dash for nothing.

    In a name such a sign is left as it stands: the match keys know what stands for no name. Of a date its own
    reader says it.
    """
    if len(value) > MAX_CELL:
        raise BadCell(f"The cell has more than {MAX_CELL} characters; check for shifted columns.")
    if _SPREADSHEET_ERROR.fullmatch(value):
        raise BadCell("The cell holds an error of the spreadsheet; write the value itself.", "empty", "")
    if not may_be_unknown and value.casefold() in import_words.NOT_KNOWN:
        raise BadCell("What is not known is left empty.", "empty", "")
    if _FORMULA.match(value):
        raise BadCell("The cell begins like a formula; write the value itself.")
    if value.startswith("'"):
        bare = value.lstrip("'").strip()
        if _FORMULA.match(bare):
            raise BadCell("The cell begins like a formula; write the value itself.")
        raise BadCell("The cell begins with an apostrophe; take it away.", "apostrophe", bare)


def name(value: str) -> str:
    """A name of at most 200 printable characters."""
    if len(value) > MAX_NAME:
        raise BadCell(f"A name has at most {MAX_NAME} characters; check that the columns are not shifted.")
    value = value.replace("\u00a0", " ")  # spreadsheets like it; nobody types it
    if not value.isprintable():
        seen = " ".join("".join(one if one.isprintable() else " " for one in value).split())
        message = "The name contains an invisible or control character; type it anew."
        raise BadCell(message, "invisible", seen or None)
    return value


def names(value: str) -> tuple[str, ...]:
    """Several names, parted by | or ;."""
    return tuple(name(part.strip()) for part in re.split(r"[|;]", value) if part.strip())


def a_date(value: str, reading: Reading, *, of_birth: bool = False) -> PartialDate:
    """ISO, year first with dots or slashes, day first with a year of four digits. Never a guess.

    With an order of day, month and year that somebody named, 04/05/1990 is read as well; a year of two digits
    is still only proposed.
    """
    text = _TIME.sub("", value)  # a date cell of a spreadsheet
    if _SHORT_YEAR.fullmatch(text):
        message = "A year of two digits can be read in several ways; write the date as 1990-05-15."
        raise BadCell(message, "short_year", _whole_year(text, reading, of_birth))
    if _DAY_NUMBER.fullmatch(text) and float(text) >= _FIRST_SURE_DAY:
        day = _DAY_ZERO + timedelta(days=int(float(text)))
        message = "This is the number of a day as spreadsheets count; write the date as 1990-05-15."
        raise BadCell(message, "day_number", day.isoformat() if day <= reading.today else None)
    if found := _YEAR_FIRST.fullmatch(text):
        text = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    elif found := _YEAR_LAST.fullmatch(text):
        day_, month = int(found[1]), int(found[3])
        if found[2] != "." and day_ <= 12 and month <= 12 and month != day_:
            if reading.day_order not in ("dmy", "mdy"):
                message = "Day and month can be read in two ways; write the date as 1990-05-15."
                raise BadCell(message, "day_order")
            if reading.day_order == "mdy":
                day_, month = month, day_
        elif month > 12 and reading.day_order == "mdy":
            day_, month = month, day_
        text = f"{found[4]}-{month:02d}-{day_:02d}"
    try:
        return PartialDate.parse(text, reading.today)
    except BadDate as error:
        unknown = value.casefold() in import_words.NOT_KNOWN
        raise BadCell(str(error), "empty" if unknown else "", "" if unknown else None) from None


def _whole_year(text: str, reading: Reading, of_birth: bool) -> str | None:
    """The only plausible date with this short year: nobody is 100, and nothing lies in the future."""
    numbers = [int(part) for part in re.split(r"[./-]", text)]
    if reading.day_order not in ("dmy", "mdy", "ymd"):
        return None
    parts = dict(zip(reading.day_order, numbers, strict=True))
    for century in (2000, 1900):
        try:
            day = date(century + parts["y"], parts["m"], parts["d"])
        except ValueError:
            continue
        if day <= reading.today and (of_birth or reading.today.year - day.year < 60):
            return day.isoformat()
    return None


def age(value: str) -> Age:
    """`34` or `30-40`."""
    try:
        return Age.parse(value)
    except BadPerson as error:
        raise BadCell(str(error)) from None


C = TypeVar("C", bound=StrEnum)


def code(codes: type[C], value: str, spellings: Mapping[str, str] | None = None) -> C:
    """One of a list, in any case, also by a known other spelling; a word close to one is proposed."""
    plain, known = fold(value), {one.value.replace("_", " "): one.value for one in codes}
    known |= spellings or {}
    if plain in known:
        return codes(known[plain])
    near = get_close_matches(plain, known, n=1, cutoff=0.8) if len(plain) > 3 else []
    message = f"Choose one of: {', '.join(codes)}."
    raise BadCell(message, "word" if near else "", known[near[0]] if near else None)


def sex(value: str, reading: Reading | None = None) -> Sex:
    """female, male, other; one letter; the words of four languages."""
    if reading and reading.letters_are_lithuanian and value.casefold() in ("m", "v"):
        message = "M and V are read as Lithuanian here; write female or male."
        raise BadCell(message, "letter", "female" if value.casefold() == "m" else "male")
    return code(Sex, value, import_words.SEX)


def kind(value: str) -> CaseKind:
    """missing, found, unidentified."""
    return code(CaseKind, value, import_words.KIND)


def category(value: str) -> Category:
    """A kind of missing child, or adult."""
    return code(Category, value, import_words.CATEGORY)


def eye_colour(value: str) -> EyeColour:
    """Colour of the eyes."""
    return code(EyeColour, value, import_words.EYES)


def hair_colour(value: str) -> HairColour:
    """Colour of the hair."""
    return code(HairColour, value, import_words.HAIR)


def nationality(value: str) -> str:
    """ISO 3166 alpha-2."""
    if not re.fullmatch(r"[A-Za-z]{2}", value):
        message = "Write the nationality as a country code of two letters, LT."
        raise BadCell(message, "code", import_words.COUNTRIES.get(fold(value)))
    return value.upper()


def languages(value: str) -> tuple[str, ...]:
    """ISO 639 codes, parted by spaces or commas."""
    codes = tuple(dict.fromkeys(filter(None, _SEPARATOR.split(value.casefold()))))
    if len(codes) > 8 or not all(re.fullmatch(r"[a-z]{2,3}", one) for one in codes):
        named = [import_words.LANGUAGES.get(fold(one), one) for one in codes]
        whole = len(named) <= 8 and all(re.fullmatch(r"[a-z]{2,3}", one) for one in named)
        message = "Write at most 8 languages as codes with spaces between them: lt ru en."
        raise BadCell(message, "code", " ".join(named) if whole else None)
    return codes


def height_cm(value: str) -> int:
    """Whole centimetres, 20 to 250."""
    text = value.casefold().removesuffix("cm").strip()
    if not re.fullmatch(r"\d{2,3}", text, re.ASCII) or not 20 <= int(text) <= 250:
        message = "Write the height in whole centimetres, 20 to 250; 1.75 m is written 175."
        metres = _METRES.fullmatch(text)
        proposal = f"{metres[1]}{metres[2]:0<2}" if metres else None
        raise BadCell(message, "metres", proposal)
    return int(text)


def marks(value: str) -> tuple[str, ...]:
    """Coded marks `kind:place`, parted by spaces or commas."""
    coded = tuple(dict.fromkeys(filter(None, _SEPARATOR.split(value.casefold()))))
    if len(coded) > 12 or not all(map(is_mark, coded)):
        raise BadCell("Write at most 12 marks as kind:place, tattoo:forearm_left, with spaces between them.")
    return coded


def yes_no(value: str) -> bool | None:
    """yes or no; what is not known is left empty, and counts as yes where a place is protected."""
    plain = fold(value)
    if plain in import_words.YES:
        return True
    if plain in import_words.NO:
        return False
    raise BadCell("Write yes, no or unknown.")
