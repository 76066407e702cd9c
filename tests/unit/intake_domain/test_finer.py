"""The finer comparison: what 32 bits tell, how they agree with an own person, and how rare names are."""

from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.finer import rarity
from services.intake.domain.finer.agreement import Agreement, Birth, Name, Place, compare
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import BITS, BYTES, Born, Details, of_person
from services.intake.domain.person import Person
from tests.unit.intake_domain.people import person

SALTS = [bytes([number]) * 16 for number in range(40)]
RECORDED = person("Rūta", "Kazlauskienė", "1987-03-14", place="Vilnius", protect_location=False)


def agreements(found: Person, missing: Person = RECORDED) -> set[Agreement]:
    """What comes out under many dealings: classes are small, so one may agree by chance."""
    return {compare(found, of_person(missing, salt), salt) for salt in SALTS}


def usual(found: Person, missing: Person = RECORDED) -> Agreement:
    """What comes out under most dealings, field by field."""
    each = [compare(found, of_person(missing, salt), salt) for salt in SALTS]
    return Agreement(
        **{
            field.name: Counter(getattr(one, field.name) for one in each).most_common(1)[0][0]
            for field in fields(Agreement)
        }
    )


# The bits.


def test_details_fill_four_bytes() -> None:
    assert sum(BITS.values()) == 8 * BYTES == 32


@given(st.binary(min_size=BYTES, max_size=BYTES))
def test_every_four_bytes_mean_something_and_come_back(data: bytes) -> None:
    assert Details.unpack(data).pack() == data


@pytest.mark.parametrize("data", [b"", b"123", b"12345"])
def test_other_lengths_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="4 bytes"):
        Details.unpack(data)


def test_what_is_unknown_is_nought() -> None:
    told = of_person(Person(), SALTS[0])
    assert told.pack() == bytes(BYTES)


@pytest.mark.parametrize("protect", [None, True])
def test_a_place_is_told_only_if_it_may_be(protect: bool | None) -> None:
    """Rule 3: unknown counts as protected."""
    hidden = replace(RECORDED, protect_location=protect)
    assert all(of_person(hidden, salt).place == 0 for salt in SALTS)
    assert all(of_person(RECORDED, salt).place for salt in SALTS)


def test_how_classes_are_dealt_changes_them() -> None:
    """So that what is tested under many dealings holds for the one of the protocol by more than luck."""
    told = [of_person(RECORDED, salt) for salt in SALTS]
    for name in ("given_sound", "family_sound", "given_front", "family_back", "month", "place"):
        assert len({getattr(one, name) for one in told}) > 1


def test_a_day_is_one_of_three_classes() -> None:
    """Rule 1: no full birth date leaves in an alert; who holds the key is left with a ninth of them."""
    days = [person("Rūta", "Kazlauskienė", f"1987-03-{day:02d}") for day in range(1, 32)]
    for salt in SALTS:
        assert {of_person(one, salt).day for one in days} == {1, 2, 3}


@pytest.mark.parametrize(
    ("known", "form"),
    [
        (person("A", "B"), Born.UNKNOWN),
        (person("A", "B", "1900-01-01"), Born.UNKNOWN),
        (person("A", "B", age="40"), Born.ESTIMATED),
        (person("A", "B", "1987"), Born.YEAR),
        (person("A", "B", "1987-03"), Born.YEAR),
        (person("A", "B", "1987-01-01"), Born.YEAR),
        (person("A", "B", "1987-03-14"), Born.DATE),
    ],
)
def test_how_much_is_known_of_a_birth(known: Person, form: Born) -> None:
    told = of_person(known, SALTS[0])
    assert told.born == form
    assert bool(told.day) == bool(told.month) == (form is Born.DATE)


def test_however_often_a_person_is_told_of_nothing_adds_up() -> None:
    """Dealt by what changes, the details of two alerts, versions or epochs would narrow the name down."""
    assert of_person(RECORDED, DEALT) == of_person(replace(RECORDED), DEALT)
    assert DEALT == b"myosotis classes"


# How they agree.


@pytest.mark.parametrize(
    ("what", "found", "expected"),
    [
        ("the same", RECORDED, ("same", "same", "same", "same")),
        ("no diacritics", person("Ruta", "Kazlauskiene", "1987-03-14"), ("same", "same", "same", "unknown")),
        ("maiden form", person("Rūta", "Kazlauskaitė", "1987-03-14"), ("same", "part", "same", "unknown")),
        (
            "another surname",
            person("Rūta", "Morkūnaitė", "1987-03-14"),
            ("same", "different", "same", "unknown"),
        ),
        (
            "husband's other surname",
            person("Rūta", "Morkūnienė", "1987-03-14"),
            ("same", "close", "same", "unknown"),
        ),
        (
            "sister",
            person("Daiva", "Kazlauskienė", "1983-09-02"),
            ("different", "same", "different", "unknown"),
        ),
        ("initial", person("R.", "Kazlauskienė", "1987-03-14"), ("initial", "same", "same", "unknown")),
        ("no given name", person("", "Kazlauskienė", "1987-03-14"), ("unknown", "same", "same", "unknown")),
        ("day off", person("Rūta", "Kazlauskienė", "1987-03-15"), ("same", "same", "one_part", "unknown")),
        ("year off", person("Rūta", "Kazlauskienė", "1988-03-14"), ("same", "same", "one_part", "unknown")),
        ("year only", person("Rūta", "Kazlauskienė", "1988"), ("same", "same", "year", "unknown")),
        ("age", person("Rūta", "Kazlauskienė", age="40"), ("same", "same", "year", "unknown")),
        ("age, wrong", person("Rūta", "Kazlauskienė", age="34"), ("same", "same", "near", "unknown")),
        ("age, far", person("Rūta", "Kazlauskienė", age="30"), ("same", "same", "different", "unknown")),
        ("namesake", person("Rūta", "Kazlauskienė", "1979-11-30"), ("same", "same", "different", "unknown")),
        ("no date", person("Rūta", "Kazlauskienė"), ("same", "same", "unknown", "unknown")),
        ("city", person("Rūta", "Kazlauskienė", place="Wilno"), ("same", "same", "unknown", "same")),
        (
            "other city",
            person("Rūta", "Kazlauskienė", place="Lyon"),
            ("same", "same", "unknown", "different"),
        ),
        ("nothing", Person(), ("unknown", "unknown", "unknown", "unknown")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_levels(what: str, found: Person, expected: tuple[str, str, str, str]) -> None:
    got = usual(found)
    assert (got.given, got.family, got.birth, got.place) == expected, what
    assert not got.swapped


def test_day_and_month_in_each_others_place() -> None:
    missing = person("Rūta", "Kazlauskienė", "1987-05-03")
    assert Birth.SWAPPED in {
        one.birth for one in agreements(person("Rūta", "Kazlauskienė", "1987-03-05"), missing)
    }


def test_names_in_each_others_column() -> None:
    got = usual(person("Kazlauskienė", "Rūta", "1987-03-14"))
    assert (got.given, got.family, got.swapped) == (Name.SAME, Name.SAME, True)


def test_both_names_in_one_column() -> None:
    got = usual(person("Rūta Kazlauskienė", "", "1987-03-14"))
    assert (got.given, got.family, got.swapped) == (Name.SAME, Name.SAME, False)


def test_other_names_in_use_count() -> None:
    found = person("Oksana", "Kovalenko", "1987-03-14", alternate_names=("Rūta Kazlauskienė",))
    got = usual(found)
    assert (got.given, got.family) == (Name.SAME, Name.SAME)


def test_a_place_that_is_hidden_agrees_with_nothing() -> None:
    hidden = replace(RECORDED, protect_location=None)
    assert {one.place for one in agreements(RECORDED, hidden)} == {Place.UNKNOWN}


@pytest.mark.parametrize("placeholder", ["unknown", "N.N.", "-", "XXX", "неизвестно"])
def test_two_unknown_names_never_agree(placeholder: str) -> None:
    nobody = person(placeholder, placeholder, "1987-03-14")
    assert {(one.given, one.family) for one in agreements(nobody, nobody)} == {(Name.UNKNOWN, Name.UNKNOWN)}


def test_strangers_seldom_agree() -> None:
    stranger = person("Mykhailo", "Szczepański", "1951-12-25", sex="male")
    each = [compare(stranger, of_person(RECORDED, salt), salt) for salt in SALTS]
    assert sum(one.given in (Name.SAME, Name.PART, Name.SOUND) for one in each) <= len(each) // 4
    assert sum(one.birth is Birth.SAME for one in each) == 0


# How rare.


@pytest.mark.parametrize(
    ("share", "one_in"),
    [(1.0, 1), (0.4, 2), (0.01, 100), (0.0011, 500), (1 / 9000, 5000), (1e-9, 100_000), (0.0, 100_000)],
)
def test_steps(share: float, one_in: int) -> None:
    assert rarity.step(share) == one_in


def _told(cases: int, bearers: int, found: Person = RECORDED) -> dict[str, int]:
    return rarity.told_rarity(found, usual(found), lambda which, name: bearers, cases)


def test_with_few_own_cases_the_table_counts_and_with_many_they_do() -> None:
    assert _told(0, 0)["family_one_in"] == _told(1, 0)["family_one_in"]
    assert _told(50_000, 5_000)["family_one_in"] == 10
    assert _told(50_000, 0)["family_one_in"] > _told(0, 0)["family_one_in"]


def test_a_name_that_is_unknown_has_no_rarity() -> None:
    assert _told(10, 0, Person()) == {"given_one_in": 0, "family_one_in": 0}


def test_rarity_follows_swapped_columns() -> None:
    swapped = person("Kazlauskienė", "Rūta", "1987-03-14")
    straight, crossed = _told(0, 0), _told(0, 0, swapped)
    assert straight == crossed
