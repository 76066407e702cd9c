"""Possible matches: tabs with counts, what stays in the address, and decisions that nobody overruns."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.intake.domain.codes import CaseKind
from shared.wire.codes import HeightBand, Strength
from shared.wire.local import MatchProposed
from tests.unit.intake.world import LYON, VILNIUS, case, person
from tests.web.house import House, propose, text_of


def match_row(page: str, match_id: str) -> str:
    return next(part for part in page.split('<li class="card">') if match_id in part)


def test_tabs_count_and_the_address_keeps_the_filter(own_house: House) -> None:
    browser, path = own_house.browser("rasa"), f"/matches/{own_house.of['match']}"
    browser.get("/matches")
    found = own_house.node.intake.cases.register(
        case(CaseKind.FOUND, person("Ieva", "Antroji")), own_house.actors["rasa"]
    )
    propose(own_house, found.summary.id)
    browser.send(f"{path}/decide", state="excluded", reason="namesake", version="1", seen_state="new")
    page = browser.get("/matches").get_data(as_text=True)
    counts = dict(re.findall(r'state=(\w+)[^>]*>[^<]*<span class="count">(\d+)</span>', page))
    assert counts == {"waiting": "1", "new": "1", "excluded": "1", "all": "2"}
    assert "Petraitė" not in page
    assert "waits: 0 minutes" in " ".join(text_of(page).split())
    excluded = browser.get(f"/matches?state=excluded&partner={LYON}").get_data(as_text=True)
    assert "Petraitė" in excluded
    assert "Rasa, 2026-" in match_row(excluded, own_house.of["match"])
    assert f"state=all&amp;partner={LYON}" in excluded
    assert "There is none of this kind." in browser.get("/matches?state=confirmed").get_data(as_text=True)
    for odd in ("state=x", "partner=lt-nobody", "state=all&page=999", "state=%27&partner=%27"):
        assert browser.get(f"/matches?{odd}").status_code == 200, odd


def test_who_comes_second_is_told_so_and_keeps_their_words(own_house: House) -> None:
    """Case 59: two people have the page open."""
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    path = f"/matches/{own_house.of['match']}"
    seen = {"version": "1", "seen_state": "new"}
    assert rasa.send(f"{path}/decide", state="probable", **seen).status_code == 303
    second = jonas.send(f"{path}/decide", state="excluded", reason="namesake", note="Kita motina.", **seen)
    page = second.get_data(as_text=True)
    assert second.status_code == 409
    assert "Meanwhile it was decided: Rasa, probable." in text_of(page)
    assert ">\nKita motina.</textarea>" in page
    assert '<option value="namesake" selected>' in page
    assert 'name="seen_state" value="probable"' in page
    view = own_house.node.intake.matches.open(own_house.of["match"], own_house.actors["rasa"])
    assert view.summary.state == "probable"


def test_words_come_back_in_another_language_and_after_a_mistake(own_house: House) -> None:
    browser, path = own_house.browser("rasa"), f"/matches/{own_house.of['match']}/decide"
    form: dict[str, Any] = {"version": "1", "seen_state": "new", "note": "Paskambinau.", "question": "marks"}
    browser.get("/account")
    other = browser.send(path, switch_language="lt", **form).get_data(as_text=True)
    assert '<html lang="lt">' in other
    assert ">\nPaskambinau.</textarea>" in other
    assert '<option value="marks" selected>' in other
    wrong = browser.send(path, state="excluded", **form)
    assert wrong.status_code == 422
    assert ">\nPaskambinau.</textarea>" in wrong.get_data(as_text=True)
    browser.csrf = "stale"
    ended = browser.send(path, state="probable", **form)
    assert ended.status_code == 400
    assert ">\nPaskambinau.</textarea>" in ended.get_data(as_text=True)
    view = own_house.node.intake.matches.open(own_house.of["match"], own_house.actors["rasa"])
    assert view.summary.state == "new"


def test_an_unlikely_match_wears_no_urgency(own_house: House) -> None:
    """The alert is urgent; that hardly says anything about this case."""
    found = own_house.node.intake.cases.register(
        case(CaseKind.FOUND, person("Ieva", "Antroji")), own_house.actors["rasa"]
    ).summary.id
    own_house.node.handle(unlikely(own_house, found), f"{VILNIUS}/matching")
    browser = own_house.browser("rasa")
    for path in ("/", "/matches", f"/cases/{found}"):
        page = browser.get(path).get_data(as_text=True)
        [match] = own_house.node.intake.matches.overview(own_house.actors["rasa"], case_id=found)
        row = match_row(page, match.id)
        assert "unlikely" in row
        assert "urgency-immediate" not in row, path
    assert "urgency-immediate" not in browser.get(f"/matches/{match.id}").get_data(as_text=True)
    assert "urgency-immediate" in browser.get("/matches").get_data(as_text=True), "the likely one still does"


def unlikely(house: House, found: str) -> MatchProposed:
    """A proposal like any other, and hardly a match."""
    sent: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.node, "handle", lambda body, _: sent.append(body))
        propose(house, found)
    proposed: MatchProposed = sent[0]
    return proposed.model_copy(update={"strength": Strength.UNLIKELY, "score": -150})


def test_an_excluded_match_that_came_back_says_why(own_house: House) -> None:
    """It was put aside for a reason; the reader is told when, why, and what is new."""
    browser, path = own_house.browser("rasa"), f"/matches/{own_house.of['match']}"
    browser.get("/matches")
    form = {"state": "excluded", "reason": "description_differs", "version": "1", "seen_state": "new"}
    assert browser.send(f"{path}/decide", **form).status_code == 303
    house, intake = own_house, own_house.node.intake
    view = intake.matches.open(house.of["match"], house.actors["rasa"])
    again = unlikely(house, view.summary.case_id)
    newer = {
        "match": house.of["match"],
        "version": 2,
        "facts": "1" * 64,
        "strength": Strength.VERY_LIKELY,
        "alert_version": 2,
        "description": again.description.model_copy(update={"height": HeightBand.FROM_160}),
    }
    house.node.handle(again.model_copy(update=newer), f"{VILNIUS}/matching")
    text = " ".join(text_of(browser.get(path).get_data(as_text=True)).split())
    assert "it was put aside: the description differs. Since then the partner's alert changed:" in text
    assert "Height band" in text
