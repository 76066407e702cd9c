"""Somebody else's id answers exactly as one that does not exist (cases 46 and 47)."""

from __future__ import annotations

import re

import pytest

from services.intake.handlers.actor import UserRole
from tests.web.house import House
from tests.web.paths import CENSUS, NONE, filled, foreign, own, rules

TAKES = (
    "<case_id>",
    "<alert_id>",
    "<match_id>",
    "<draft_id>",
    "<handover_id>",
    "<table_id>",
    "<template_id>",
    "<batch_id>",
)
FORM = {
    "version": "1",
    "status": "tracing_in_progress",
    "state": "probable",
    "step": "confirm",
    "sure": "yes",
}
BODIES = {"api.decide_match": {"state": "probable", "version": 1, "seen_state": "new"}}


def body_of(page: str) -> str:
    """A page without what is new every time: the mark of forms and the number of the incident."""
    page = re.sub(r'name="csrf_token" value="[^"]+"', "", page)
    return re.sub(r"name this number: \w+", "", page)


def test_every_route_with_an_id(house: House) -> None:
    """Generated from the URL map, so that a new route is probed without anybody thinking of it."""
    browser = house.browser("rasa")
    headers = {"Authorization": f"Bearer {house.token('rasa')}"}
    probed = 0
    for endpoint, method, rule in rules(house):
        if not any(part in rule for part in TAKES):
            continue
        answers = []
        for parts in (foreign(house), NONE):
            path = filled(rule, own(house) | parts)
            if endpoint.startswith("api."):
                json = BODIES.get(endpoint)
                answers.append(browser.client.open(path, method=method, headers=headers, json=json))
            else:
                answers.append(browser.get(path) if method == "GET" else browser.send(path, **FORM))
        theirs, nobodys = answers
        opened = UserRole.CASEWORKER in CENSUS[endpoint]  # type: ignore[operator]
        expected = 404 if opened else 403  # before anything is looked up
        assert theirs.status_code == nobodys.status_code == expected, (endpoint, method)
        assert body_of(theirs.get_data(as_text=True)) == body_of(nobodys.get_data(as_text=True)), endpoint
        probed += 1
    assert probed >= 18


@pytest.mark.parametrize("name", ["partners", "sessions", "alarms", "import"])
def test_ids_of_other_kinds(house: House, name: str) -> None:
    """A partner, session, alarm or import that is not there is a 404, and never an error."""
    nobody = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
    browser = house.browser("lead")
    answers = {
        "partners": lambda: browser.get("/partners/xx-nobody"),
        "sessions": lambda: browser.send(f"/account/sessions/signin_{nobody}/end"),
        "alarms": lambda: browser.send(f"/alarms/alarm_{nobody}/seen"),
        "import": lambda: browser.send(f"/import/batch_{nobody}/undo"),
    }
    assert answers[name]().status_code == 404


def test_lists_name_nothing_of_another_team(house: House) -> None:
    """Case 46: neither in lists nor on Today nor by search."""
    browser, pages = house.browser("rasa"), []
    for path in (
        "/",
        "/cases?state=all",
        "/alerts?state=all",
        "/matches?state=all",
    ):
        pages.append(browser.get(path).get_data(as_text=True))
    for path in ("/search/cases", "/search/alerts"):
        pages.append(browser.send(path, q="Kanarėlė-Testauskienė", state="all").get_data(as_text=True))
        assert "Kanarėlė" in pages[-1], "the own one is found"
    for page in pages:
        for name in ("foreign", "foreign_alert", "foreign_match", "foreign_draft"):
            assert house.of[name] not in page, name
