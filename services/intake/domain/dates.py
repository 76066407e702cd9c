"""Dates as people know them: a year, a month, or a day (PFIF 1.4 date_of_birth)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from services.intake.domain.errors import DomainError

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
EARLIEST_YEAR = 1900


class BadDate(DomainError):
    """Write a date as 1990, 1990-05 or 1990-05-15."""


class NoSuchDay(BadDate):
    """The calendar has no such day; check day and month."""


class FutureDate(BadDate):
    """The date lies in the future; check the year."""


@dataclass(frozen=True, slots=True, repr=False, order=False)
class PartialDate:
    """A year, a year and month, or a full date. Build it with `parse` or `of`; both check."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not EARLIEST_YEAR <= self.year <= 2100:
            raise BadDate(f"The year must be {EARLIEST_YEAR} or later; check the first four digits.")
        if self.month is None:
            if self.day is not None:
                raise BadDate("A day needs its month: write 1990-05-15, or 1990 if only the year is known.")
            return
        if not 1 <= self.month <= 12:
            raise NoSuchDay("A year has twelve months; write the month as 01 to 12, after the year.")
        if self.day is not None and not 1 <= self.day <= monthrange(self.year, self.month)[1]:
            raise NoSuchDay()

    @classmethod
    def parse(cls, text: str, today: date) -> "PartialDate":
        """Read YYYY, YYYY-MM or YYYY-MM-DD; raises BadDate, NoSuchDay or FutureDate."""
        shape = _SHAPE.fullmatch(text.strip())
        if shape is None:
            raise BadDate()
        month, day = (int(part) if part else None for part in shape.group(2, 3))
        return cls(int(shape[1]), month, day).not_after(today)

    @classmethod
    def of(cls, day: date) -> "PartialDate":
        """A full date."""
        return cls(day.year, day.month, day.day)

    def not_after(self, today: date) -> "PartialDate":
        """This date, or FutureDate if even its first day lies after today."""
        if self.first_day() > today:
            raise FutureDate()
        return self

    def first_day(self) -> date:
        """The earliest day that this date can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        """The latest day that this date can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def is_full(self) -> bool:
        """Year, month and day are all known."""
        return self.day is not None

    @property
    def is_filler(self) -> bool:
        """1900-01-01 and 1900-01 are what forms put in when nothing is known; they mean nothing."""
        return self.year == EARLIEST_YEAR and self.month == 1 and self.day in (1, None)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def __repr__(self) -> str:
        return "<PartialDate>"  # a birth date must not reach a traceback or a log
