"""Today, the reason to search, renewing an alert, and consents, as their readers meet them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.intake.store.alerts import AlertRow, ShareRow
from tests.unit.intake.world import LYON
from tests.web.house import Browser, House, text_of

CONSENT = {
    "contact_wish": "tell_safe",
    "purpose": "answer_enquiry",
    "addressee": LYON,
    "scope": "safe",
    "source": "signature",
    "language": "lt",
    "given": "2026-11-20",
    "until": "2027-03-31",
}


def part(browser: Browser, name: str) -> str:
    """One section of Today."""
    page = browser.get("/").get_data(as_text=True)
    return page.split(f'aria-labelledby="{name}"')[1].split("</section>")[0]


def test_a_case_is_completed_from_today(own_house: House) -> None:
    browser, missing = own_house.browser("rasa"), own_house.of["missing"]
    assert f"/cases/{missing}#reason" in part(browser, "complete")
    assert browser.send(f"/cases/{missing}/reason", reason="family_request").status_code == 303
    assert missing not in part(browser, "complete")
    page = browser.get(f"/cases/{missing}").get_data(as_text=True)
    assert 'value="family_request" selected' in page
    assert "said why the person is looked for" in text_of(page)
    assert browser.send(f"/cases/{missing}/reason", reason="because").status_code == 422


def test_an_alert_is_renewed_with_one_click(own_house: House) -> None:
    browser, alert = own_house.browser("rasa"), own_house.of["alert"]
    assert "No alert ends within a week" in text_of(part(browser, "ending"))
    with own_house.node.database.begin() as session:
        session.get_one(AlertRow, alert).expires_at = own_house.node.clock.now() + timedelta(days=2)
    assert f"/alerts/{alert}/renew" in part(browser, "ending")
    assert "It ends 2026-11-23 now" in text_of(browser.get(f"/alerts/{alert}/renew").get_data(as_text=True))
    assert browser.send(f"/alerts/{alert}/renew").status_code == 303
    assert alert not in part(browser, "ending")
    with own_house.node.database.read() as session:
        left = session.get_one(AlertRow, alert).expires_at - own_house.node.clock.now()
    assert left == timedelta(days=90)


def test_who_owes_a_receipt_is_telephoned(own_house: House) -> None:
    """Rule 7: since when, and whom to call."""
    own_house.node.clock.advance(timedelta(hours=30))
    with own_house.node.database.begin() as session:
        for share in session.scalars(select(ShareRow).where(ShareRow.partner == LYON)):
            share.state, share.deleting_at = "deleting", own_house.node.clock.now() - timedelta(hours=26)
    late = part(own_house.browser("lead"), "late")
    assert "overdue" in text_of(late)
    assert 'href="tel:+' in late


def test_an_administrator_sees_no_case_on_today(house: House) -> None:
    """Rule 9."""
    page = house.browser("admin").get("/").get_data(as_text=True)
    for name in ("complete", "ending", "waiting", "unsigned", "late"):
        assert f'aria-labelledby="{name}"' not in page
    assert "Kanar" not in page


def test_a_consent_is_recorded_and_withdrawn(own_house: House) -> None:
    """Rule 2; who withdrew it and when is kept."""
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['found']}/consents"
    assert "No consent is recorded" in text_of(browser.get(path).get_data(as_text=True))
    assert browser.send(f"{path}/new", **CONSENT).status_code == 303
    page = browser.get(path).get_data(as_text=True)
    assert "in force" in text_of(page)
    [consent] = set(re.findall(r"consents/(consent_\w+)/withdraw", page))
    foreign = own_house.browser("other").send(f"{path}/{consent}/withdraw")
    astray = browser.send(f"/cases/{own_house.of['missing']}/consents/{consent}/withdraw")
    assert foreign.status_code == astray.status_code == 404
    assert "in force" in text_of(browser.get(path).get_data(as_text=True))
    assert browser.send(f"{path}/{consent}/withdraw").status_code == 303
    text = text_of(browser.get(path).get_data(as_text=True))
    assert "withdrawn" in text
    assert "Rasa, 2026-11-21" in text
    assert "withdrew a consent" in text_of(browser.get(path.removesuffix("/consents")).get_data(as_text=True))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": "tomorrow"}, "until"),
        ({"until": "2029-01-01"}, "until"),
        ({"given": "2027-01-01"}, "given"),
        ({"contact_wish": ""}, "contact_wish"),
        ({"addressee": "xx-nobody"}, "addressee"),
        ({"scope": "whereabouts"}, "scope"),
        ({"source": "witnessed_word"}, "witnessed_by"),
        ({"source": "witnessed_word", "witnessed_by": "user_nobody"}, "witnessed_by"),
        ({"paper": "paper_nobody"}, "paper"),
    ],
    ids=lambda one: str(one),
)
def test_a_consent_that_does_not_fit_keeps_what_was_typed(
    house: House, change: dict[str, str], field: str
) -> None:
    browser = house.browser("rasa")
    answer = browser.send(f"/cases/{house.of['found']}/consents/new", **CONSENT | change)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in page
    assert 'value="answer_enquiry" selected' in page
    assert "No consent is recorded" in text_of(
        browser.get(f"/cases/{house.of['found']}/consents").get_data(as_text=True)
    )


def test_another_language_keeps_a_half_filled_consent(house: House) -> None:
    browser = house.browser("rasa")
    path = f"/cases/{house.of['found']}/consents/new"
    answer = browser.send(path, **CONSENT | {"until": ""}, switch_language="lt")
    page = answer.get_data(as_text=True)
    assert '<html lang="lt">' in page
    assert 'value="tell_safe" selected' in page
    assert "-problem" not in page


def test_a_signed_paper_stays_with_its_consent(own_house: House) -> None:
    """The paper is a file of the case; it cannot be removed while a consent names it."""
    rasa, intake = own_house.actors["rasa"], own_house.node.intake
    found = own_house.of["found"]
    paper = intake.attachments.add(found, "parašas.pdf", b"%PDF", rasa).id
    browser = own_house.browser("rasa")
    assert browser.send(f"/cases/{found}/consents/new", **CONSENT | {"paper": paper}).status_code == 303
    assert "parašas.pdf" in browser.get(f"/cases/{found}/consents").get_data(as_text=True)
    refused = browser.send(f"/cases/{found}/attachments/{paper}/remove")
    assert refused.status_code == 422
    assert "A consent names this paper" in text_of(refused.get_data(as_text=True))
    foreign = own_house.of["attachment"]
    answer = browser.send(f"/cases/{found}/consents/new", **CONSENT | {"paper": foreign})
    assert answer.status_code == 422


def test_nobody_consents_for_somebody_who_is_looked_for(own_house: House) -> None:
    browser = own_house.browser("rasa")
    answer = browser.send(f"/cases/{own_house.of['missing']}/consents/new", **CONSENT)
    assert answer.status_code == 422
    assert "Only somebody who was found" in text_of(answer.get_data(as_text=True))


def test_sharing_asks_why_where_nobody_said_so(own_house: House) -> None:
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['unshared']}/share"
    assert 'name="reason"' in browser.get(path).get_data(as_text=True)
    form = {"step": "preview", "tlp": "amber", "permitted_use": "ask_partner", "released": "sex"}
    assert browser.send(path, **form, reason="because").status_code == 303
    assert 'name="reason"' in browser.get(path).get_data(as_text=True), "no code, so nothing is saved"
    assert browser.send(path, **form, reason="court_order").status_code == 303
    assert 'name="reason"' not in browser.get(path).get_data(as_text=True)
    case = own_house.node.intake.cases.get(own_house.of["unshared"], own_house.actors["rasa"])
    assert case.summary.search_reason == "court_order"
    foreign = own_house.browser("other").send(path, **form, reason="duty_of_care")
    assert foreign.status_code == 404
