"""Lists that are long, searches, and the four characters that a mail names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.domain.alert import Choices
from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind, Category, Risk
from services.intake.domain.person import Person
from services.intake.handlers.case_lists import CaseFilter
from services.intake.store.alerts import ShareRow
from services.intake.store.matches import MatchRow
from shared.runtime import ids
from tests.unit.intake.world import LYON
from tests.web.house import House, empty_house, propose, text_of


def crowd(house: House, many: int) -> None:
    """One runaway, registered first, and many adults after her."""
    rasa, cases = house.actors["rasa"], house.node.intake.cases
    with house.node.database.begin() as session:
        for number in range(many + 1):
            runaway = number == 0
            cases.add(
                session,
                Case(
                    kind=CaseKind.MISSING,
                    person=Person(family_name="Pirmoji" if runaway else f"Kita {number}"),
                    category=Category.RUNAWAY if runaway else Category.ADULT,
                    risk=Risk.HIGH if runaway else Risk.LOW,
                ),
                rasa,
            )


@pytest.mark.slow
def test_a_filter_looks_at_all_cases_and_not_at_the_newest(tmp_path: Path) -> None:
    """The oldest of many is found by what it is, and the list says how many there are."""
    house = empty_house(tmp_path)
    crowd(house, 205)
    browser = house.browser("rasa")
    for query in ("category=runaway", "risk=high", "category=runaway&kind=missing&risk=high"):
        page = text_of(browser.get(f"/cases?{query}").get_data(as_text=True))
        assert "Pirmoji" in page, query
        assert "1 case" in page
    assert "50 of 206 cases" in text_of(browser.get("/cases").get_data(as_text=True))
    last = browser.get("/cases?page=5").get_data(as_text=True)
    assert "6 of 206 cases" in text_of(last)
    assert "Page 5 of 5" in text_of(last)
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last
    second = browser.get("/cases?category=adult&page=2").get_data(as_text=True)
    assert "category=adult" in second.split('rel="next"')[1].split(">")[0], "the next page keeps the filter"
    for odd in ("0", "-1", "x", "999999", "9" * 40):
        assert browser.get(f"/cases?page={odd}").status_code == 200
    house.node.database.dispose()


def test_a_search_keeps_to_what_is_shown_and_says_what_it_leaves_out(own_house: House) -> None:
    rasa, cases = own_house.actors["rasa"], own_house.node.intake.cases
    found = own_house.of["found"]
    cases.end_search(found, 1, rasa)
    browser = own_house.browser("rasa")
    shown = browser.send("/search/cases", q="Ona Petraitė", state="open").get_data(as_text=True)
    assert f"/cases/{found}" not in shown
    assert "1 more in another state" in text_of(shown)
    for state in ("closed", "all"):
        page = browser.send("/search/cases", q="Ona Petraitė", state=state).get_data(as_text=True)
        assert f"/cases/{found}" in page


def test_the_characters_of_a_mail_lead_to_what_they_name(house: House) -> None:
    """Case 89: the mail says four characters and no more, so the desk has to know them."""
    browser, foreign = house.browser("rasa"), house.browser("other")
    for name, path in (("match", "/matches/"), ("alert", "/alerts/"), ("missing", "/cases/")):
        reference = house.of[name]
        for typed in (ids.short(reference), f" {ids.short(reference).lower()} "):
            page = browser.send("/search/cases", q=typed, state="all")
            assert f'href="{path}{reference}"' in page.get_data(as_text=True), name
        hidden = foreign.send("/search/cases", q=ids.short(reference), state="all")
        assert reference not in hidden.get_data(as_text=True), "case 46: another team's is not there"


def test_the_page_that_a_mail_opens_has_the_search(house: House) -> None:
    page = house.browser("rasa").get("/").get_data(as_text=True)
    assert 'action="/search/cases" class="line" role="search"' in page
    assert 'name="q"' in page


@pytest.mark.slow
def test_alerts_are_searched_sorted_and_cut_into_pages(tmp_path: Path) -> None:
    """The oldest of many is found by its name; each says when it was shared."""
    house = empty_house(tmp_path)
    crowd(house, 60)
    rasa, intake = house.actors["rasa"], house.node.intake
    first = next(iter(intake.cases.search("Pirmoji", rasa))).id
    intake.alerts.publish(first, Choices(), rasa, partners=[LYON])
    for one in intake.cases.page_of(CaseFilter(category="adult"), rasa, per_page=60).cases:
        house.node.clock.advance(timedelta(seconds=1))
        intake.alerts.publish(one.id, Choices(), rasa, partners=[LYON])
    browser = house.browser("rasa")
    assert "50 of 61 alerts" in text_of(browser.get("/alerts").get_data(as_text=True))
    assert "Pirmoji" in browser.get("/alerts?page=2").get_data(as_text=True)
    assert "Pirmoji" in browser.get("/alerts?order=ends").get_data(as_text=True)
    found = text_of(browser.send("/search/alerts", q="pirmoji").get_data(as_text=True))
    assert "1 alert" in found
    assert "Pirmoji" in found
    assert "2026-11-21 23:40" in found, "when it was shared"
    assert "No alert fits" in text_of(browser.send("/search/alerts", q="Niekas").get_data(as_text=True))
    foreign = house.browser("other").send("/search/alerts", q="pirmoji").get_data(as_text=True)
    assert "No alert fits" in text_of(foreign)
    house.node.database.dispose()


def test_what_is_settled_does_not_push_out_what_is_not(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 7: Today looks for what has not arrived, and not among the newest."""
    monkeypatch.setattr("services.intake.handlers.alerts.alerts.LIST_LIMIT", 1)
    rasa, intake = own_house.actors["rasa"], own_house.node.intake
    own_house.node.clock.advance(timedelta(minutes=1))
    newest = intake.alerts.publish(own_house.of["unshared"], Choices(), rasa, partners=[LYON])
    with own_house.node.database.begin() as session:
        session.get_one(ShareRow, newest.shares[0].id).state = "compared"
    page = own_house.browser("rasa").get("/").get_data(as_text=True)
    assert f"/alerts/{own_house.of['alert']}" in page.split('id="unsigned"')[1]


def test_a_long_list_of_matches_keeps_what_presses_most(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.handlers.matches.LIST_LIMIT", 1)
    monkeypatch.setattr("services.intake.desk.pages.matches.LIST_LIMIT", 1)
    own_house.node.clock.advance(timedelta(minutes=1))
    newer = propose(own_house, own_house.of["found"])
    with own_house.node.database.begin() as session:
        session.get_one(MatchRow, newer).urgency = "Future"
    page = own_house.browser("rasa").get("/matches").get_data(as_text=True)
    assert own_house.of["match"] in page
    assert newer not in page
    assert "Only 1 are shown" in text_of(page)
