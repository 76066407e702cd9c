"""How values are written for the reader: times, coded values, and text that could play tricks."""

import re
from datetime import date, datetime, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from flask import Flask
from flask_babel import format_datetime, format_decimal, format_timedelta, get_locale, to_user_timezone
from markupsafe import Markup

from services.intake.desk.i18n import gettext
from services.intake.desk.words import LABELS
from shared.runtime.clock import from_wire

LANGUAGE_CHOICES = (
    *("ar", "be", "de", "en", "es", "et", "fa", "fr", "lt"),
    *("lv", "pl", "ro", "ru", "so", "ti", "tr", "uk", "vi"),
)
_TRICKS = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_PLAIN_LISTS = {"sex": "sex", "eye_colour": "eye_colour", "hair_colour": "hair_colour", "height": "height"}


def add_to(app: Flask) -> None:
    """Give the templates these functions, and mark invisible characters wherever a value is written."""
    app.jinja_env.finalize = shown
    app.jinja_env.globals.update(
        coded=coded,
        countries=countries,
        country=country,
        language_choices=language_choices,
        language_name=language_name,
        moment=moment,
        moment_of=from_wire,
        day=day,
        colon=colon,
        file_size=file_size,
        ago=ago,
    )


def shown(value: object) -> object:
    """Invisible and direction-changing characters become a visible mark (case 48)."""
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _TRICKS.sub("\ufffd", value)
    return value


def moment(value: datetime | None) -> str:
    """'2026-11-21 23:40', in the organisation's time zone: dates look the same everywhere and as typed."""
    return str(format_datetime(value, "yyyy-MM-dd HH:mm")) if value is not None else ""


def moment_from(value: datetime, now: datetime) -> str:
    """The time of day alone for today, with the day for any other."""
    return clock_time(value) if day(value) == day(now) else moment(value)


def colon() -> str:
    """What stands before a list or a value; French writes a space before it that does not break."""
    return "\u00a0:" if _locale().language == "fr" else ":"


def semicolon() -> str:
    """What stands between the parts of a list whose parts have commas."""
    return "\u00a0; " if _locale().language == "fr" else "; "


def number(value: int) -> str:
    """9,000 as the reader writes it, on one line."""
    return str(format_decimal(value)).replace(" ", "\u00a0")


def ago(since: datetime, now: datetime) -> str:
    """'3 hours ago', in the largest unit that fits; nothing is younger than a minute."""
    past = -max(60.0, (now - since).total_seconds())
    return str(
        format_timedelta(timedelta(seconds=past), granularity="minute", threshold=1, add_direction=True)
    )


def file_size(size: int) -> str:
    """'340 KB' or '2.4 MB', as the reader writes numbers; French counts octets."""
    unit = "o" if _locale().language == "fr" else "B"
    if size < 1_000_000:
        return f"{number(max(1, round(size / 1000)))}\u00a0K{unit}"
    return f"{format_decimal(round(size / 1_000_000, 1))}\u00a0M{unit}"


def clock_time(value: datetime) -> str:
    """'02:14', in the organisation's time zone."""
    return str(to_user_timezone(value).strftime("%H:%M"))


def day(value: datetime | None) -> str:
    """'2026-11-21', in the organisation's time zone."""
    return str(to_user_timezone(value).date().isoformat()) if value is not None else ""


def coded(field: str, value: object) -> str:
    """One coded value of a description, in words. A value that no list knows is written as it is."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(coded(field, one) for one in value)
    text = str(value)
    if field in _PLAIN_LISTS:
        word = LABELS[_PLAIN_LISTS[field]].get(text)
        return gettext(word) if word else text
    if field == "birth_decade":
        return f"{text}–{int(text) + 9}" if text.isdecimal() else text
    writers = {"languages": language_name, "marks": mark, "nationality": country, "region": region}
    if field == "last_seen":
        return month(text)
    return writers[field](text) if field in writers else text


def mark(text: str) -> str:
    """'tattoo:forearm_left', also with a dot as reasons write it, as 'tattoo (left forearm)'."""
    kind, _, place = text.replace(".", ":").partition(":")
    kind_word, place_word = LABELS["mark_kind"].get(kind), LABELS["mark_place"].get(place)
    if kind_word is None or place_word is None:
        return text
    return f"{gettext(kind_word)} ({gettext(place_word)})"


def country(code: str) -> str:
    """The country's name."""
    return str(_locale().territories.get(code.upper(), code.upper()))


def region(code: str) -> str:
    """'Lithuania (LT-VL)', or the country alone."""
    name = country(code[:2])
    return name if len(code) == 2 else f"{name} ({code.upper()})"


def language_name(code: str) -> str:
    """The language's name."""
    return str(_locale().languages.get(code, code))


def month(text: str) -> str:
    """'2026-05' as 'May 2026'."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if found is None or not 1 <= int(found[2]) <= 12:
        return text
    return format_skeleton("yMMMM", date(int(found[1]), int(found[2]), 1), locale=_locale())


def countries() -> list[tuple[str, str]]:
    """Codes and names of all countries, by name."""
    named = [
        (code, str(name)) for code, name in _locale().territories.items() if re.fullmatch("[A-Z]{2}", code)
    ]
    return sorted(
        (one for one in named if one[0] not in ("ZZ", "EU", "EZ", "UN", "XA", "XB", "QO")), key=_by_name
    )


def language_choices(chosen: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Languages to tick: those often met, and those that the person has already."""
    codes = sorted({*LANGUAGE_CHOICES, *chosen})
    return sorted(((code, language_name(code)) for code in codes), key=_by_name)


def _by_name(one: tuple[str, str]) -> str:
    return one[1].casefold()


def _locale() -> Locale:
    try:
        return get_locale() or Locale("en")
    except UnknownLocaleError:
        return Locale("en")
