"""How the reasons of a possible match are said, sorted and warned about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from services.intake.desk import catalogue, match_reasons, sentences
from services.intake.handlers.match_views import MatchReason
from services.matching.weights import STRENGTHS
from shared.wire.codes import Strength, Verdict
from shared.wire.reasons import EQUAL, SENTENCES, SEVERAL, TOGETHER

LANGUAGES = ("en", "fr", "lt", "pl", "ru", "uk", "lv", "de")
NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.fixture
def app() -> Flask:
    made = Flask("services.intake.desk")
    Babel(made, default_domain="messages")
    return made


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"), force_locale("en"):
        yield


def said(code: str, verdict: str = "for", weight: int = 1, **parameters: str | int) -> MatchReason:
    return MatchReason(code, verdict, weight, parameters)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_a_full_sentence(app: Flask, language: str) -> None:
    asked = [*SENTENCES, *((code, Verdict.FOR) for code in TOGETHER)]
    with app.test_request_context("/"), force_locale(language):
        for (comparator, verdict), one_in, count in (
            (key, n, c) for key in asked for n in (0, 500) for c in (1, 2)
        ):
            for case in ("other", "male"):
                parameters = {"alert": "other", "case": case, "count": count, "first": "lt", "one_in": one_in}
                text = sentences.reason(MatchReason(comparator, verdict.value, 1, dict(parameters)))
                assert text[0].isupper(), text
                assert text.endswith("."), text
                assert not re.search(r"[{}]|[ \u00a0;]\.|\.\.", text), text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The surnames have the same stem; about 1 in 9,000 people bears it."),
        ("lt", f"Pavardžių kamienas tas pats; tokią pavardę turi maždaug 1 iš 9{NO_BREAK}000 žmonių."),
        (
            "fr",
            f"Les noms de famille ont le même radical{NO_BREAK}; environ 1 personne sur 9{NARROW}000 porte",
        ),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(app: Flask, language: str, text: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        assert sentences.reason(said("family_name_sound", one_in=9000)).startswith(text)


@pytest.mark.parametrize("language", ["en", "fr", "lt"])
def test_a_rarity_that_nobody_knows_is_left_out(app: Flask, language: str) -> None:
    told = {"en": "have the same stem.", "lt": "kamienas tas pats.", "fr": "ont le même radical."}[language]
    with app.test_request_context("/"), force_locale(language):
        for parameters in ({"one_in": 0}, {"one_in": 1}, {}, {"one_in": "many"}):
            text = sentences.reason(said("family_name_sound", **parameters))
            assert text.endswith(told), text
        assert ";" in sentences.reason(said("birth_swapped"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language_a_semicolon_stands_before_what_can_be_left_out(language: str) -> None:
    for message in catalogue.load(language):
        text = str(message.string)
        if "{one_in}" in text:
            front, _, back = text.partition(";")
            assert len(front.split()) > 2, text
            assert "{one_in}" in back, text
            assert ";" not in back, text


def test_what_a_strength_means_is_said_in_the_numbers_of_matching(english: None) -> None:
    reckoned = {
        word.value: round(100 * 2 ** (floor / 100) / (1 + 2 ** (floor / 100))) for floor, word in STRENGTHS
    }
    assert reckoned == match_reasons.SHARES
    assert {*match_reasons.SHARES, "unlikely"} == {word.value for word in Strength}
    assert match_reasons.meaning("very_likely", [said("sex")]).startswith(
        "Of 100 pairs called so, at least 80 "
    )
    assert match_reasons.meaning("unlikely", [said("sex")]).startswith(
        "Of 100 pairs called so, fewer than 33 "
    )
    alone = match_reasons.meaning("about_even", [said("match_keys", "unknown"), said("sex")])
    assert not re.search(r"[0-9]", alone), "nobody measured it"
    assert alone.endswith("never called more than about even.")


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ([said("keys_names_both"), said("given_name_close", "against")], True),
        ([said("keys_year_both"), said("family_name_different", "against")], True),
        ([said("keys_year_both"), said("family_name_sound")], False),
        ([said("keys_date_whole"), said("given_name_close", "against")], False),
    ],
)
def test_names_that_agree_together_and_differ_are_explained(
    english: None, reasons: list[MatchReason], told: bool
) -> None:
    together = match_reasons.columns(reasons)["for"].together
    assert together.endswith("only sound alike or are forms of one name.") is told


def test_one_and_several_and_equal_values(english: None) -> None:
    assert sentences.reason(said("languages", count=1, first="lt")) == "One language in common: Lithuanian."
    several = "Languages in common: 2, among them Lithuanian."
    assert sentences.reason(said("languages", count=2, first="lt")) == several
    assert sentences.reason(said("height", alert="160", case="160")) == "The height agrees: 160 to 169 cm."
    near = "The height may fit: 160 to 169 cm in the alert, 170 to 179 cm in your case."
    assert sentences.reason(said("height", alert="160", case="170")) == near
    age = "The age may fit: year of birth 1990–1999 in the alert, 2000–2009 in your case."
    assert sentences.reason(said("birth_decade", alert=1990, case=2000)) == age
    assert {*EQUAL, *SEVERAL} <= set(SENTENCES)


@pytest.mark.parametrize(
    ("comparator", "verdict"), [("shoe_size", "for"), ("sex", "perhaps"), ("keys_year_both", "against")]
)
def test_a_reason_of_a_newer_matching_is_said_honestly(english: None, comparator: str, verdict: str) -> None:
    assert "no sentence" in sentences.reason(said(comparator, verdict))
    found = match_reasons.columns([said("shoe_size"), said("shoe_colour")])["for"]
    assert len(found.sentences) == 1


def test_names_come_first_then_birth_place_and_description(english: None) -> None:
    """Within names, birth and place in the order of matching; the description by its weight."""
    sent = [
        said("sex", weight=49, alert="male", case="male"),
        said("hair_colour", weight=100, alert="brown", case="brown"),
        said("place", weight=-16),
        said("region", weight=202, alert="lt", case="lt"),
        said("height", weight=180, alert="160", case="160"),
        said("birth_one_part", weight=-116),
        said("given_name_initial", weight=-5),
        said("columns", weight=267),
        said("family_name_different", "against", -49),
        said("marks", "against", -30),
        said("eye_colour", "against", -150, alert="blue", case="brown"),
    ]
    found, text = match_reasons.columns(sent), {one.comparator: sentences.reason(one) for one in sent}
    order = (
        *("given_name_initial", "columns", "birth_one_part", "place", "region"),
        *("height", "hair_colour", "sex"),
    )
    assert found["for"].sentences == [text[one] for one in order]
    against = ("family_name_different", "eye_colour", "marks")
    assert found["against"].sentences == [text[one] for one in against]
    assert found["unknown"].sentences == []


def test_a_verdict_says_where_a_reason_stands_and_not_its_weight(english: None) -> None:
    found = match_reasons.columns(
        [said("birth_swapped", "for", -212), said("given_name_close", "against", 24)]
    )
    assert found["for"].sentences == ["Born in the same year; day and month are swapped."]
    assert found["against"].sentences == ["The given names differ, though they are partly written alike."]


def test_what_agrees_together_is_one_sentence(english: None) -> None:
    codes = ["keys_names_both", "keys_date_whole", "keys_year_both"]
    [*_, found] = [match_reasons.columns([*map(said, codes), said("birth_same")])["for"]]
    assert found.together == (
        "These agree together: both names with the year of birth; one name with the full date of birth."
    )
    assert found.sentences == ["Day, month and year of birth agree, as far as the alert tells."]
    assert match_reasons.columns([said("sex", alert="male")])["for"].together == ""
    alone = match_reasons.columns([said("keys_names_both")])
    assert alone["for"].together == "These agree together: both names."
    assert sentences.reason(said("keys_names_both")) == alone["for"].together, "the API says the same"
    assert alone["against"].together == ""


@pytest.mark.parametrize(
    ("codes", "loose"),
    [
        (["keys_year_both"], "The year may be one off here."),
        (["keys_year_both", "keys_date_whole"], "The year may be one off here, and day and month swapped."),
        (["keys_day_both"], "The year may be one off here, and day and month swapped."),
        (["keys_year_band"], "age."),
        (["keys_place_both"], "contact."),
        (["keys_date_whole", "birth_same"], "birth."),
    ],
)
def test_how_loosely_dates_agree_together_is_told(english: None, codes: list[str], loose: str) -> None:
    told = match_reasons.columns([said(code) for code in codes])["for"].together
    assert told.endswith(loose)
    assert told.count(".") == (2 if loose.startswith("The") else 1)


def test_what_a_finer_comparison_says_is_not_said_again(english: None) -> None:
    def shown(*reasons: MatchReason) -> set[str]:
        known = {sentences.reason(one): one.comparator for one in reasons}
        columns = match_reasons.columns(reasons)
        return {known[text] for column in columns.values() for text in column.sentences}

    fits, differs = (
        said("birth_decade", alert=1990, case=1990),
        said("birth_decade", "against", alert=1, case=2),
    )
    nothing = said("birth_decade", "unknown")
    assert shown(fits, said("birth_year")) == {"birth_year"}
    assert shown(fits, said("birth", "unknown")) == {"birth_decade", "birth"}
    assert shown(fits, said("birth_different", "against")) == {"birth_decade", "birth_different"}
    assert shown(differs, said("birth_different", "against")) == {"birth_decade", "birth_different"}
    assert shown(nothing, said("birth_different", "against")) == {"birth_different"}
    assert shown(nothing, said("birth", "unknown")) == {"birth_decade", "birth"}
    assert shown(said("region", "unknown"), said("place")) == {"place"}
    region = said("region", alert="lt-vl", case="lt-vl")
    assert shown(region, said("place")) == {"place", "region"}


def test_a_match_by_description_alone_reads_well(english: None) -> None:
    found = match_reasons.columns(
        [
            said("match_keys", "unknown", 0),
            said("sex", weight=100, alert="male", case="male"),
            said("marks", weight=1000, count=2, first="scar.face"),
            said("languages", "unknown", 0),
        ]
    )
    assert found["for"].sentences == ["Marks in common: 2, among them scar (face).", "The sex agrees: male."]
    assert found["for"].together == ""
    assert found["unknown"].sentences == [
        "Names could not be compared: your case tells too little of them.",
        "The languages could not be compared.",
    ]


SURNAME, GIVEN = said("family_name_sound", one_in=500), said("given_name_same", one_in=50)


@pytest.mark.parametrize(
    ("reasons", "warns"),
    [
        ([SURNAME, GIVEN], True),  # 1 in 25,000
        ([SURNAME, said("given_name_same", one_in=100)], False),  # 1 in 50,000
        ([SURNAME, said("given_name_same", one_in=99)], True),
        ([said("family_name_near", one_in=100_000), GIVEN], False),
        ([SURNAME], True),
        ([SURNAME, said("given_name_initial")], True),
        ([SURNAME, said("given_name_different", "against")], True),
        ([SURNAME, said("given_name_same", one_in=0)], False),  # not known is not common
        ([SURNAME, GIVEN, said("keys_year_both")], True),
        ([SURNAME, GIVEN, said("keys_day_both")], True),
        ([SURNAME, GIVEN, said("birth_same")], True),  # by itself a rough sign
        ([SURNAME, GIVEN, said("keys_date_whole")], False),
        ([SURNAME, GIVEN, said("keys_date_shortened")], False),
        ([SURNAME, GIVEN, said("keys_year_both"), said("keys_day_both")], False),
        ([said("family_name_sound", "unknown", one_in=2)], False),
        ([said("sex", alert="male")], False),
        ([said("match_keys", "unknown", 0)], False),
        ([], False),
    ],
)
def test_a_warning_only_where_all_agreeing_names_are_common(reasons: list[MatchReason], warns: bool) -> None:
    """The rule: agreeing names that more than one in 50,000 people bears, and no full date with them."""
    assert match_reasons.is_common(reasons) is warns


def test_the_page_shows_no_weights() -> None:
    template = Path(catalogue.__file__).parent / "templates" / "match.html"
    assert "weight" not in template.read_text(encoding="utf-8")
