"""Registering in steps, and a call at night: nothing typed is lost, and the answers say what risk."""

from __future__ import annotations

import html
import re

import pytest

from services.intake.handlers.drafts import MOST_BYTES
from tests.web.house import Browser, House, text_of

PERSON = {"kind": "missing", "given_name": "Ąžuolas", "family_name": "Testauskas", "date_of_birth": "2014"}
CONTACT = {"last_seen_place": "Kaunas", "cause": "Neparėjo\nnamo", "protect_location": "unknown"}
ENQUIRER = {"enquirer_name": "Ona Testienė", "enquirer_phone": "+37060000000"}
NIGHT = {
    "given_name": "Rūta", "family_name": "Testė", "age": "15", "sex": "female", "category": "runaway",
    "last_seen_place": "Alytus", "cause": "Išėjo vakare", "enquirer_name": "Teta", "enquirer_phone": "8600",
}  # fmt: skip


def shown(page: str) -> str:
    """What the step looked like when it was opened."""
    found = re.search(r'name="base" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def go(browser: Browser, path: str, **form: str) -> tuple[int, str]:
    """Open a step, fill it in and send it; status, and where it leads."""
    base = shown(browser.get(path).get_data(as_text=True))
    answer = browser.send(path, **{"base": base} | form)
    return answer.status_code, answer.headers.get("Location", "")


def test_a_case_is_registered_in_steps(own_house: House) -> None:
    """Each step is kept as it is sent; the last one shows all of it, and the risk that the answers say."""
    browser = own_house.browser("rasa")
    _, contact = go(browser, "/drafts/new", **PERSON)
    _, enquirer = go(browser, contact, **CONTACT)
    assert enquirer.endswith("/enquirer")
    _, risk = go(browser, enquirer, **ENQUIRER)
    _, check = go(browser, risk, category="runaway", triage_medication="yes", risk="")
    page = browser.get(check).get_data(as_text=True)
    for word in ("Ąžuolas", "Kaunas", "Neparėjo", "Ona Testienė", "Under 13", "Needs medicine"):
        assert word in text_of(page), word
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    answer = browser.send(check, version=version)
    assert answer.status_code == 303
    case = own_house.node.intake.cases.get(
        answer.headers["Location"].split("/")[-1], own_house.actors["rasa"]
    )
    assert case.summary.risk == "high"
    assert (case.case.person.given_name, case.case.note) == ("Ąžuolas", "")
    assert case.case.separation is not None
    assert case.case.separation.cause == "Neparėjo\nnamo"
    assert browser.get(check).status_code == 404, "the draft is gone"
    assert "Needs medicine" in text_of(browser.get(answer.headers["Location"]).get_data(as_text=True))


def test_back_and_away_keep_even_what_does_not_fit(own_house: House) -> None:
    browser = own_house.browser("rasa")
    _, contact = go(browser, "/drafts/new", **PERSON | {"date_of_birth": "15/05/20"}, go="leave")
    assert contact == "/cases"
    listed = browser.get("/cases").get_data(as_text=True)
    assert "Ąžuolas Testauskas" in listed
    path = next(one for one in re.findall(r'href="(/drafts/[^"]+)"', listed) if one.endswith("/person"))
    assert 'value="15/05/20"' in browser.get(path).get_data(as_text=True)
    status, _ = go(browser, path, **PERSON | {"date_of_birth": "15/05/20"})
    assert status == 422
    _, contact = go(browser, path, **PERSON)
    _, back = go(browser, contact, **CONTACT | {"last_contact": "soon"}, go="back")
    assert back == path
    assert 'value="soon"' in browser.get(contact).get_data(as_text=True)
    missing = browser.get(path.replace("person", "check")).get_data(as_text=True)
    assert "Last contact" in text_of(missing.split('role="alert"')[1])
    assert ">Register the case<" not in missing
    assert browser.send(path.replace("person", "check"), version="9").status_code == 422


def test_a_refused_value_keeps_the_step(own_house: House) -> None:
    browser = own_house.browser("rasa")
    answer = browser.send("/drafts/new", **PERSON | {"age": "old", "height_cm": "1.75"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for word in ("Ąžuolas", 'value="old"', "1.75", 'id="age-problem"', 'id="height_cm-problem"'):
        assert word in page, word
    nameless = browser.send("/drafts/new", kind="missing")
    assert 'id="family_name-problem"' in nameless.get_data(as_text=True)
    too_long = browser.send("/drafts/new", **PERSON | {"alternate_names": "x" * MOST_BYTES}, go="leave")
    assert too_long.status_code == 422
    assert "Ąžuolas" in too_long.get_data(as_text=True)


def test_another_language_keeps_a_step_and_saves_nothing(own_house: House) -> None:
    browser, before = own_house.browser("rasa"), own_house.node.actions()
    for path in ("/drafts/new", f"/drafts/{own_house.of['draft']}/person", "/night"):
        page = browser.send(path, **PERSON | {"age": "wrong"}, switch_language="lt").get_data(as_text=True)
        assert '<html lang="lt">' in page
        assert 'value="Testauskas"' in page
        assert "-problem" not in page
    done = own_house.node.actions()[len(before) :]
    assert not {"draft.begun", "draft.saved", "case.registered"} & set(done)


def test_the_second_of_two_who_write_one_step_sees_both(own_house: House) -> None:
    """Case 59; another step of the same draft is no conflict."""
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    path = f"/drafts/{own_house.of['draft']}/person"
    base = shown(rasa.get(path).get_data(as_text=True))
    assert go(jonas, path.replace("person", "contact"), **CONTACT)[0] == 303
    assert rasa.send(path, base=base, **PERSON | {"given_name": "Rasos"}).status_code == 303
    answer = jonas.send(path, base=base, **PERSON | {"given_name": "Jono"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Jono"' in page
    assert "stored now: Rasos" in text_of(page)
    again = jonas.send(path, base=shown(page), **PERSON | {"given_name": "Jono"})
    assert again.status_code == 303
    typed = own_house.node.intake.drafts.get(own_house.of["draft"], own_house.actors["rasa"]).typed
    assert typed["values"]["given_name"] == "Jono"
    assert typed["values"]["last_seen_place"] == "Kaunas"


def test_what_was_looked_at_is_what_is_registered(own_house: House) -> None:
    """Case 59: a colleague changed the draft between the last look and the button."""
    browser, path = own_house.browser("rasa"), f"/drafts/{own_house.of['draft']}/person"
    go(browser, path.replace("person", "risk"), category="adult", risk="low")
    seen = browser.get(path.replace("person", "check")).get_data(as_text=True)
    version = re.findall(r'name="version" value="(\d+)"', seen)[0]
    go(own_house.browser("jonas"), path, **PERSON | {"given_name": "Jono"})
    answer = browser.send(path.replace("person", "check"), version=version)
    assert answer.status_code == 409
    assert "Jono" in answer.get_data(as_text=True)
    assert "case.registered" not in own_house.node.actions()[-6:]


@pytest.mark.parametrize("path", ["/drafts/new", "draft", "/night"])
def test_a_step_outlives_its_session(own_house: House, path: str) -> None:
    """Signed out meanwhile: what was typed is kept in the page, and comes back after signing in."""
    path = f"/drafts/{own_house.of['draft']}/person" if path == "draft" else path
    browser = own_house.browser("rasa")
    browser.get(path)
    mark = browser.csrf
    browser.send("/sign-out")
    answer = browser.client.post(path, data=PERSON | {"csrf_token": mark})
    assert answer.status_code == 400
    assert 'name="family_name" value="Testauskas"' in answer.get_data(as_text=True)
    browser.sign_in("rasa")
    again = browser.client.post(path, data=PERSON)
    assert again.status_code == 400
    assert 'value="Testauskas"' in again.get_data(as_text=True)
    assert "nothing is saved yet" in again.get_data(as_text=True)
    for other, status in (("admin", 403), ("auditor", 403)):
        assert own_house.browser(other).client.post(path, data=PERSON).status_code == status


def test_a_draft_is_deleted_after_asking(own_house: House) -> None:
    browser, path = own_house.browser("rasa"), f"/drafts/{own_house.of['draft']}/discard"
    assert "cannot be brought back" in browser.get(path).get_data(as_text=True)
    assert browser.send(path).status_code == 303
    assert browser.get(path).status_code == 404


def test_a_lower_risk_than_the_answers_say_wants_a_sentence(own_house: House) -> None:
    browser, path = own_house.browser("rasa"), f"/drafts/{own_house.of['draft']}/risk"
    answers = {"category": "adult", "triage_threat_to_life": "yes", "risk": "low"}
    status, _ = go(browser, path, **answers)
    assert status == 422
    assert go(browser, path, **answers, risk_because="Kalbėjo telefonu prieš valandą")[0] == 303


def test_a_call_at_night_is_nine_fields_and_a_note_that_is_already_written(own_house: House) -> None:
    """Journey 11: 112 first, high risk, an episode, and a handover for the next shift."""
    browser = own_house.browser("duty")
    page = browser.get("/night").get_data(as_text=True)
    form = page.split('id="case-form"')[1].split("</form>")[0]
    fields = set(re.findall(r'<(?:input|select|textarea) id="\w+" name="(\w+)"', form))
    assert fields == set(NIGHT)
    assert len(fields) == 9
    assert page.index("112") < page.index("<form method", page.index("<main"))
    assert "We neither confirm nor deny." in text_of(page)
    kept = browser.send("/night", **NIGHT | {"age": "teen", "category": ""})
    assert kept.status_code == 422
    assert 'value="Rūta"' in kept.get_data(as_text=True)
    answer = browser.send("/night", **NIGHT)
    assert answer.status_code == 303
    case_id = answer.headers["Location"].split("/")[-1]
    view = own_house.node.intake.cases.get(case_id, own_house.actors["duty"])
    assert (view.summary.risk, view.summary.kind, view.case.episode.number) == ("high", "missing", 1)
    page = text_of(browser.get(answer.headers["Location"]).get_data(as_text=True))
    for word in ("Caller: Teta, 8600.", "What was said: Išėjo vakare", "Registered by telephone", "Duty"):
        assert word in page, word
    today = browser.get("/").get_data(as_text=True)
    assert f"/cases/{case_id}" in today.split('id="handovers"')[1]


def test_a_note_is_taken_over(own_house: House) -> None:
    browser, case_id = own_house.browser("rasa"), own_house.of["missing"]
    assert browser.send(f"/cases/{case_id}/handover", text="<b>Kelti 7 val.</b>").status_code == 303
    page = browser.get(f"/cases/{case_id}").get_data(as_text=True)
    assert "&lt;b&gt;Kelti 7 val.&lt;/b&gt;" in page
    for path in re.findall(r'action="(/handovers/[^"]+)"', page):
        assert browser.send(path).headers["Location"] == f"/cases/{case_id}"
    page = browser.get(f"/cases/{case_id}").get_data(as_text=True)
    assert "taken over: Rasa" in text_of(page)
    assert "/handovers/" not in page
    assert 'id="handovers"' not in browser.get("/").get_data(as_text=True)
