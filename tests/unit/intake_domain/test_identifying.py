"""The meter: how identifying a description is, and what counting gives away."""

import pytest

from services.intake.domain.codes import CaseKind, EyeColour, HairColour, HeightBand, Sex
from services.intake.domain.description import Description
from services.intake.domain.identifying import Standing, shares, step_of, weigh

USUAL = Description(sex=Sex.FEMALE, birth_decade=2000)
NARROW = Description(
    sex=Sex.FEMALE,
    birth_decade=2000,
    height=HeightBand.FROM_160,
    eye_colour=EyeColour.GREEN,
    hair_colour=HairColour.RED,
    marks=("scar:face",),
)


def standing(
    description: Description, *, named: bool = True, alike: int = 0, country: str = "lt"
) -> Standing:
    counted = {CaseKind.MISSING: alike}
    return weigh(description, country, names_compared=named, alike=counted).standing


@pytest.mark.parametrize(
    ("description", "named", "expected"),
    [
        (USUAL, True, Standing.FINE),
        (Description(), True, Standing.FINE),
        (USUAL, False, Standing.TOO_VAGUE),
        (Description(sex=Sex.MALE, marks=("tattoo:neck",)), False, Standing.FINE),
        (NARROW, True, Standing.TOO_IDENTIFYING),
        (NARROW, False, Standing.TOO_IDENTIFYING),
        (Description(marks=("tattoo:neck", "scar:face", "scar:hand_left")), True, Standing.TOO_IDENTIFYING),
    ],
    ids=["usual", "nothing", "no-name", "no-name-one-mark", "narrow", "narrow-no-name", "three-marks"],
)
def test_what_the_meter_says(description: Description, named: bool, expected: Standing) -> None:
    assert standing(description, named=named) is expected


def test_what_many_own_cases_share_names_nobody() -> None:
    """Only cases of missing people count: they are what an alert is compared with in a reader's head."""
    assert standing(NARROW, alike=5) is Standing.FINE
    found = weigh(NARROW, "lt", names_compared=True, alike={CaseKind.FOUND: 100})
    assert found.standing is Standing.TOO_IDENTIFYING


def test_people_of_the_country_are_told_roughly_and_only_where_a_census_is_known() -> None:
    reading = weigh(USUAL, "LT", names_compared=True, alike={})
    assert (reading.one_in, reading.people) == (16, 100_000)
    assert weigh(USUAL, "xx", names_compared=True, alike={}).people is None
    assert weigh(NARROW, "xx", names_compared=True, alike={}).standing is Standing.TOO_IDENTIFYING


def test_a_language_or_nationality_of_few_counts_more() -> None:
    def one_in(**values: object) -> int:
        description = Description(**values)  # type: ignore[arg-type]
        return weigh(description, "lt", names_compared=True, alike={}).one_in

    assert one_in(languages=("lt", "ru")) == 1
    assert one_in(languages=("lt", "ti")) == 20
    assert one_in(nationality="LT") == 1
    assert one_in(nationality="ER") == 50


def test_who_shares_a_description() -> None:
    other = Description(sex=Sex.FEMALE, languages=("lt", "ru"), marks=("scar:face", "scar:neck"))
    assert shares(Description(sex=Sex.FEMALE, languages=("ru",), marks=("scar:neck",)), other)
    assert not shares(Description(sex=Sex.FEMALE, languages=("ru", "pl")), other)
    assert not shares(Description(sex=Sex.MALE), other)
    assert not shares(Description(birth_decade=1990), other)


@pytest.mark.parametrize(
    ("count", "told"), [(0, 0), (1, 0), (4, 0), (5, 5), (19, 5), (20, 20), (99, 20), (100, 100), (4000, 100)]
)
def test_one_to_four_read_alike(count: int, told: int) -> None:
    assert step_of(count, 0) == told


@pytest.mark.parametrize("hidden", [0, 1, 2, 3, 4])
def test_nobody_counts_up_to_a_person_of_another_team(hidden: int) -> None:
    """Whoever adds cases of their own sees the same steps, whether another team holds the person or not."""
    assert [step_of(own, hidden) for own in range(30)] == [step_of(own, 0) for own in range(30)]
