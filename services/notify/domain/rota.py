"""The duty rota: who is told now. Hours are wall-clock hours where the person lives."""

import email.errors
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.headerregistry import Address
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_ZONE = "Europe/Vilnius"
LANGUAGES = ("lt", "en", "fr", "pl", "ru", "uk", "lv", "de")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})", re.ASCII)
_MIDNIGHT = time(0, 0)


class BadRota(ValueError):
    """This entry of the duty rota is not usable; the message says which part and how to write it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Hours on one weekday (0 is Monday). An end at or before the start lies on the next day."""

    weekday: int
    start: time
    end: time

    def covers(self, local: datetime) -> bool:
        """Whether this wall-clock moment lies in the span; the start counts, the end does not."""
        moment, overnight = local.time().replace(tzinfo=None), self.end <= self.start
        if local.weekday() == self.weekday:
            return moment >= self.start and (overnight or moment < self.end)
        return overnight and local.weekday() == (self.weekday + 1) % 7 and moment < self.end


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours of a week, such as 'mon-fri 08:00-17:00; sat 20:00-08:00'. No hours at all mean always."""

    spans: tuple[Span, ...] = ()
    text: str = ""

    @classmethod
    def parse(cls, text: str) -> "WeeklyHours":
        """Read the written form; '' and 'always' mean always. Raises BadRota."""
        text = " ".join(text.lower().split())
        if text in ("", "always"):
            return cls()
        spans = [span for part in text.split(";") for span in _spans(part.strip())]
        return cls(tuple(spans), text)

    def cover(self, local: datetime) -> bool:
        """Whether this wall-clock moment lies within the hours."""
        return not self.spans or any(span.covers(local) for span in self.spans)


@dataclass(frozen=True, slots=True)
class DutyPerson:
    """One member of staff on the rota. `name` is for colleagues and never enters a notice."""

    id: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    language: str = "lt"
    zone: str = DEFAULT_ZONE
    hours: WeeklyHours = WeeklyHours()
    begins: datetime | None = None
    """First moment of duty; None: no beginning."""
    ends: datetime | None = None
    """First moment after duty; None: no end."""
    active: bool = True

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise BadRota("the name is empty: give the name that colleagues know")
        _check_address(self.email)
        if self.language not in LANGUAGES:
            raise BadRota(f"the language must be one of {', '.join(LANGUAGES)}")
        _zone(self.zone)
        for moment in (self.begins, self.ends):
            if moment is not None and moment.tzinfo is None:
                raise BadRota("the beginning and the end of duty need a time zone")
        if self.begins is not None and self.ends is not None and self.begins >= self.ends:
            raise BadRota("duty must begin before it ends")

    def on_duty(self, now: datetime) -> bool:
        """Whether this person is to be told of what waits at this moment (an aware datetime)."""
        if not self.active:
            return False
        if self.begins is not None and now < self.begins:
            return False
        if self.ends is not None and now >= self.ends:
            return False
        return self.hours.cover(now.astimezone(UTC).astimezone(_zone(self.zone)))


def on_duty(people: Iterable[DutyPerson], now: datetime) -> list[DutyPerson]:
    """Those on duty now, in a stable order."""
    return sorted((person for person in people if person.on_duty(now)), key=lambda person: person.id)


def local_moment(text: str, zone: str) -> datetime:
    """Read '2026-11-21 20:00' as wall-clock time in `zone`, as UTC. Raises BadRota."""
    try:
        moment = datetime.strptime(text.strip() + " +0000", "%Y-%m-%d %H:%M %z")
    except ValueError:
        raise BadRota("a moment is written 2026-11-21 20:00") from None
    return moment.replace(tzinfo=_zone(zone)).astimezone(UTC)


def _spans(part: str) -> list[Span]:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise BadRota("hours are written like 'mon-fri 08:00-17:00; sat 20:00-08:00', or 'always'")
    first, last = found[1], found[2] or found[1]
    if first not in DAYS or last not in DAYS:
        raise BadRota(f"a day is one of {', '.join(DAYS)}")
    start, end = _time(found[3], found[4]), _time(found[5], found[6])
    count = (DAYS.index(last) - DAYS.index(first)) % 7 + 1
    if start == end and start != _MIDNIGHT:
        raise BadRota("hours that begin and end at the same time are empty; a whole day is 00:00-24:00")
    return [Span((DAYS.index(first) + step) % 7, start, end) for step in range(count)]


def _time(hours: str, minutes: str) -> time:
    if (hours, minutes) == ("24", "00"):
        return _MIDNIGHT  # the end of the day; like any overnight end it lies on the next one
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        raise BadRota(f"{hours}:{minutes} is no time: write one between 00:00 and 24:00") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRota("the time zone is not known: write it like Europe/Vilnius") from None


def _check_address(address: str) -> None:
    """One plain ASCII mailbox: what could smuggle a header or a second recipient is refused."""
    try:
        parsed = Address(addr_spec=address)
    except (email.errors.MessageError, ValueError, IndexError):
        raise BadRota("the mail address is not usable: write it like duty@example.org") from None
    plain = address.isascii() and address.isprintable() and " " not in address and len(address) <= 254
    if not plain or not parsed.username or "." not in parsed.domain.strip("."):
        raise BadRota("the mail address is not usable: write it like duty@example.org")
