"""Nothing that somebody typed is lost: two editors, a session that ended, another language."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.web.house import Browser, House, text_of

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TYPED = {
    "kind": "missing",
    "category": "adult",
    "risk": "low",
    "family_name": "Ąžuolienė",
    "note": "ilga\nistorija",
}


def opened(browser: Browser, path: str) -> dict[str, Any]:
    """The form of a page as a browser would send it untouched."""
    page = browser.get(path).get_data(as_text=True)
    form = page.split('id="case-form"')[1].split("</form>")[0]
    sent: dict[str, Any] = {name: html.unescape(value) for name, value in HIDDEN.findall(form)}
    for name, value in re.findall(r'<input id="\w+" name="(\w+)"[^>]*? value="([^"]*)"', form):
        sent[name] = html.unescape(value)
    for name, value in re.findall(r'<textarea id="\w+" name="(\w+)".*?>\n(.*?)</textarea>', form, re.S):
        sent[name] = html.unescape(value).replace("\n", "\r\n")
    for name, options in re.findall(r'<select id="\w+" name="(\w+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    sent["languages"] = re.findall(r'name="languages" value="(\w+)" checked', form)
    pairs = re.findall(r'<div class="pair">(.*?)</div>', form, re.S)
    for place, name in enumerate(("mark_kind", "mark_place")):
        found = [re.search(r'value="([^"]*)" selected', pair.split("</select>")[place]) for pair in pairs]
        sent[name] = [one[1] if one else "" for one in found]
    protect = re.search(r'name="protect_location" value="(\w+)" checked', form)
    sent["protect_location"] = protect[1] if protect else ""
    sent.pop("csrf_token", None)
    return sent


def test_what_a_colleague_wrote_is_not_wiped_by_a_page_that_was_open(own_house: House) -> None:
    """Case 59: one changed the name, the other only the note; both are kept, and nothing false is shown."""
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    path = f"/cases/{own_house.of['missing']}/edit"
    first, second = opened(rasa, path), opened(jonas, path)
    assert second["family_name"]
    assert rasa.send(path, **first | {"family_name": "Naujoji", "given_name": ""}).status_code == 303
    answer = jonas.send(path, **second | {"note": "Only the note"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Naujoji"' in page
    assert "Only the note" in page
    told = text_of(page.split('role="alert"')[1].split("</div>")[0])
    assert "Naujoji" in told
    assert "Kind of case" not in told
    assert "You both" not in told
    again = opened_again(page)
    assert again["given_name"] == "", "what the colleague emptied stays empty"
    assert jonas.send(path, **again).status_code == 303
    person = own_house.node.intake.cases.get(own_house.of["missing"], own_house.actors["rasa"]).case
    assert (person.person.family_name, person.person.given_name) == ("Naujoji", "")
    assert person.note == "Only the note"


def opened_again(page: str) -> dict[str, Any]:
    """The form of a page that is there already."""

    class Shown:
        def get(self, _: str) -> Shown:
            return self

        def get_data(self, *, as_text: bool) -> str:
            return page

    return opened(Shown(), "")  # type: ignore[arg-type]


def test_what_both_changed_is_for_the_reader_to_decide(own_house: House) -> None:
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    path = f"/cases/{own_house.of['missing']}/edit"
    first, second = opened(rasa, path), opened(jonas, path)
    assert rasa.send(path, **first | {"given_name": "Rasos", "eye_colour": "black"}).status_code == 303
    page = jonas.send(path, **second | {"given_name": "Jono"}).get_data(as_text=True)
    told = text_of(page.split('role="alert"')[1].split("</div>")[0])
    assert 'value="Jono"' in page
    assert "stored now: Rasos" in told
    assert "Eye colour black" in " ".join(told.split()), "the word, not the code"


@pytest.mark.parametrize("base", ["", "{", "[]", '{"note": 1}', '{"given_name": null}'])
def test_a_page_without_a_good_base_loses_nothing(own_house: House, base: str) -> None:
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['missing']}/edit"
    sent = opened(browser, path) | {"base": base, "version": "7", "given_name": "Rasos"}
    answer = browser.send(path, **sent)
    assert answer.status_code == 409
    assert 'value="Rasos"' in answer.get_data(as_text=True)


def test_an_old_page_with_an_error_stays_old(own_house: House) -> None:
    """A mended error must not turn the version that was seen into the newest one."""
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    path = f"/cases/{own_house.of['missing']}/edit"
    first, second = opened(rasa, path), opened(jonas, path)
    page = jonas.send(path, **second | {"age": "old"}).get_data(as_text=True)
    assert rasa.send(path, **first | {"given_name": "Rasos"}).status_code == 303
    assert jonas.send(path, **opened_again(page) | {"age": ""}).status_code == 409


def test_an_error_on_an_old_page_does_not_hide_that_it_is_old(own_house: House) -> None:
    """Both at once: what the colleague wrote is put into the form, and the error is still said."""
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    path = f"/cases/{own_house.of['missing']}/edit"
    first, second = opened(rasa, path), opened(jonas, path)
    assert rasa.send(path, **first | {"family_name": "Naujoji"}).status_code == 303
    answer = jonas.send(path, **second | {"age": "old"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Naujoji"' in page
    assert 'id="age-problem"' in page


@pytest.mark.parametrize("edits", [False, True], ids=["new", "edit"])
def test_a_form_outlives_its_session(own_house: House, edits: bool) -> None:
    """Signed out in a second tab: what was typed comes back after signing in, and is not saved by itself."""
    path = f"/cases/{own_house.of['missing']}/edit" if edits else "/cases/new"
    browser = own_house.browser("rasa")
    typed = opened(browser, path) | TYPED
    mark = browser.csrf
    browser.send("/sign-out")
    browser.get("/sign-in")
    browser.send("/language", language="en")
    answer = browser.client.post(path, data=typed | {"csrf_token": mark})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Sign in in a new tab" in page
    kept = {name: html.unescape(value) for name, value in HIDDEN.findall(page.split(f'action="{path}"')[1])}
    assert kept["family_name"] == "Ąžuolienė"
    assert "csrf_token" not in kept
    browser.sign_in("rasa")
    before = own_house.node.actions()
    shown = browser.client.post(path, data=kept)
    page = shown.get_data(as_text=True)
    assert shown.status_code == 400
    assert "nothing is saved yet" in page
    assert 'value="Ąžuolienė"' in page
    assert "ilga\nistorija" in page.replace("\r\n", "\n")
    assert not [one for one in own_house.node.actions()[len(before) :] if one != "case.viewed"]
    browser.csrf = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    assert browser.send(path, **opened_again(page)).status_code == 303


def test_a_kept_form_opens_nothing(own_house: House) -> None:
    """Whoever has no right to a case gets it no more by a form whose mark is wrong (cases 44 and 46)."""
    path = f"/cases/{own_house.of['missing']}/edit"
    wrong = TYPED | {"csrf_token": "wrong"}
    assert own_house.browser("other").client.post(path, data=wrong).status_code == 404
    assert own_house.browser("admin").client.post("/cases/new", data=wrong).status_code == 403
    stranger = own_house.browser().client.post(
        "/cases/new", data=wrong, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert "Ąžuolienė" not in stranger.get_data(as_text=True)


def test_another_language_comes_back_to_the_same_page(house: House) -> None:
    browser = house.browser("rasa")
    page = browser.get("/cases?state=all&risk=high").get_data(as_text=True)
    back = html.unescape(re.findall(r'name="back" value="([^"]*)"', page)[0])
    assert back == "/cases?state=all&risk=high"
    assert browser.send("/language", language="lt", back=back).headers["Location"] == back
    for foreign in ("//evil.example/", "https://evil.example/", "/\\evil.example", ""):
        assert browser.send("/language", language="en", back=foreign).headers["Location"] == "/", foreign


def test_another_language_keeps_a_half_filled_form(own_house: House) -> None:
    """The buttons send the form itself, and it comes back in the other language; nothing is saved."""
    browser, before = own_house.browser("rasa"), own_house.node.actions()
    for path in ("/cases/new", f"/cases/{own_house.of['missing']}/edit"):
        typed = opened(browser, path) | TYPED | {"date_of_birth": "wrong"}
        page = browser.send(path, **typed, switch_language="lt").get_data(as_text=True)
        assert '<html lang="lt">' in page
        assert 'value="Ąžuolienė"' in page
        assert 'value="wrong"' in page
        assert "-problem" not in page, "nobody asked to save it"
        assert "case.registered" not in own_house.node.actions()[len(before) :]
        assert "case.updated" not in own_house.node.actions()[len(before) :]
        browser.send("/language", language="en")
