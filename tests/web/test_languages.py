"""Every page in every language, and the words that a caseworker never reads (words.md)."""

from __future__ import annotations

import re

import pytest

from services.intake.desk.ports import BEGUN, LANGUAGES
from tests.web.house import Browser, House, text_of
from tests.web.paths import filled, own, rules

NEVER = {
    "en": r"tokens?|payloads?|queues?|hash(es)?|keys?|positive match|probably found|victims?|JSON|API",
    "lt": r"žeton\w*|raktas|rakto|raktą|raktai|raktų|eilė|eilėje|maiš\w*|auka|aukos|JSON|API",
    "fr": r"jetons?|clés?|clefs?|file d.attente|hachages?|charge utile|victimes?|JSON|API",
}
ENGLISH = re.compile(
    r"\b(the|and|with|not known|share|alert|search|partner's|possible match|case changed|sign out)\b", re.I
)
STATIC = ("base.css", "forms.css", "desk.css", "print.css", "flower.svg")
NAMES = ("Recherche Lyon (invented)", "(invented)")


def pages(house: House, browser: Browser) -> list[tuple[str, str]]:
    """Every page that a GET shows, and those that only a form shows."""
    shown = []
    for endpoint, method, rule in rules(house):
        if method == "GET" and not endpoint.startswith(("api.", "static", "share.meter")):
            parts = own(house)
            if endpoint == "share.share":  # a case with an alert has no other
                parts |= {"case_id": house.of["unshared"]}
            answer = browser.get(filled(rule, parts))
            if answer.mimetype != "text/html" or answer.status_code in (302, 303):  # a photo, a download
                continue
            shown.append((rule, answer.get_data(as_text=True)))
            if "<case_id>" in rule:
                found = filled(rule, parts | {"case_id": house.of["found"]})
                shown.append((f"{rule} (found)", browser.get(found).get_data(as_text=True)))
    for path in (
        "/cases?risk=low&state=closed",
        "/cases?state=all",
        "/alerts?state=all",
        "/matches?state=all",
        "/nothing",
    ):
        shown.append((path, browser.get(path).get_data(as_text=True)))
    case, unshared = house.of["missing"], house.of["unshared"]
    forms: list[tuple[str, dict[str, str]]] = [
        ("/cases/new", {"height_cm": "x", "age": "y", "date_of_birth": "z"}),
        (f"/cases/{unshared}/share", {"step": "preview", "tlp": "amber", "permitted_use": "ask_partner",
                                  "released": "sex"}),
        (f"/cases/{unshared}/share", {"step": "preview", "audience": "chosen"}),
        (f"/cases/{case}/erase", {}),
        (f"/matches/{house.of['match']}/decide", {"state": "excluded", "version": "1"}),
        (f"/matches/{house.of['match']}/decide", {"state": "need_information", "version": "1"}),
        ("/import", {}),
    ]  # fmt: skip
    shown += [(path, browser.follow(path, **form).get_data(as_text=True)) for path, form in forms]
    return shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("login", ["rasa", "lead", "admin"])
def test_every_page_in_every_language(house: House, language: str, login: str) -> None:
    """No forbidden word, no English left over, and the page says which language it is in."""
    browser = house.browser(login, language)
    never = re.compile(rf"\b({NEVER[language]})\b", re.I)
    for name, page in pages(house, browser):
        assert f'<html lang="{language}">' in page, name
        text = text_of(page)
        for own_name in NAMES:
            text = text.replace(own_name, "")
        found = never.search(text)
        assert found is None, (name, found)
        if language != "en" and "own-words" not in name:
            left = ENGLISH.search(text)
            assert left is None, (
                name,
                left,
                text[max(left.start() - 60, 0) : left.end() + 60] if left else "",
            )


@pytest.mark.parametrize("language", BEGUN)
def test_every_page_in_a_language_that_is_begun(house: House, language: str) -> None:
    """What is translated is said in it, the rest in English, and the page says so."""
    browser = house.browser("rasa", language)
    for name, page in pages(house, browser):
        assert f'<html lang="{language}">' in page, name
        assert "Not everything is translated" not in page, name
        # What is left on a screen in a hurry says nothing of the desk, in no language.
        assert name == "/month" or '<footer>\n  <p class="small">' in page, name
    assert "Sign out" not in browser.get("/").get_data(as_text=True)


def test_the_choice_of_language_stays(house: House) -> None:
    browser = house.browser(language="lt")
    assert "Prisijungti" in browser.get("/sign-in").get_data(as_text=True)
    browser.send("/language", language="xx")
    assert "Prisijungti" in browser.get("/sign-in").get_data(as_text=True)


def test_without_a_choice_the_browser_is_asked(house: House) -> None:
    page = house.app.test_client().get("/sign-in", headers={"Accept-Language": "fr-FR,fr;q=0.9"})
    assert "Se connecter" in page.get_data(as_text=True)


def test_a_page_is_small(house: House) -> None:
    """Journey 9: under 100 KB with everything that it needs."""
    browser = house.browser("rasa")
    size = sum(len(browser.get(f"/static/{name}").data) for name in STATIC)
    for name, page in pages(house, browser):
        assert len(page.encode()) + size < 100_000, name
