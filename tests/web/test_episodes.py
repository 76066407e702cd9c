"""One person again and again: disappearances, links between cases, and who looked."""

from __future__ import annotations

import re

from services.intake.domain.codes import CaseKind
from tests.unit.intake.world import case, person
from tests.web.house import House, text_of


def test_missing_again_is_the_same_case(own_house: House) -> None:
    browser, case_id = own_house.browser("rasa"), own_house.of["unshared"]
    assert browser.send(f"/cases/{case_id}/end", version="1", outcome="returned").status_code == 303
    page = browser.get(f"/cases/{case_id}").get_data(as_text=True)
    assert "came back" in text_of(page)
    path = f"/cases/{case_id}/missing-again"
    assert path in page
    wrong = browser.send(path, version="2", began="vakar")
    assert wrong.status_code == 422
    assert 'value="vakar"' in wrong.get_data(as_text=True)
    assert browser.send(path, version="2", began="2026-11").headers["Location"] == f"/cases/{case_id}/edit"
    page = text_of(browser.get(f"/cases/{case_id}").get_data(as_text=True))
    assert "2 disappearances" in page
    assert "2026-11 – still missing" in page
    assert browser.send(path, version="3", began="").status_code == 422, "an open case has no second one"


def test_how_it_ended_does_not_leave_the_house(own_house: House) -> None:
    """Journey 5: partners are told that it ended and never why."""
    house = own_house
    house.node.new()
    house.browser("rasa").send(f"/cases/{house.of['missing']}/end", version="1", outcome="dead")
    sent = house.node.new()
    assert sent
    assert not any("dead" in str(one.body) for one in sent)


def test_a_duplicate_is_advised_before_and_after_registering(own_house: House) -> None:
    rasa, browser = own_house.actors["rasa"], own_house.browser("rasa")
    old = own_house.node.intake.cases.register(
        case(CaseKind.MISSING, person("Олена", "Ковальська")), rasa
    ).summary.id
    typed = {"kind": "missing", "given_name": "Olena", "family_name": "Kovalska", "category": "runaway"}
    draft = own_house.node.intake.drafts.begin(
        {"values": typed, "languages": [], "marks": []}, "Olena", "check", rasa
    )
    page = browser.get(f"/drafts/{draft.id}/check").get_data(as_text=True)
    assert old in page.split('id="alike"')[1]
    new = browser.send(f"/drafts/{draft.id}/check", version="1").headers["Location"]
    page = browser.get(new).get_data(as_text=True)
    assert old in page.split('id="alike"')[1]
    assert browser.send(f"{new}/same-person", other=old).status_code == 303
    page = browser.get(f"/cases/{old}").get_data(as_text=True)
    assert new in page.split('id="linked"')[1]
    assert browser.send(f"{new}/same-person", other=old, undo="yes").status_code == 303
    assert 'id="linked"' not in browser.get(new).get_data(as_text=True)
    assert browser.send(f"{new}/same-person", other=own_house.of["foreign"]).status_code == 404


def test_repeated_looks_are_one_line_and_all_of_them_can_be_read(own_house: House) -> None:
    """Rule 10: beyond the newest hundred there are more pages."""
    browser, jonas = own_house.browser("rasa"), own_house.actors["jonas"]
    case_id = own_house.of["unshared"]
    for _ in range(120):
        own_house.node.intake.cases.get(case_id, jonas)
    page = browser.get(f"/cases/{case_id}").get_data(as_text=True)
    assert len(re.findall("Jonas: looked at the case", text_of(page))) == 1
    assert "99 times that day" in text_of(page)
    path = f"/cases/{case_id}/history"
    assert path in page
    oldest = browser.get(f"{path}?page=2").get_data(as_text=True)
    assert "registered the case" in text_of(oldest)
    assert "Page 2 of 2" in text_of(oldest)
    assert browser.get(f"{path}?page=99").status_code == 200
