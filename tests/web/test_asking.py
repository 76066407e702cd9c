"""Who is asking, as it is seen on the desk; and names that are searched for leave no trace in an address."""

from __future__ import annotations

import re

from services.intake.domain.asking import NOTHING_CHECKED
from tests.unit.intake.world import case
from tests.web.house import House, text_of
from tests.web.test_kept import opened


def held(house: House) -> str:
    """A case of high risk whose enquirer nobody has checked."""
    return house.node.intake.cases.register(case(check=NOTHING_CHECKED), house.actors["rasa"]).summary.id


def test_a_second_person_opens_what_is_held(own_house: House) -> None:
    """Case 94: the caseworker is told why; the lead allows it with a reason, and it can be shared."""
    case_id = held(own_house)
    rasa, lead = own_house.browser("rasa"), own_house.browser("lead")
    refused = rasa.get(f"/cases/{case_id}/share")
    assert refused.status_code == 422
    assert "who is asking is not checked" in text_of(refused.get_data(as_text=True))
    page = rasa.get(f"/cases/{case_id}").get_data(as_text=True)
    assert "allow-sharing" not in page
    assert "until a second person allows it" in text_of(page)
    assert rasa.send(f"/cases/{case_id}/allow-sharing", because="Aš pati").status_code == 403
    assert "allow-sharing" in lead.get(f"/cases/{case_id}").get_data(as_text=True)
    assert lead.send(f"/cases/{case_id}/allow-sharing", because=" ").status_code == 422
    assert lead.send(f"/cases/{case_id}/allow-sharing", because="Policija prašė").status_code == 303
    page = text_of(rasa.get(f"/cases/{case_id}").get_data(as_text=True))
    assert "Policija prašė" in page
    assert "Lead" in page
    assert rasa.get(f"/cases/{case_id}/share").status_code == 200


def test_the_check_is_written_in_the_form_and_signed_by_itself(own_house: House) -> None:
    case_id = held(own_house)
    browser = own_house.browser("jonas")
    form = opened(browser, f"/cases/{case_id}/edit")
    checked = {"enquirer_identity": "document", "enquirer_order": "no", "enquirer_plausible": "yes"}
    assert browser.send(f"/cases/{case_id}/edit", **form | checked).status_code == 303
    page = text_of(browser.get(f"/cases/{case_id}").get_data(as_text=True))
    for word in ("saw a document", "no, we asked", "Checked by Jonas"):
        assert word in " ".join(page.split()), word
    assert browser.get(f"/cases/{case_id}/share").status_code == 200


def test_a_protection_order_is_not_edited_away(own_house: House) -> None:
    case_id = held(own_house)
    browser, path = own_house.browser("rasa"), f"/cases/{case_id}/edit"
    assert browser.send(path, **opened(browser, path) | {"enquirer_order": "yes"}).status_code == 303
    form = opened(browser, path)
    assert form["enquirer_order"] == "yes"
    answer = browser.send(path, **form | {"enquirer_order": "no", "note": "Ilga istorija"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "safeguarding lead only" in text_of(page)
    assert "Ilga istorija" in page, "what was typed is not lost"
    lead = own_house.browser("lead")
    assert lead.send(path, **opened(lead, path) | {"enquirer_order": "no"}).status_code == 303


def test_a_searched_name_stands_in_no_address_and_no_cookie(own_house: House) -> None:
    browser = own_house.browser("rasa")
    answer = browser.send("/search/cases", q="Ona Petraitė", state="all", order="risk")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert own_house.of["found"] in page
    for address in re.findall(r'(?:href|action)="([^"]*)"', page):
        assert "Petrait" not in address
    assert "Petrait" not in str(answer.headers)
    assert own_house.of["found"] not in browser.get("/cases?q=Ona Petraitė&state=closed").get_data(
        as_text=True
    )
    lithuanian = browser.send("/search/cases", q="Ona Petraitė", state="all", switch_language="lt")
    assert '<html lang="lt">' in lithuanian.get_data(as_text=True)
    assert own_house.of["found"] in lithuanian.get_data(as_text=True)


def test_filters_without_a_name_stay_in_the_address(own_house: House) -> None:
    browser = own_house.browser("rasa")
    answer = browser.send("/search/cases", q=" ", risk="high", state="all", order="risk", kind="")
    assert answer.headers["Location"] == "/cases?risk=high&state=all&order=risk"
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert '<option value="high" selected>' in page
    assert "<details" in page
    assert "open><summary>" in page
    sly = browser.send("/search/cases", q="", risk="//evil.example/?q=Petraitė")
    assert sly.headers["Location"] == "/cases"
