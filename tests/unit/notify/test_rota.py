"""Who is on duty: hours on the wall clock of the person, over midnight and over the change of clocks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.notify.domain.rota import BadRota, DutyPerson, WeeklyHours, local_moment, on_duty

RASA = DutyPerson("person_rasa", "Rasa", "rasa@desk.example")


def with_hours(text: str, zone: str = "Europe/Vilnius") -> DutyPerson:
    return replace(RASA, hours=WeeklyHours.parse(text), zone=zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        # Vilnius is two hours ahead of UTC in winter, three in summer. 2026-11-20 is a Friday.
        ("mon-fri 08:00-17:00", "2026-11-20T06:00", True),
        ("mon-fri 08:00-17:00", "2026-11-20T05:59", False),
        ("mon-fri 08:00-17:00", "2026-11-20T14:59", True),
        ("mon-fri 08:00-17:00", "2026-11-20T15:00", False),
        ("mon-fri 08:00-17:00", "2026-11-21T08:00", False),
        ("mon-fri 08:00-17:00", "2026-07-17T05:00", True),
        ("mon-fri 08:00-17:00", "2026-07-17T14:00", False),
        ("sat 20:00-08:00", "2026-11-21T18:00", True),
        ("sat 20:00-08:00", "2026-11-22T05:59", True),
        ("sat 20:00-08:00", "2026-11-22T06:00", False),
        ("sat 20:00-08:00", "2026-11-21T05:00", False),
        ("sun 20:00-08:00", "2026-11-23T05:00", True),
        ("fri-mon 00:00-24:00", "2026-11-22T21:59", True),
        ("fri-mon 00:00-24:00", "2026-11-23T22:00", False),
        ("tue 00:00-24:00; fri 08:00-09:00", "2026-11-20T06:30", True),
        ("", "2026-11-22T01:00", True),
        ("always", "2026-11-22T01:00", True),
        # The night of 25 October 2026 has 25 hours: 03:30 comes twice and is covered twice.
        ("sun 03:00-04:00", "2026-10-25T00:30", True),
        ("sun 03:00-04:00", "2026-10-25T01:30", True),
        ("sun 03:00-04:00", "2026-10-25T02:30", False),
    ],
)
def test_weekly_hours(hours: str, moment: str, expected: bool) -> None:
    assert with_hours(hours).on_duty(utc(moment)) is expected


def test_the_zone_is_the_persons_own() -> None:
    moment = utc("2026-11-20T06:30")  # 08:30 in Vilnius, 07:30 in Lyon
    assert with_hours("fri 08:00-09:00").on_duty(moment)
    assert not with_hours("fri 08:00-09:00", "Europe/Paris").on_duty(moment)


def test_beginning_counts_and_end_does_not() -> None:
    begins, ends = utc("2026-11-20T18:00"), utc("2026-11-21T06:00")
    person = replace(RASA, begins=begins, ends=ends)
    assert not person.on_duty(begins - timedelta(seconds=1))
    assert person.on_duty(begins)
    assert person.on_duty(ends - timedelta(seconds=1))
    assert not person.on_duty(ends)


def test_only_active_people_are_on_duty_in_a_stable_order() -> None:
    others = [replace(RASA, id="b"), replace(RASA, id="a"), replace(RASA, id="c", active=False)]
    assert [person.id for person in on_duty(others, utc("2026-11-20T06:30"))] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    ["mon", "monday 08:00-17:00", "mon 8:00-17:00", "mon 08:00-25:00", "mon 08:60-17:00", "xyz 08:00-09:00",
     "mon-fri", "08:00-17:00", "mon 08:00-08:00", "mon 08:00-17:00,", "mon 24:01-08:00", "mon 08:00-17:00;"],
)  # fmt: skip
def test_hours_that_cannot_be_read_say_how_to_write_them(text: str) -> None:
    with pytest.raises(BadRota, match=r"hours|day|time"):
        WeeklyHours.parse(text)


@pytest.mark.parametrize(
    "address",
    ["", "rasa", "rasa@", "@desk.example", "rasa@desk", "rasa@desk.example, other@desk.example",
     "Rasa <rasa@desk.example>", "rasa@desk.example\nBcc: x@y.example", "rasa@desk.example\r\n",
     "rąsa@desk.example", "rasa @desk.example", f"{'a' * 250}@desk.example", "rasa@desk.example\x00"],
)  # fmt: skip
def test_addresses_that_could_carry_more_than_one_mailbox_are_refused(address: str) -> None:
    with pytest.raises(BadRota, match="mail address"):
        replace(RASA, email=address)


@pytest.mark.parametrize(
    "change",
    [{"language": "xx"}, {"zone": "Europe/Nowhere"}, {"zone": "../../etc/passwd"}, {"name": "  "},
     {"begins": datetime(2026, 1, 1)},  # noqa: DTZ001 - the missing zone is what is refused
     {"begins": utc("2026-01-02"), "ends": utc("2026-01-01")}],
)  # fmt: skip
def test_other_entries_that_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadRota):
        replace(RASA, **change)  # type: ignore[arg-type]  # wrong on purpose


def test_a_local_moment_is_read_in_the_persons_zone() -> None:
    assert local_moment("2026-11-21 20:00", "Europe/Vilnius") == utc("2026-11-21T18:00")
    assert local_moment("2026-07-21 20:00", "Europe/Paris") == utc("2026-07-21T18:00")
    with pytest.raises(BadRota, match="2026-11-21 20:00"):
        local_moment("21/11/2026 20:00", "Europe/Vilnius")


def test_names_and_addresses_do_not_show_in_what_is_printed_of_a_person() -> None:
    assert "Rasa" not in repr(RASA)
    assert "desk.example" not in repr(RASA)
