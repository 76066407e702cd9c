"""A consent is for one addressee, one purpose, and until a date (rule 2)."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from services.intake.domain.codes import ConsentPurpose, ConsentScope, ConsentSource, ContactWish
from services.intake.domain.consent import (
    MOST,
    BeyondTheWish,
    Consent,
    ConsentIncomplete,
    ConsentTooLong,
    NotCovered,
    WitnessMissing,
)
from tests.unit.intake_domain.people import TODAY

CONSENT = Consent(
    contact_wish=ContactWish.SHARE_CONTACT,
    source=ConsentSource.SIGNATURE,
    language="uk",
    addressee="lt-vilnius",
    purpose=ConsentPurpose.ANSWER_ENQUIRY,
    scope=frozenset({ConsentScope.SAFE, ConsentScope.CONTACT}),
    given=TODAY,
    until=TODAY + timedelta(days=30),
)
ASKED: dict[str, Any] = {
    "addressee": "lt-vilnius",
    "purpose": ConsentPurpose.ANSWER_ENQUIRY,
    "scope": ConsentScope.SAFE,
    "today": TODAY,
}


def test_what_was_agreed_is_covered_to_the_last_day() -> None:
    CONSENT.require(**ASKED)
    CONSENT.require(**ASKED | {"today": CONSENT.until})


@pytest.mark.parametrize(
    "change",
    [
        {"addressee": "lv-riga"},
        {"purpose": ConsentPurpose.SHARE_ALERT},
        {"scope": ConsentScope.WHEREABOUTS},
        {"scope": ConsentScope.NAME},
        {"today": CONSENT.until + timedelta(days=1)},
        {"today": TODAY - timedelta(days=1)},
    ],
)
def test_nothing_beside_what_was_agreed_is_covered(change: dict[str, Any]) -> None:
    with pytest.raises(NotCovered):
        CONSENT.require(**ASKED | change)


def test_a_withdrawal_counts_from_its_day_and_the_first_one_stands() -> None:
    withdrawn = CONSENT.withdraw(TODAY + timedelta(days=2))
    assert withdrawn.covers(**ASKED | {"today": TODAY + timedelta(days=1)})
    assert not withdrawn.covers(**ASKED | {"today": TODAY + timedelta(days=2)})
    assert withdrawn.withdraw(TODAY + timedelta(days=9)) == withdrawn


@pytest.mark.parametrize("wish", [wish for wish in ContactWish if wish is not ContactWish.MEET])
def test_whereabouts_can_be_agreed_only_by_somebody_who_wants_to_meet(wish: ContactWish) -> None:
    with pytest.raises(BeyondTheWish):
        replace(CONSENT, contact_wish=wish, scope=frozenset({ConsentScope.WHEREABOUTS}))


@pytest.mark.parametrize(("wish", "scope"), list(product(ContactWish, ConsentScope)))
def test_no_scope_goes_beyond_its_wish(wish: ContactWish, scope: ConsentScope) -> None:
    if scope in MOST[wish]:
        assert replace(CONSENT, contact_wish=wish, scope=frozenset({scope}))
    else:
        with pytest.raises(BeyondTheWish):
            replace(CONSENT, contact_wish=wish, scope=frozenset({scope}))


def test_somebody_who_wants_no_contact_agrees_to_nothing() -> None:
    nothing = replace(CONSENT, contact_wish=ContactWish.NO_CONTACT, scope=frozenset())
    assert not any(nothing.covers(**ASKED | {"scope": scope}) for scope in ConsentScope)


@pytest.mark.parametrize(
    ("error", "change"),
    [
        (ConsentIncomplete, {"addressee": ""}),
        (ConsentIncomplete, {"language": ""}),
        (ConsentIncomplete, {"until": TODAY - timedelta(days=1)}),
        (ConsentTooLong, {"until": TODAY + timedelta(days=400)}),
        (WitnessMissing, {"source": ConsentSource.WITNESSED_WORD}),
        (WitnessMissing, {"source": ConsentSource.GUARDIAN_WITNESSED_WORD}),
    ],
)
def test_an_incomplete_consent_cannot_be_recorded(error: type[Exception], change: dict[str, Any]) -> None:
    with pytest.raises(error):
        replace(CONSENT, **change)
