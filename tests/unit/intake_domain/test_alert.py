"""What leaves the house, and that the preview says exactly that."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import alert as alerts
from services.intake.domain.alert import (
    Alert,
    AlertOver,
    AlertState,
    BadExpiry,
    Choices,
    Stays,
    preview,
    released,
)
from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind, Category, TracingStatus
from services.intake.domain.description import FIELDS, describe, height_band
from services.intake.domain.person import Person
from shared.wire.messages import Description as WireDescription
from tests.unit.intake_domain.people import person
from tests.unit.intake_domain.test_person import PEOPLE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KNOWN = person(
    "Testė",
    "Testauskienė",
    "1987-03-14",
    place="Vilnius",
    nationality="LT",
    height_cm=168,
    marks=("scar:face",),
)


def a_case(kind: CaseKind = CaseKind.MISSING, status: TracingStatus = TracingStatus.OPEN) -> Case:
    return Case(kind, KNOWN, Category.RUNAWAY, tracing_status=status)


def test_by_default_only_sex_and_the_decade_of_birth_leave() -> None:
    assert dict(preview(KNOWN, Choices()).leaves) == {"sex": "female", "birth_decade": 1980}


def test_a_protected_place_does_not_leave_even_if_ticked() -> None:
    """Rule 3: unknown counts as protected."""
    ticked = Choices(frozenset(FIELDS))
    shown = preview(KNOWN, ticked)
    assert "region" not in dict(shown.leaves)
    assert ("region", Stays.PROTECTED) in shown.stays
    told = person(place="Vilnius", protect_location=False)
    assert dict(preview(told, ticked).leaves)["region"] == "LT-VL"


@pytest.mark.slow
@given(PEOPLE, st.sets(st.sampled_from(FIELDS)).map(frozenset))
def test_the_preview_is_what_leaves_and_every_field_is_on_one_side(
    known: Person, ticked: frozenset[str]
) -> None:
    choices = Choices(ticked)
    shown = preview(known, choices)
    assert dict(shown.leaves) == released(known, choices).to_plain()
    leaves, stays = set(dict(shown.leaves)), set(dict(shown.stays))
    assert leaves <= ticked
    assert leaves.isdisjoint(stays)
    assert set(FIELDS) <= leaves | stays


@pytest.mark.slow
@given(PEOPLE)
def test_a_description_fits_the_wire_and_holds_no_name_date_or_place(known: Person) -> None:
    """Rule 1."""
    plain = describe(known).to_plain()
    assert WireDescription.model_validate_json(json.dumps(plain)).to_wire() == plain
    text = json.dumps(plain, ensure_ascii=False)
    assert "Vilnius" not in text
    assert "Lyon" not in text
    if known.date_of_birth is not None:
        assert str(known.date_of_birth) not in text
    if len(known.family_name) > 12:
        assert known.family_name not in text


def test_names_and_dates_are_listed_as_staying() -> None:
    stays = dict(preview(KNOWN, Choices(frozenset(FIELDS))).stays)
    for name in ("given_name", "family_name", "date_of_birth", "height_cm", "last_seen_place"):
        assert stays[name] is Stays.NEVER_LEAVES


def test_a_field_that_does_not_exist_cannot_be_ticked() -> None:
    with pytest.raises(alerts.UnknownDescription):
        Choices(frozenset({"given_name"}))


@pytest.mark.parametrize(
    ("cm", "band"),
    [
        (20, "under_100"),
        (99, "under_100"),
        (100, "100"),
        (109, "100"),
        (110, "110"),
        (189, "180"),
        (190, "190_and_over"),
        (250, "190_and_over"),
    ],
)
def test_heights_fall_into_bands(cm: int, band: str) -> None:
    assert height_band(cm) == band


@pytest.mark.parametrize("kind", [CaseKind.FOUND, CaseKind.UNIDENTIFIED])
def test_a_found_person_is_never_announced(kind: CaseKind) -> None:
    with pytest.raises(alerts.NotSearchedFor):
        Alert.share(a_case(kind), Choices(), NOW)


def test_a_closed_case_is_not_shared() -> None:
    with pytest.raises(alerts.CaseIsClosed):
        Alert.share(a_case(status=TracingStatus.CLOSED), Choices(), NOW)


def test_expiry_follows_the_category_and_can_only_be_earlier() -> None:
    latest = NOW + alerts.LIFETIME[Category.RUNAWAY]
    assert Alert.share(a_case(), Choices(), NOW).expires == latest
    week = NOW + timedelta(days=7)
    assert Alert.share(a_case(), Choices(), NOW, week).expires == week
    for wrong in (NOW, NOW - timedelta(days=1), latest + timedelta(seconds=1)):
        with pytest.raises(BadExpiry):
            Alert.share(a_case(), Choices(), NOW, wrong)
    assert set(alerts.LIFETIME) == set(Category)


def test_an_expired_alert_is_not_live() -> None:
    shared = Alert.share(a_case(), Choices(), NOW)
    assert shared.is_live(NOW)
    assert not shared.is_live(shared.expires)


@pytest.mark.slow
@given(st.lists(st.sampled_from(["update", "withdraw", "erase"]), max_size=12))
def test_withdrawn_and_erased_win_for_ever_and_versions_only_grow(steps: list[str]) -> None:
    """Case 71, at the publisher."""
    current = Alert.share(a_case(), Choices(), NOW)
    for step in steps:
        before = current
        if step == "update" and before.is_over:
            with pytest.raises(AlertOver):
                before.update(Choices())
            continue
        current = before.update(Choices()) if step == "update" else getattr(before, step)()
        assert current.version >= before.version
        assert current == before or current.version == before.version + 1
        assert list(AlertState).index(current.state) >= list(AlertState).index(before.state)
