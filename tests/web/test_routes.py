"""Every route there is: who may open it, and what it carries (cases 46, 60, 61)."""

from __future__ import annotations

import re

import pytest

from services.intake.desk.access import opened_by
from services.intake.handlers.actor import UserRole
from shared.web.headers import HEADERS
from tests.web.house import STAFF, Browser, House
from tests.web.paths import ANYBODY, CENSUS, filled, own, rules


def test_every_route_is_in_the_census_with_who_may_open_it(house: House) -> None:
    """A route that nobody thought about is found here, and so is one that opened its door wider."""
    found = {endpoint: opened_by(house.app, endpoint) for endpoint, _, _ in rules(house)}
    assert found == CENSUS


def test_whoever_has_not_signed_in_gets_no_further(house: House) -> None:
    """Redirect to the sign-in for pages, 401 for forms and for the API."""
    for endpoint, method, rule in rules(house):
        if CENSUS[endpoint] == ANYBODY:
            continue
        browser = house.browser()
        browser.get("/sign-in")
        path = filled(rule, own(house))
        if method == "GET":
            answer = browser.get(path)
        elif endpoint.startswith("api."):
            answer = browser.client.post(path, json={})
        else:
            answer = browser.send(path)
        redirected = method == "GET" and not endpoint.startswith("api.")
        assert answer.status_code == (302 if redirected else 401), (endpoint, method)
        if redirected:
            assert answer.headers["Location"] == "/sign-in"
        assert "Kanar" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("login", STAFF)
def test_a_role_opens_what_it_may_and_nothing_else(house: House, login: str) -> None:
    """Rule 9: an administrator opens no case; 403 comes before anything is looked up."""
    role = STAFF[login][0]
    browser = house.browser(login)
    headers = {"Authorization": f"Bearer {house.token(login)}"}
    for endpoint, method, rule in rules(house):
        access = CENSUS[endpoint]
        if access == ANYBODY or role in access:  # type: ignore[operator]
            continue
        path = filled(rule, own(house))
        if endpoint.startswith("api."):
            answer = browser.client.open(path, method=method, headers=headers, json={})
        else:
            answer = browser.get(path) if method == "GET" else browser.send(path)
        assert answer.status_code == 403, (endpoint, method)
        assert "Kanar" not in answer.get_data(as_text=True)
    if role is UserRole.ADMINISTRATOR:
        assert browser.get(f"/cases/{house.of['missing']}").status_code == 403


def test_every_answer_carries_the_safe_headers(house: House) -> None:
    """Case 61, generated from the URL map; also for errors."""
    browser = house.browser("rasa")
    answers = [browser.get("/nothing-here"), browser.client.post("/cases/new")]
    for endpoint, method, rule in rules(house):
        if method == "GET":
            answers.append(browser.get(filled(rule, own(house))))
        elif endpoint != "account.sign_out":
            answers.append(browser.client.post(filled(rule, own(house))))
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (answer.request.path, name)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy


def test_no_page_has_a_script_or_a_style_in_it(house: House) -> None:
    """Only our own files run, after the page is there: it works without them as well."""
    browser = house.browser("rasa")
    for _, method, rule in rules(house):
        if method == "GET" and not rule.endswith(("<path:filename>", ".xlsx", ".zip")):
            page = browser.get(filled(rule, own(house))).get_data(as_text=True).lower()
            page = re.sub(r'<script src="/static/[a-z]+\.js" defer></script>', "", page)
            for part in ("<script", "<style", " style=", " onclick", " onload", "javascript:"):
                assert part not in page, (rule, part)


def test_a_state_is_never_changed_by_looking(own_house: House) -> None:
    """Case 44: what only a form may do answers 405 to a look."""
    browser = own_house.browser("rasa")
    pages = [one for one in rules(own_house) if not one[0].startswith("api.")]
    for rule in {rule for _, method, rule in pages if method == "POST"}:
        if {method for _, method, one in pages if one == rule} == {"POST"}:
            assert browser.get(filled(rule, own(own_house))).status_code == 405, rule


def test_an_error_page_says_nothing_of_the_program(own_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 60: no trace, no path, no version, no data; one sentence and a number."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError("Žydrūnė in /srv/secret.py")

    browser = own_house.browser("rasa")
    monkeypatch.setattr(type(own_house.node.intake.cases), "page_of", broken)
    answer = browser.get("/cases")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    for leak in ("Žydrūnė", "secret.py", "Traceback", "ValueError", "Werkzeug", "Flask"):
        assert leak not in page
    assert "Something went wrong" in page


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80"])
def test_another_host_is_refused(house: House, host: str) -> None:
    """Case 57."""
    assert house.app.test_client().get("/sign-in", headers={"Host": host}).status_code == 400


def test_the_desk_sends_nobody_elsewhere(house: House) -> None:
    """Case 57: after signing in one comes to the page that one wanted here, and nowhere else."""
    browser = house.browser()
    browser.get("/matches?state=all")
    assert browser.sign_in("rasa").headers["Location"] == "/matches"
    sly = Browser(house.app.test_client())
    sly.client.get("//evil.example/x")
    assert sly.sign_in("rasa").headers["Location"].startswith("/")
    assert not sly.sign_in("rasa").headers["Location"].startswith("//")
