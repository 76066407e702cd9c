"""Every code that can come has a word (words.md); reasons are in test_match_reasons."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from services.intake.desk import case_steps, catalogue, formats, sentences
from services.intake.desk.i18n import gettext
from services.intake.desk.words import LABELS
from services.intake.domain import codes, description
from services.intake.domain.triage import Answer
from services.intake.handlers.actor import UserRole
from services.intake.handlers.alarms import KINDS
from services.intake.handlers.errors import PartnerNotVerified
from shared.partners.view import HoldReason
from shared.wire.codes import PartnerStatus, Strength

LISTS: dict[str, type[StrEnum]] = {
    "kind": codes.CaseKind,
    "category": codes.Category,
    "risk": codes.Risk,
    "tracing_status": codes.TracingStatus,
    "urgency": codes.Urgency,
    "msg_status": codes.MsgStatus,
    "tlp": codes.Tlp,
    "permitted_use": codes.PermittedUse,
    "sex": codes.Sex,
    "eye_colour": codes.EyeColour,
    "hair_colour": codes.HairColour,
    "height": codes.HeightBand,
    "mark_kind": codes.MarkKind,
    "mark_place": codes.MarkPlace,
    "match_state": codes.MatchState,
    "strength": Strength,
    "exclusion": codes.ExclusionReason,
    "role": UserRole,
    "hold": HoldReason,
    "search_reason": codes.SearchReason,
    "contact_wish": codes.ContactWish,
    "consent_scope": codes.ConsentScope,
    "consent_purpose": codes.ConsentPurpose,
    "consent_source": codes.ConsentSource,
}


@pytest.fixture
def app() -> Flask:
    made = Flask("services.intake.desk")
    Babel(made, default_domain="messages")
    return made


@pytest.mark.parametrize("group", LISTS)
def test_every_code_of_a_list_has_a_word(group: str) -> None:
    assert set(LABELS[group]) == {code.value for code in LISTS[group]}


def test_other_lists_are_complete() -> None:
    assert set(LABELS["alarm"]) == set(KINDS)
    assert set(LABELS["step"]) == set(case_steps.STEPS)
    assert set(LABELS["answer"]) == set(Answer)
    assert set(LABELS["partner_status"]) == {status.value for status in PartnerStatus} - {"self"}
    assert set(description.FIELDS) <= set(LABELS["field"])


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("birth_decade", 1990, "1990–1999"),
        ("languages", ["lt", "ru"], "Lithuanian, Russian"),
        ("marks", ["tattoo:forearm_left"], "tattoo (left forearm)"),
        ("marks", "scar.face", "scar (face)"),
        ("marks", "unheard:of", "unheard:of"),
        ("nationality", "lt", "Lithuania"),
        ("region", "lt-vl", "Lithuania (LT-VL)"),
        ("region", "FR", "France"),
        ("last_seen", "2026-05", "May 2026"),
        ("last_seen", "2026-99", "2026-99"),
        ("height", "190_and_over", "190 cm and over"),
        ("sex", None, ""),
    ],
)
def test_coded_values_in_words(app: Flask, field: str, value: object, text: str) -> None:
    with app.test_request_context("/"), force_locale("en"):
        assert formats.coded(field, value) == text


def test_an_error_with_something_in_it_is_translated(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("lt"):
        assert sentences.said(PartnerNotVerified("lv-riga")).startswith("lv-riga nėra patvirtintas")
        assert sentences.said("Row 7 has the same id; give each row its own.").startswith("7 eilutė")
    with app.test_request_context("/"), force_locale("en"):
        assert sentences.said("a second person has to agree to the restart").startswith("A second")


@pytest.mark.parametrize("language", ["lt", "en", "fr"])
@pytest.mark.parametrize("urgency", [one for one in codes.Urgency if one != codes.Urgency.UNKNOWN])
def test_a_mail_and_the_desk_say_the_same_urgency(app: Flask, language: str, urgency: codes.Urgency) -> None:
    """Who is told "within the hour" must not read "soon" when the desk is open."""
    templates = Path(__file__).parents[3] / "services/notify/channels/email/templates"
    lines = (templates / language / "urgency.txt").read_text(encoding="utf-8").splitlines()
    mail = dict(line.split(": ", 1) for line in lines)[urgency.value]
    with app.test_request_context("/"), force_locale(language):
        assert gettext(LABELS["urgency"][urgency.value]) in mail


@pytest.mark.parametrize("language", ["lt", "en", "fr"])
def test_dates_look_the_same_with_and_without_a_time(app: Flask, language: str) -> None:
    at = datetime(2026, 11, 22, 7, 2, tzinfo=UTC)
    with app.test_request_context("/"), force_locale(language):
        assert formats.moment(at) == "2026-11-22 07:02"
        assert formats.day(at) == "2026-11-22"
        assert formats.moment_from(at, at + timedelta(hours=1)) == "07:02"
        assert formats.moment_from(at, at + timedelta(days=1)) == "2026-11-22 07:02"


@pytest.mark.parametrize(
    ("language", "text", "between"),
    [
        ("en", "1,000,000", "; "),
        ("lt", "1\u00a0000\u00a0000", "; "),
        ("fr", "1\u202f000\u202f000", "\u00a0; "),
    ],
)
def test_numbers_and_lists_in_the_readers_way(app: Flask, language: str, text: str, between: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        assert formats.number(1_000_000) == text
        assert formats.shown(text) == text
        assert formats.semicolon() == between


def test_codes_to_type_are_explained(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("fr"):
        told = sentences.said("Choose one of: missing, found, unidentified.")
    assert told.startswith("Choisissez parmi\N{NO-BREAK SPACE}: missing (personne disparue), found (")


def test_nobody_is_a_man_by_default() -> None:
    """A word for a code stands beside a woman's name as often as not."""
    of_men = {
        "lt": ("dingęs", "suaugęs", "matytas", "pabėgęs", "rastas"),
        "fr": ("disparu", "né à", "né dans"),
    }
    for language, words in of_men.items():
        for message in catalogue.load(language):
            text = message.string if isinstance(message.string, str) else " ".join(message.string)
            for word in words:
                found = re.search(rf"\b{word}\b(?! asmuo| žmogus)", text)
                assert found is None or re.search("(asmuo|žmogus) matytas", text), (message.id, text)


def test_to_cancel_is_another_word_than_to_take_back() -> None:
    known = catalogue.load("lt")
    words = {str(known.get(one).string) for one in ("Cancel", "Take it back")}  # type: ignore[union-attr]
    assert words == {"Grįžti", "Atšaukti pranešimą"}


def test_french_writes_a_space_before_a_colon(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("fr"):
        assert formats.colon() == "\u00a0:"
    templates = Path(catalogue.__file__).parent / "templates"
    for path in templates.glob("*.html"):
        assert not re.findall(r"(?:\}\}|</a>):[ <]", path.read_text(encoding="utf-8")), path.name
    for message in catalogue.load("fr"):
        if not message.id:
            continue
        text = message.string if isinstance(message.string, str) else " ".join(message.string)
        assert not re.search(r"[a-zé]: ", text.replace("kind:", "").replace("codes:", "")), message.id


def test_words_are_not_broken_in_the_middle() -> None:
    """In a narrow column "viduti|ne": a cell breaks between words, or is wider."""
    styles = (Path(catalogue.__file__).parent / "static").glob("*.css")
    style = "\n".join(path.read_text(encoding="utf-8") for path in styles)
    [body] = re.findall(r"^body \{.*\}$", style, re.M)
    assert "overflow-wrap: break-word" in body
    assert re.search(r"^td, thead th \{ overflow-wrap: break-word; \}$", style, re.M)


def test_invisible_characters_become_visible() -> None:
    """Case 48."""
    assert formats.shown("a\u202eb\u200bc") == "a\ufffdb\ufffdc"
    assert formats.shown("Žydrūnė Петренко") == "Žydrūnė Петренко"
    assert formats.shown(None) == ""
