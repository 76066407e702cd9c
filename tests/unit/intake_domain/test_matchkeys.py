"""Match keys: what they join, how many there are, and who shares them."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given

from services.intake.domain import matchkey_kinds as kinds
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import of_person
from services.intake.domain.matchkey_kinds import NAMES, NEVER, Attribute, Kind
from services.intake.domain.matchkeys import (
    ALERT_KEYS,
    CASE_KEYS,
    KEYS_VERSION,
    KINDS,
    MatchKey,
    UnsafeKey,
    alert_keys,
    case_keys,
)
from services.intake.domain.person import Person
from services.intake.domain.person_record import from_plain
from shared.wire import messages
from tests.unit.intake_domain.people import TODAY, person
from tests.unit.intake_domain.test_person import PEOPLE

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "matchkeys.json").read_text("utf-8"))
COARSE = {group for group, kind in KINDS.items() if kind.coarse}
RECORDED = person("Rūta", "Kazlauskienė", "1987-03-14", place="Vilnius", protect_location=False)


def shared(case: Person, alert: Person) -> set[str]:
    """The groups in which a case and an alert share a key."""
    told = {key.text for key in alert_keys(alert)}
    return {key.group for key in case_keys(case) if key.text in told}


def plain(keys: list[MatchKey]) -> list[list[str | bool]]:
    return [[key.group, key.text.decode(), key.coarse] for key in keys]


@pytest.mark.parametrize("vector", VECTORS["people"], ids=lambda vector: vector["what"])
def test_vectors(vector: dict[str, object]) -> None:
    known = from_plain(vector["person"], TODAY)  # type: ignore[arg-type]
    assert VECTORS["keys_version"] == KEYS_VERSION
    assert plain(case_keys(known)) == vector["case_keys"]
    assert plain(alert_keys(known)) == vector["alert_keys"]
    assert of_person(known, DEALT).pack().hex() == vector["details"]


# Case 38: a key of fewer than three attributes, or of one that can be counted through.


def test_the_list_of_kinds_is_this_one() -> None:
    """Case 38: a new kind has to be looked at here."""
    a = Attribute
    assert {group: set(kind.attributes) for group, kind in KINDS.items()} == {
        "N": {a.GIVEN_NAME, a.FAMILY_NAME, a.BIRTH_YEAR},
        "D": {a.ONE_NAME, a.BIRTH_DATE, a.SEX},
        "P": {a.GIVEN_NAME, a.FAMILY_NAME, a.PLACE},
        "M": {a.GIVEN_NAME, a.FAMILY_NAME, a.BIRTH_DAY},
        "X": {a.GIVEN_NAME, a.FAMILY_NAME, a.BIRTH_YEAR},
        "Y": {a.GIVEN_NAME, a.FAMILY_NAME, a.BIRTH_YEAR},
        "J": {a.FAMILY_NAME, a.INITIAL, a.BIRTH_DATE},
        "E": {a.ONE_NAME, a.BIRTH_DATE, a.SEX},
        "Z": {a.GIVEN_NAME, a.FAMILY_NAME, a.SEX},
        "B": {a.GIVEN_NAME, a.FAMILY_NAME, a.BIRTH_BAND},
        "I": {a.FAMILY_NAME, a.INITIAL, a.BIRTH_YEAR},
        "U": {a.GIVEN_NAME, a.FAMILY_NAME, a.SEX},
        "V": {a.GIVEN_NAME, a.FAMILY_NAME, a.SEX},
    }


def test_kinds_without_a_place_or_a_day_and_with_little_else_are_coarse() -> None:
    """Few questions would find common names: 300 best guesses of both names hit 1 to 2 people in 100."""
    assert {group for group, kind in KINDS.items() if kind.coarse} == set("ZBIUV")
    assert all(key.coarse == KINDS[key.group].coarse for key in alert_keys(RECORDED))


@pytest.mark.parametrize("attribute", Attribute)
def test_no_kind_joins_one_attribute(attribute: Attribute) -> None:
    """Case 38: name only, birth date only, personal code, phone."""
    for attributes in ((attribute,), (attribute,) * 3):
        with pytest.raises(UnsafeKey):
            Kind("Q", attributes)


@pytest.mark.parametrize("pair", list(combinations(Attribute, 2)), ids=str)
def test_no_kind_joins_two_attributes(pair: tuple[Attribute, Attribute]) -> None:
    """Case 38."""
    with pytest.raises(UnsafeKey):
        Kind("Q", pair)


@pytest.mark.parametrize("three", list(combinations(Attribute, 3)), ids=str)
def test_a_kind_of_three_needs_a_name_and_never_a_code_phone_or_address(three: tuple[Attribute, ...]) -> None:
    """Case 38."""
    if set(three) & NEVER or not set(three) & NAMES:
        with pytest.raises(UnsafeKey):
            Kind("Q", three)
    else:
        assert Kind("Q", three)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.group)
def test_a_key_with_a_missing_or_empty_value_is_not_made(kind: Kind) -> None:
    """Case 38: two attributes must not pass for three."""
    for values in (("A", "B"), ("A", "B", ""), ("", "B", "C"), ()):
        with pytest.raises(UnsafeKey):
            kind.key(values)


@pytest.mark.parametrize(
    "little",
    [
        person("Rūta", sex=None),
        person("", "Kazlauskienė", sex=None),
        person("", "", "1987-03-14"),
        person("", "Kazlauskienė", "1987"),
        person("", "Kazlauskienė"),
        person("R.", "Kazlauskienė"),
        person("unknown", "N.N.", "1987-03-14", place="Vilnius", protect_location=False),
        person("Baby of Rūta", "", "2026-03-14", place="Vilnius", protect_location=False),
    ],
)
def test_somebody_of_whom_too_little_is_known_has_no_keys(little: Person) -> None:
    """Case 38, through the builder."""
    assert case_keys(little) == []
    assert alert_keys(little) == []


def test_no_sex_is_a_value_of_its_own() -> None:
    """A case without a sex meets an alert with one, by the dash that every alert has beside it."""
    nobody_asked = person("Rūta", "Kazlauskienė", "1987-03-14", sex=None)
    assert {"D", "E", "Z"} <= shared(nobody_asked, RECORDED)
    assert "D" not in shared(person("Rūta", "", "1987-03-14", sex="male"), RECORDED)


# Numbers and form.


@pytest.mark.slow
@given(PEOPLE)
def test_never_too_many_never_twice_and_in_canonical_form(known: Person) -> None:
    for keys, most in ((case_keys(known), CASE_KEYS), (alert_keys(known), ALERT_KEYS)):
        assert len(keys) <= most
        assert len({key.text for key in keys}) == len(keys)
        for key in keys:
            version, group, *values = key.text.decode("ascii").split("|")
            assert (version, group) == (f"mk{KEYS_VERSION}", key.group)
            assert len(values) == len(KINDS[key.group].attributes) >= 3
            assert all(value.isalnum() or value == "-" for value in values)


def test_limits_are_those_of_the_wire() -> None:
    assert (CASE_KEYS, ALERT_KEYS) == (messages.KEYS_PER_CASE, messages.TAGS_PER_ALERT)


@pytest.mark.slow
@given(PEOPLE)
def test_a_record_shares_every_group_with_itself(known: Person) -> None:
    alert_groups = {key.group for key in alert_keys(known)}
    if known.sex is not None and known.location_protected is False:
        assert {key.group for key in case_keys(known)} <= alert_groups | {"E"}
        assert shared(known, known) >= {"N", "D", "M"} & {key.group for key in case_keys(known)}


def test_a_place_is_in_an_alert_only_if_it_may_be_told() -> None:
    """Rule 3: a tag of a place could be tested by a partner who knows the names."""
    for protect in (None, True):
        hidden = person("Rūta", "Kazlauskienė", "1987-03-14", place="Vilnius", protect_location=protect)
        assert "P" not in {key.group for key in alert_keys(hidden)}
        assert "P" in {key.group for key in case_keys(hidden)}
    assert "P" in {key.group for key in alert_keys(RECORDED)}


def test_a_key_does_not_show_itself_in_a_traceback() -> None:
    assert repr(case_keys(RECORDED)[0]) == "<MatchKey N>"


@pytest.mark.slow
@given(PEOPLE)
def test_a_case_has_room_for_its_keys_in_its_blocks(known: Person) -> None:
    """22 fine and 2 coarse places a block; a dated case needs one block, any other at most five."""
    keys = case_keys(known)
    coarse = sum(key.coarse for key in keys)
    assert len(keys) - coarse <= kinds.BLOCK_PLACES - kinds.COARSE_PLACES
    assert coarse <= (kinds.COARSE_PLACES if known.known_birth_date else kinds.MOST_COARSE)
    assert [key.coarse for key in keys] == sorted(key.coarse for key in keys)


# Who shares keys, and who does not.


@pytest.mark.parametrize(
    ("what", "found", "groups"),
    [
        ("other script", person("Рута", "Казлаускене", "1987-03-14"), "NDMXYJE"),
        ("masculine form", person("Rūta", "Kazlauskas", "1987-03-14"), "NDMXYJE"),
        ("swapped names", person("Kazlauskienė", "Rūta", "1987-03-14"), "NDM"),
        ("swapped day and month", person("Rūta", "Kazlauskienė", "1987-03-14"), "NDMXYJE"),
        ("year off by one", person("Rūta", "Kazlauskienė", "1988-03-14"), "NDM"),
        ("estimated age", person("Rūta", "Kazlauskienė", age="40"), "BZUV"),
        ("year only", person("Rūta", "Kazlauskienė", "1987"), "NXY"),
        ("filled-in first of January", person("Rūta", "Kazlauskienė", "1987-01-01"), "NXY"),
        ("a letter missing", person("Rūta", "Kazlaskienė", "1987-03-14"), "DMXYJE"),
        ("a letter wrong", person("Rūta", "Kazlaubkienė", "1987-03-14"), "DXJ"),
        ("an initial", person("R.", "Kazlauskienė", "1987-03-14"), "DJEI"),
        ("no given name", person("", "Kazlauskienė", "1987-03-14"), "DE"),
        ("new surname", person("Rūta", "Morkūnienė", "1987-03-14"), "D"),
        ("double surname", person("Rūta", "Morkūnienė-Kazlauskienė", "1987-03-14"), "ND"),
        ("no date at all", person("Rūta", "Kazlauskienė"), "ZUV"),
        ("both names in one column", person("Rūta Kazlauskienė", "", "1987-03-14"), "NDM"),
        ("both names in the other column", person("", "Rūta Kazlauskienė", "1987-03-14"), "NDM"),
        ("same city, no date", person("Rūta", "Kazlauskienė", place="Wilno"), "PZUV"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_person_written_down_twice_shares_keys(what: str, found: Person, groups: str) -> None:
    missing = RECORDED if what != "swapped day and month" else person("Rūta", "Kazlauskienė", "1987-03-14")
    if what == "a letter missing":
        groups = "NDMXYJE"  # a vowel and a doubled consonant do not count
        found = person("Rūta", "Kazlauskene", "1987-03-14")
    assert shared(found, missing) >= set(groups)


def test_day_and_month_are_unordered() -> None:
    assert shared(
        person("Rūta", "Kazlauskienė", "1987-05-03"), person("Ruta", "Kazlauskaite", "1987-03-05")
    ) >= set("NDMJ")


def test_other_names_in_use_are_tried() -> None:
    missing = person("Rūta", "Kazlauskienė", "1987-03-14", alternate_names=("Oksana Kovalenko", "Morkūnienė"))
    assert {"N", "D"} <= shared(person("Оксана", "Коваленко", "1987-03-14"), missing)
    assert {"N", "D"} <= shared(person("Rūta", "Morkūnienė", "1987-03-14"), missing)


@pytest.mark.parametrize(
    "other",
    [
        person("Daiva", "Kazlauskienė", "1983-09-02"),
        person("Rūta", "Kazlauskienė", "1961-12-30"),
        person("Rūta", "Paulauskienė", "1990-07-01"),
        person("Rūta", "Kazlauskaitė", "2012-08-20"),
        person("Tomas", "Kazlauskas", "1987-03-14", sex="male"),
    ],
    ids=["sister", "namesake", "same given name", "daughter of the same name", "twin brother"],
)
def test_relatives_and_namesakes_share_few_fine_keys(other: Person) -> None:
    """What they share coarsely is told apart by the finer comparison."""
    assert len(shared(other, RECORDED) - COARSE) < 2


@pytest.mark.parametrize("placeholder", ["unknown", "N.N.", "Nežinoma", "Baby of Rūta", "XXX", "неизвестно"])
def test_two_people_with_a_placeholder_for_a_name_do_not_match(placeholder: str) -> None:
    one = person(placeholder, placeholder, "1987-03-14", place="Vilnius", protect_location=False)
    assert shared(one, one) == set()
    half = person(placeholder, "Kazlauskienė", "1987-03-14", place="Vilnius", protect_location=False)
    assert shared(half, half) <= {"D", "E"}


def test_the_same_keys_whatever_the_order_of_letters_in_unicode() -> None:
    import unicodedata

    decomposed = Person(
        given_name=unicodedata.normalize("NFD", RECORDED.given_name),
        family_name=unicodedata.normalize("NFD", RECORDED.family_name),
        sex=RECORDED.sex,
        date_of_birth=RECORDED.date_of_birth,
        last_seen=RECORDED.last_seen,
    )
    assert plain(case_keys(decomposed)) == plain(case_keys(RECORDED))


def test_the_first_year_that_is_known_has_no_neighbour_before_it() -> None:
    born_early = person("Rūta", "Kazlauskienė", "1900-05-02", place="Vilnius", protect_location=False)
    assert "D" in shared(born_early, born_early)
    assert not any("1899" in key.text.decode() and key.group == "D" for key in alert_keys(born_early))
