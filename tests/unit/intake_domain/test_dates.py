"""Dates as people know them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.dates import BadDate, FutureDate, NoSuchDay, PartialDate
from tests.unit.intake_domain.people import TODAY


@pytest.mark.parametrize("text", ["1990", "1990-05", "1990-05-15", "2024-02-29"])
def test_a_year_a_month_and_a_day_are_read_and_written_alike(text: str) -> None:
    assert str(PartialDate.parse(text, TODAY)) == text


@pytest.mark.parametrize("text", ["1990-02-31", "2023-02-29", "1990-13", "1990-00-01", "1990-04-31"])
def test_a_day_that_the_calendar_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(NoSuchDay):
        PartialDate.parse(text, TODAY)


@pytest.mark.parametrize("text", ["2026-11-22", "2026-12", "2027"])
def test_a_date_to_come_is_refused(text: str) -> None:
    with pytest.raises(FutureDate):
        PartialDate.parse(text, TODAY)


def test_today_and_this_month_and_year_are_not_in_the_future() -> None:
    assert [str(PartialDate.parse(text, TODAY)) for text in ("2026-11-21", "2026-11", "2026")]


@pytest.mark.parametrize(
    "text", ["", "90", "15/05/20", "1990-5-1", "1990-05-15T00", "１９９０", "1899", "0001"]
)
def test_everything_else_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(BadDate) as error:
        PartialDate.parse(text, TODAY)
    assert "19" in str(error.value)
    assert not text or text not in str(error.value).split()


@pytest.mark.parametrize(("text", "filler"), [("1900-01-01", True), ("1900-01", True), ("1900-01-02", False)])
def test_the_first_day_of_1900_is_a_filler(text: str, filler: bool) -> None:
    assert PartialDate.parse(text, TODAY).is_filler is filler


def test_a_day_without_a_month_is_refused() -> None:
    with pytest.raises(BadDate):
        PartialDate(1990, None, 5)


@given(st.dates(date(1900, 1, 1), TODAY))
def test_every_day_survives_writing_and_reading(day: date) -> None:
    assert PartialDate.parse(str(PartialDate.of(day)), TODAY).first_day() == day


def test_a_date_does_not_show_itself_in_a_traceback() -> None:
    assert "1990" not in repr(PartialDate(1990, 5, 15))
