"""Sharing an alert: the meter, the reason that it asks for, and where the alert stands afterwards."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.intake.domain.codes import HairColour
from shared.runtime.clock import to_wire
from shared.wire import codes
from shared.wire.messages import Receipt, ReceiptItem
from tests.unit.intake.world import LYON, case, person
from tests.web.house import House, text_of
from tests.web.test_journeys import hidden

NARROW: dict[str, Any] = {
    "released": ["sex", "birth_decade", "height", "eye_colour", "hair_colour", "marks"],
    "audience": "chosen", "partners": [LYON], "tlp": "amber", "permitted_use": "match_only", "until": "",
}  # fmt: skip
BECAUSE = "The hospital asked for the scar."


@pytest.fixture
def path(own_house: House) -> str:
    marked = replace(person(), hair_colour=HairColour.RED, marks=("scar:face",))
    saved = own_house.node.intake.cases.register(case(someone=marked), own_house.actors["rasa"])
    return f"/cases/{saved.summary.id}/share"


def test_the_meter_is_read_without_javascript(own_house: House, path: str) -> None:
    browser = own_house.browser("rasa")
    first = text_of(browser.get(path).get_data(as_text=True))
    assert "It need not be narrower" in first
    again = browser.follow(path, step="meter", **NARROW).get_data(as_text=True)
    assert "may say who the person is" in text_of(again)
    assert 'value="hair_colour" checked' in again


def test_the_meter_of_ticked_fields_alone(own_house: House, path: str) -> None:
    """What the script asks for: names of fields, no value; unknown names are nothing."""
    browser, meter = own_house.browser("rasa"), path.replace("/share", "/meter")
    narrow = "&".join(f"released={one}" for one in NARROW["released"])
    assert "Too identifying" in browser.get(f"{meter}?{narrow}").get_data(as_text=True)
    shown = browser.get(f"{meter}?released=sex&released=family_name").get_data(as_text=True)
    assert "Fine" in shown
    assert "<html" not in shown
    assert own_house.browser("other").get(meter).status_code == 404


def test_too_identifying_is_sent_only_with_a_reason_which_stands_in_no_address(
    own_house: House, path: str
) -> None:
    browser = own_house.browser("rasa")
    before = len(own_house.node.post.sent)
    shown = browser.follow(path, step="preview", **NARROW).get_data(as_text=True)
    assert "Why is it necessary to tell so much?" in shown
    refused = browser.send(path, step="confirm", **hidden(shown))
    assert refused.status_code == 422
    assert "write why it is necessary" in refused.get_data(as_text=True)
    assert len(own_house.node.post.sent) == before
    short = browser.send(path, step="confirm", because="reikia", **hidden(shown))
    assert ">\nreikia</textarea>" in short.get_data(as_text=True), "what was typed comes back"
    change = browser.send(path, step="change", because=BECAUSE, **hidden(shown))
    assert change.status_code == 200, "no redirect: the reason must not stand in an address"
    kept = hidden(change.get_data(as_text=True))
    assert kept["because"] == [BECAUSE]
    onward = browser.send(path, step="preview", **kept | NARROW)
    assert f">\n{BECAUSE}</textarea>" in onward.get_data(as_text=True)
    done = browser.send(path, step="confirm", because=BECAUSE, **hidden(onward.get_data(as_text=True)))
    assert done.status_code == 303
    page = text_of(browser.get(done.headers["Location"]).get_data(as_text=True))
    assert BECAUSE in page


def test_nothing_ticked_is_lost_by_another_language_or_a_session_that_ended(
    own_house: House, path: str
) -> None:
    browser = own_house.browser("rasa")
    browser.get(path)
    lithuanian = browser.send(path, switch_language="lt", shown="change", **NARROW).get_data(as_text=True)
    assert '<html lang="lt">' in lithuanian
    assert 'value="hair_colour" checked' in lithuanian
    preview = browser.send(path, switch_language="en", shown="preview", because=BECAUSE, **NARROW)
    assert BECAUSE in preview.get_data(as_text=True)
    before = len(own_house.node.post.sent)
    stale, browser.csrf = browser.csrf, "stale"
    back = browser.send(path, step="confirm", because=BECAUSE, **NARROW)
    page = back.get_data(as_text=True)
    assert back.status_code == 400
    assert "Nothing was sent" in page
    assert 'value="hair_colour" checked' in page
    assert hidden(page)["because"] == [BECAUSE]
    browser.csrf = stale
    browser.send("/sign-out")
    gone = browser.send(path, step="confirm", because=BECAUSE, **NARROW)
    assert (gone.status_code, BECAUSE in gone.get_data(as_text=True)) == (400, True)
    assert len(own_house.node.post.sent) == before


def test_who_will_see_it_and_both_sides_stand_on_one_page(own_house: House, path: str) -> None:
    browser = own_house.browser("rasa")
    shown = browser.follow(path, step="preview", **NARROW | {"released": ["sex", "height"]})
    page = shown.get_data(as_text=True)
    text = " ".join(text_of(page).split())
    assert "one organisation, and nobody else." in text
    assert "(France)" in text
    told = " ".join(re.findall(r'<td class="leaves".*?</td>', page, re.S))
    assert "160 to 169 cm" in told
    assert "163" not in told
    assert "Kanar" not in told


def test_the_board_says_what_is_overdue_since_when_and_whom_to_telephone(own_house: House) -> None:
    """Journey 5; never whether somebody looked."""
    alert, browser = own_house.of["alert"], own_house.browser("rasa")
    browser.send(f"/alerts/{alert}/withdraw")
    [share] = [
        one
        for one in own_house.node.intake.alerts.get(alert, own_house.actors["rasa"]).shares
        if one.partner == LYON
    ]
    item = ReceiptItem(
        alert=share.id,
        version=share.version,
        outcome=codes.ReceiptOutcome.DELETED,
        at=to_wire(own_house.node.clock.now()),
    )
    own_house.node.handle(Receipt(items=[item], missing=[], resend=False), f"{LYON}/matching")
    own_house.node.clock.advance(timedelta(hours=26))
    page = own_house.browser("rasa").get(f"/alerts/{alert}").get_data(as_text=True)
    text = " ".join(text_of(page).split())
    assert "1 of 2 deleted" in text
    assert "has not signed for 26 hours" in text
    phone = next(
        one.duty_phone
        for one in own_house.node.intake.partners.overview(own_house.actors["rasa"])
        if one.organisation == "lv-riga"
    )
    assert text.count(phone) == 1, "only of the partner that is late"


def test_the_api_asks_for_the_reason_as_well(own_house: House, path: str) -> None:
    """Only the desk asked once: the rule stands in the use case."""
    client, headers = own_house.app.test_client(), {"Authorization": f"Bearer {own_house.token('rasa')}"}
    body: dict[str, Any] = {"case": path.split("/")[2], "release": NARROW["released"], "partners": [LYON]}
    shown = client.post("/api/v1/alerts/preview", json=body, headers=headers).get_json()
    assert shown["meter"]["standing"] == "too_identifying"
    refused = client.post("/api/v1/alerts", json=body, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "too_identifying")
    done = client.post("/api/v1/alerts", json=body | {"because": BECAUSE}, headers=headers)
    assert done.status_code == 201
