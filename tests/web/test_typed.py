"""Every form of the desk, found on its pages: what is typed comes back, whatever happens; never a secret."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from services.intake.desk import guard
from services.intake.handlers.errors import IntakeError
from tests.web.house import Browser, House
from tests.web.paths import CENSUS, filled, own, rules

SECRET_TYPES = {"password"}
SECRET_HELP = {"current-password", "new-password", "one-time-code", "username"}
TEXTS = {"text", "search", "tel", "email", "url", "number"}
ODD = "one\u2028two\x0bthree\rfour\r\nfive\x85six"


@dataclass
class Form:
    """A form of a page: where it goes, what stands in it, what can be typed and what must stay secret."""

    page: str
    login: str
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    files: bool = False

    def typed(self) -> dict[str, str]:
        """Another sentence for every field that takes one."""
        return {name: f"Žodis {number}: ąčęėį" for number, name in enumerate(dict.fromkeys(self.texts))}

    def sent(self, mark: str) -> dict[str, Any]:
        """The form with every text filled, and a secret where one belongs."""
        secrets = dict.fromkeys(self.secrets, "Slaptas žodis")
        return {**self.values, **self.typed(), **secrets, "csrf_token": mark}


class Forms(HTMLParser):
    """Collects the POST forms of a page."""

    def __init__(self, page: str, login: str) -> None:
        super().__init__()
        self.page, self.login, self.found = page, login, list[Form]()
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            made = Form(self.page, self.login, given.get("action") or self.page)
            self._form = made if given.get("method", "").lower() == "post" else None
            if self._form is not None:
                self.found.append(made)
        if self._form is None or not given.get("name"):
            if tag == "option" and self._select and self._form is not None and "selected" in given:
                self._form.values[self._select] = [given.get("value", "")]
            return
        name, kind = given["name"], given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._form.texts.append(name)
        elif tag == "input" and (kind in SECRET_TYPES or given.get("autocomplete") in SECRET_HELP):
            self._form.secrets.append(name)
        elif tag == "input" and kind == "file":
            self._form.files = True
        elif tag == "input" and kind in TEXTS:
            self._form.texts.append(name)
        elif tag == "input" and (kind == "hidden" or (kind in ("radio", "checkbox") and "checked" in given)):
            self._form.values.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""


def forms(house: House) -> list[Form]:
    """Every form of every page that a GET shows, as each who may open it sees it."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for login in ("rasa", "lead", "admin"):
        browser, role = house.browser(login), house.actors[login].role
        for endpoint, method, rule in rules(house):
            access = CENSUS[endpoint]
            if method != "GET" or endpoint.startswith(("api.", "static")) or isinstance(access, str):
                continue
            if role not in access:  # type: ignore[operator]
                continue
            parts = own(house)
            if endpoint == "share.share":
                parts |= {"case_id": house.of["unshared"]}
            path = filled(rule, parts)
            answer = browser.get(path)
            if answer.mimetype != "text/html":
                continue
            reader = Forms(path, login)
            reader.feed(answer.get_data(as_text=True))
            for form in reader.found:
                found.setdefault((form.action, tuple(form.texts)), form)
    return [form for form in found.values() if form.texts and not form.files]


def lost(form: Form, answer: TestResponse) -> list[str]:
    """Fields whose text does not stand in the answer."""
    page = html.unescape(answer.get_data(as_text=True))
    assert "Slaptas" not in page, form
    return [name for name, text in form.typed().items() if text not in page]


def test_there_are_forms_to_look_at(house: House) -> None:
    found = forms(house)
    assert {"/cases/new", f"/cases/{house.of['missing']}/edit"} <= {form.action for form in found}
    assert all(form.typed() for form in found)


def test_what_was_typed_comes_back_when_the_page_had_grown_old(own_house: House) -> None:
    """A mark of another session, or of none: shown to whoever is signed in, and done by nobody (case 44)."""
    found = forms(own_house)
    before = own_house.node.actions()
    for form in found:
        if form.secrets:
            continue
        answer = own_house.browser(form.login).client.post(form.action, data=form.sent("wrong"))
        assert answer.status_code == 400, form
        assert lost(form, answer) == [], form
    done = own_house.node.actions()[len(before) :]
    assert {one for one in done if not one.endswith((".viewed", ".previewed"))} <= {"sign_in.done"}


def test_what_was_typed_comes_back_when_the_sign_in_had_ended_by_itself(own_house: House) -> None:
    """The cookie is there and its session is over: the words come back, in the page and after signing in."""
    for form in forms(own_house):
        if form.secrets:
            continue
        browser = own_house.browser(form.login)
        browser.get(form.page)
        with browser.client.session_transaction() as kept:
            own_house.node.intake.sign_ins.sign_out(kept[guard.SIGN_IN])
        answer = browser.client.post(form.action, data=form.sent(browser.csrf))
        assert answer.status_code == 401, form
        assert lost(form, answer) == [], form
        [again] = read(answer, form.action, form.login)
        assert again.action == form.action
        browser.sign_in(form.login)
        answer = browser.client.post(form.action, data=again.values)
        assert answer.status_code == 400, form
        assert lost(form, answer) == [], form


def read(answer: TestResponse, page: str, login: str) -> list[Form]:
    """The forms of a page that was answered, but the choice of language."""
    reader = Forms(page, login)
    reader.feed(answer.get_data(as_text=True))
    return [one for one in reader.found if one.action == page]


def test_what_was_typed_comes_back_when_something_does_not_fit(own_house: House) -> None:
    """Nonsense in every field: it is taken as it is, or refused by a page that has all of it."""
    for form in forms(own_house):
        browser = own_house.browser(form.login)
        browser.get(form.page)
        answer = browser.client.post(form.action, data=form.sent(browser.csrf))
        if answer.status_code == 303:
            continue
        assert answer.status_code in (200, 400, 409, 422), form
        assert lost(form, answer) == [], form


def test_an_error_page_has_what_was_typed(own_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that no page expected, data that cannot be reached: the words can be copied from the page."""
    browser = own_house.browser("rasa")
    browser.get("/cases/new")
    form = {"kind": "missing", "category": "adult", "risk": "low", "family_name": "Testas"}
    form["note"] = "Žodis, kurio gaila"
    gone = OperationalError("select", {}, Exception("gone"))
    for error, status in ((NotFacing("facing"), 422), (gone, 503)):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(type(own_house.node.intake.cases), "register", fail)
        answer = browser.send("/cases/new", **form)
        assert answer.status_code == status
        assert 'id="case-form"' not in answer.get_data(as_text=True)
        assert "Žodis, kurio gaila" in html.unescape(answer.get_data(as_text=True))


class NotFacing(IntakeError):
    """Something that no page says at its field."""


def test_secrets_are_never_kept(house: House) -> None:
    """Passwords and what is read out between partners: neither signed out nor signed in do they come back."""
    browser = house.browser("admin")
    sent = {"password": "Slaptas žodis", "new": "Slaptas žodis", "again": "Slaptas žodis"}
    words = {"word": ["Slaptas vienas", "Slaptas du"]}
    for path, form in (("/account/password", sent), ("/partners/fr-lyon/compare", words)):
        page = browser.client.post(path, data={**form, "csrf_token": "wrong"}).get_data(as_text=True)
        assert "Slaptas" not in page
    page = house.browser().client.post("/sign-in", data={**sent, "login": "Slaptas vardas"})
    assert "Slaptas" not in page.get_data(as_text=True)


def test_a_form_of_choices_alone_is_not_kept(own_house: House) -> None:
    """Nobody confirms an erasure on a page that does not say what would be erased."""
    browser = own_house.browser("rasa")
    path = f"/cases/{own_house.of['missing']}/erase"
    page = browser.client.post(path, data={"sure": "yes", "csrf_token": "wrong"}).get_data(as_text=True)
    assert 'name="sure"' not in page


@pytest.mark.parametrize("ending", ["stored", "refused", "old"])
def test_odd_ends_of_lines_survive(own_house: House, ending: str) -> None:
    """U+2028, a vertical tab, a lone return: what was typed before and after them is not lost."""
    browser = own_house.browser("rasa")
    browser.get("/cases/new")
    form = {"kind": "missing", "category": "adult", "risk": "low", "family_name": "Odd", "note": ODD}
    if ending == "refused":
        form["age"] = "old"
    mark = "wrong" if ending == "old" else browser.csrf
    answer = browser.client.post("/cases/new", data={**form, "csrf_token": mark})
    if answer.status_code == 303:
        answer = browser.get(answer.headers["Location"] + "/edit")
    page = html.unescape(answer.get_data(as_text=True))
    note = page.split('<textarea id="note"')[1].split(">\n", 1)[1].split("</textarea>")[0]
    assert note.split() == ["one", "two", "three", "four", "five", "six"]


def test_another_site_gets_no_page_with_what_it_sent(house: House) -> None:
    """Case 44: what comes from elsewhere is not put into a form of ours."""
    typed = Browser(house.app.test_client())
    headers = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/cases/new", f"/matches/{house.of['match']}/decide"):
        page = typed.client.post(path, data={"note": "Planted words"}, headers=headers)
        assert "Planted" not in page.get_data(as_text=True)
