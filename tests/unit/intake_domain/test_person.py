"""A person: limits, unknown values, and nothing shown by accident."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.codes import EyeColour, HairColour, Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import Age, BadPerson, LastSeen, Person, check_together
from services.intake.domain.person_record import from_plain, to_plain
from services.intake.domain.places import CITIES, city_of, region_of
from tests.unit.intake_domain.people import TODAY, person


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("given_name", {"given_name": "A" * 201}),
        ("family_name", {"family_name": "Kaz\x00lauskas"}),
        ("family_name", {"family_name": "Kaz\u202elauskas"}),
        ("alternate_names", {"alternate_names": ("A",) * 11}),
        ("nationality", {"nationality": "ltu"}),
        ("height_cm", {"height_cm": 2}),
        ("height_cm", {"height_cm": 1750}),
        ("languages", {"languages": ("Lithuanian",)}),
        ("marks", {"marks": ("tattoo:heart",)}),
        ("marks", {"marks": ("tattoo of a rose",)}),
        ("age", {"age": Age(30, 30)}),
        ("age", {"age_as_of": TODAY}),
    ],
)
def test_what_does_not_fit_names_its_field_and_not_its_value(field: str, values: dict[str, object]) -> None:
    with pytest.raises(BadPerson) as error:
        Person(**values)  # type: ignore[arg-type]
    assert error.value.field == field
    assert not any(isinstance(value, str) and value in str(error.value) for value in values.values())


@pytest.mark.parametrize("text", ["", "-5", "abc", "121", "40-30", "3.5", "1000"])
def test_an_age_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadPerson):
        Age.parse(text)


def test_unknown_counts_as_protected() -> None:
    """Rule 3."""
    assert person().location_protected
    assert person(protect_location=True).location_protected
    assert not person(protect_location=False).location_protected


def test_birth_years_come_from_the_date_or_else_from_the_age() -> None:
    assert person(birth="1990-05").birth_years() == (1990, 1990)
    assert person(age="34").birth_years() == (1991, 1992)
    assert person(age="30-40").birth_years() == (1985, 1996)
    assert person(birth="1900-01-01", age="34").birth_years() == (1991, 1992)
    assert person(birth="1900-01-01").birth_years() is None


def test_a_filler_birth_date_is_pointed_out() -> None:
    assert person(birth="1900-01-01").warnings == ("birth_date_is_filler",)
    assert person(birth="1900-02-01").warnings == ()


def test_a_person_does_not_show_itself_in_a_traceback() -> None:
    known = person("Testė", "Testauskienė", "1990-05-15", place="Vilnius")
    assert repr(known) == "<Person>"
    assert "Vilnius" not in repr(known.last_seen)


@pytest.mark.parametrize(
    ("place", "region"),
    [("Vilnius", "LT-VL"), ("WILNO", "LT-VL"), ("Вільнюс", "LT-VL"), ("riga", "LV-RIX"), ("Рига", "LV-RIX"),
     ("Lyon", "FR-69M"), ("Санкт-Петербург", "RU-SPE"), ("Atlantis", None), ("", None)],
)  # fmt: skip
def test_known_cities_get_their_region(place: str, region: str | None) -> None:
    assert region_of(place) == region
    assert LastSeen.at(place).region == region


def test_no_spelling_belongs_to_two_cities() -> None:
    assert all(city_of(word) == name for name, _, words in CITIES for word in (name, *words.split()))


PEOPLE = st.builds(
    Person,
    given_name=st.text(st.characters(categories=["L"]), max_size=30),
    family_name=st.text(st.characters(categories=["L"]), min_size=1, max_size=30),
    alternate_names=st.lists(st.text(st.characters(categories=["L"]), min_size=1), max_size=3).map(tuple),
    sex=st.sampled_from([None, *Sex]),
    date_of_birth=st.one_of(st.none(), st.dates(date(1901, 1, 1), TODAY).map(PartialDate.of)),
    nationality=st.sampled_from([None, "LT", "UA"]),
    languages=st.sampled_from([(), ("lt",), ("ru", "uk")]),
    height_cm=st.one_of(st.none(), st.integers(20, 250)),
    eye_colour=st.sampled_from([None, *EyeColour]),
    hair_colour=st.sampled_from([None, *HairColour]),
    marks=st.sampled_from([(), ("scar:face",), ("tattoo:neck", "scar:back")]),
    last_seen=st.sampled_from(
        [LastSeen(), LastSeen.at("Vilnius"), LastSeen.at("Lyon", PartialDate(2024, 5))]
    ),
    protect_location=st.sampled_from([None, True, False]),
)


@pytest.mark.slow
@given(PEOPLE)
def test_a_person_survives_storing_and_reading(known: Person) -> None:
    assert from_plain(to_plain(known), TODAY) == known


def test_an_age_survives_storing_with_its_day() -> None:
    known = person("Testė", age="30-35")
    assert from_plain(to_plain(known), date(2030, 1, 1)) == known


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("person", {"nickname": "x"}),
        ("sex", {"sex": "woman"}),
        ("date_of_birth", {"date_of_birth": "1990-02-31"}),
        ("last_seen_date", {"last_seen_date": "tomorrow"}),
        ("height_cm", {"height_cm": True}),
        ("height_cm", {"height_cm": "175"}),
        ("given_name", {"given_name": ["x"]}),
        ("languages", {"languages": "lt"}),
        ("protect_location", {"protect_location": "no"}),
        ("age_as_of", {"age": "30", "age_as_of": "today"}),
    ],
)
def test_a_form_that_does_not_fit_names_its_field(field: str, values: dict[str, object]) -> None:
    with pytest.raises(BadPerson) as error:
        from_plain(values, TODAY)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("field", "born", "seen", "age"),
    [
        ("last_seen_date", "2025", "2020", None),
        ("last_seen_date", "2025-05-02", "2025-05-01", None),
        ("age", "1987-05", None, Age(38, 38)),
        ("age", "1987-05", None, Age(40, 50)),
        ("age", "2010-11-22", None, Age(15, 15)),
        (None, "1987-05", None, Age(39, 39)),
        (None, "1987-11-23", None, Age(38, 38)),
        (None, "1987", None, Age(38, 38)),
        (None, "1987", None, Age(30, 39)),
        (None, "2025", "2025-01-01", None),
        (None, "1900-01-01", "2020", Age(5, 5)),
    ],
)
def test_dates_and_age_have_to_fit_each_other(
    field: str | None, born: str, seen: str | None, age: Age | None
) -> None:
    """Each fits alone; the day is 2026-11-22. A form's filler is no date of birth."""
    today = date(2026, 11, 22)
    made = Person(
        date_of_birth=PartialDate.parse(born, today),
        age=age,
        age_as_of=today if age else None,
        last_seen=LastSeen(date=PartialDate.parse(seen, today) if seen else None),
    )
    if field is None:
        check_together(made)
        return
    with pytest.raises(BadPerson) as error:
        check_together(made)
    assert error.value.field == field
    assert born not in str(error.value)
