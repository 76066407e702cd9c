"""What the desk says of the state of things: an alert, its end, a line that is down, a second import."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from shared.post.quarantine_mode import enter
from shared.post.routes import Lane
from shared.runtime.clock import to_wire
from shared.store.tables import OutboxRow
from shared.wire import codes
from shared.wire.messages import Receipt, ReceiptItem
from tests.web.house import House, empty_house, text_of
from tests.web.tables import tried_out, uploaded

DOWN = "There has been no line to the partners since 2026-11-21 23:40"


def test_a_case_with_an_alert_leads_to_it(own_house: House) -> None:
    """Not to two steps that end in "this case has an alert already"."""
    browser, case, alert = own_house.browser("rasa"), own_house.of["missing"], own_house.of["alert"]
    page = browser.get(f"/cases/{case}").get_data(as_text=True)
    assert f'class="button main" href="/alerts/{alert}"' in page
    assert f"/alerts/{alert}/update" in page
    assert f"/cases/{case}/share" not in page
    for answer in (browser.get(f"/cases/{case}/share"), browser.send(f"/cases/{case}/share", step="confirm")):
        assert answer.headers["Location"] == f"/alerts/{alert}"
    browser.send(f"/alerts/{alert}/withdraw")
    assert f"/cases/{case}/share" in browser.get(f"/cases/{case}").get_data(as_text=True)


def test_an_alert_that_expired_leaves_room_for_another(own_house: House) -> None:
    own_house.node.clock.advance(timedelta(days=400))
    page = own_house.browser("rasa").get(f"/cases/{own_house.of['missing']}").get_data(as_text=True)
    assert f"/cases/{own_house.of['missing']}/share" in page


def test_an_alert_that_was_taken_back_says_nothing_of_partners_that_have_it(own_house: House) -> None:
    browser, alert, case = own_house.browser("rasa"), own_house.of["alert"], own_house.of["missing"]
    assert 'class="badge urgency-' in browser.get(f"/alerts/{alert}").get_data(as_text=True)
    browser.send(f"/alerts/{alert}/withdraw")
    page = text_of(browser.get(f"/alerts/{alert}/withdraw").get_data(as_text=True))
    assert "taken back already" in page
    assert "have it" not in page
    for path in (f"/alerts/{alert}", "/alerts?state=all"):
        badges = re.findall(r'class="badge urgency-\w+"', browser.get(path).get_data(as_text=True))
        assert badges == [], path
    erase = f"/cases/{case}/erase"
    assert "One alert is erased at every partner" in text_of(browser.get(erase).get_data(as_text=True))
    for share in own_house.node.intake.alerts.get(alert, own_house.actors["rasa"]).shares:
        now = to_wire(own_house.node.clock.now())
        item = ReceiptItem(alert=share.id, version=2, outcome=codes.ReceiptOutcome.DELETED, at=now)
        own_house.node.handle(Receipt(items=[item], missing=[], resend=False), f"{share.partner}/matching")
    page = text_of(browser.get(erase).get_data(as_text=True))
    assert "No partner has an alert of it any more" in page
    assert "is erased at every partner" not in page


def waiting(house: House, reason: str | None) -> None:
    """A message to a partner that has not left."""
    now = house.node.clock.now()
    with house.node.database.begin() as session:
        session.add(
            OutboxRow(
                lane=Lane.RELAY, routing_key="from.lt-vilnius.to.fr-lyon.matching",
                recipient="fr-lyon/matching",
                message_id="msg_1", content_type="x", body=b"x", priority=5, state="waiting", created=now,
                not_before=now, purge_after=now + timedelta(days=60), reason=reason,
            )
        )  # fmt: skip


@pytest.mark.parametrize("login", ["rasa", "admin", "duty"])
def test_a_line_that_is_down_is_said_on_every_page(own_house: House, login: str) -> None:
    browser = own_house.browser(login)
    assert "no line to the partners" not in text_of(browser.get("/").get_data(as_text=True))
    waiting(own_house, "broker_away")
    for path in ("/", "/partners"):
        assert DOWN in text_of(browser.get(path).get_data(as_text=True))
    with own_house.node.database.begin() as session:
        session.query(OutboxRow).update({"state": "sent", "reason": None})
    assert "no line to the partners" not in text_of(browser.get("/").get_data(as_text=True))


def test_a_worker_that_does_not_run_is_a_line_that_is_down(own_house: House) -> None:
    waiting(own_house, None)
    browser = own_house.browser("rasa")
    assert "no line to the partners" not in text_of(browser.get("/").get_data(as_text=True))
    own_house.node.clock.advance(timedelta(minutes=6))
    assert DOWN in text_of(browser.get("/").get_data(as_text=True))


def test_a_node_that_is_kept_back_on_purpose_does_not_blame_the_line(own_house: House) -> None:
    """Case 84."""
    waiting(own_house, "broker_away")
    with own_house.node.database.begin() as session:
        enter(session, own_house.node.clock.now())
    page = own_house.browser("rasa").get("/").get_data(as_text=True)
    assert "no line to the partners" not in text_of(page)


def test_without_a_line_an_alert_is_not_said_to_be_on_its_way(own_house: House) -> None:
    waiting(own_house, "broker_away")
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['unshared']}/share"
    choice = {"audience": "circle", "tlp": "amber", "permitted_use": "match_only", "step": "confirm"}
    answer = browser.send(path, **choice)
    page = text_of(browser.get(answer.headers["Location"]).get_data(as_text=True))
    assert "waits for the line" in page
    assert "is on its way." not in page


TABLE = b"id,kind,family_name\nV-1,missing,Pirmas\nV-2,missing,Antras\n"


def test_the_same_table_twice_is_not_everybody_twice(tmp_path: Path) -> None:
    house = empty_house(tmp_path)
    browser = house.browser("rasa")

    def tried(table: bytes) -> tuple[str, str]:
        path = uploaded(browser, table)
        return path, tried_out(browser, path)

    browser.send(f"{tried(TABLE)[0]}/confirm")
    path, page = tried(TABLE + b"V-3,missing,Trecias\n")
    assert "2 rows have the numbers of cases that are here already" in text_of(page)
    assert "Register 1 case" in text_of(page)
    browser.send(f"{path}/confirm")
    assert "3 cases" in text_of(browser.get("/cases").get_data(as_text=True))
    refused = browser.send(f"{tried(TABLE)[0]}/confirm")
    assert refused.status_code == 422
    browser.send(f"{tried(TABLE)[0]}/confirm", known_too="yes")
    assert "5 cases" in text_of(browser.get("/cases").get_data(as_text=True))
    other = house.browser("other")
    page = tried_out(other, uploaded(other, TABLE))
    assert "here already" not in text_of(page), "case 46: what another team has is not told"
    house.node.database.dispose()


def test_a_confirmed_match_is_not_offered_to_who_said_probable(own_house: House) -> None:
    """Rule 9; and the page says who does it, and shows our own category."""
    path = f"/matches/{own_house.of['match']}"
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    page = rasa.get(path).get_data(as_text=True)
    beside = text_of(page.split('id="beside"')[1].split("</table>")[0])
    assert "Category runaway runaway" in " ".join(beside.split())
    assert "both names with the year of birth; both names with the place" in " ".join(text_of(page).split())
    rasa.send(f"{path}/decide", state="probable", version="1")
    assert 'value="confirmed"' not in rasa.get(path).get_data(as_text=True)
    assert "a colleague has to confirm it" in text_of(rasa.get(path).get_data(as_text=True))
    assert 'value="confirmed"' in jonas.get(path).get_data(as_text=True)


def test_looks_are_folded_away_in_the_history(own_house: House) -> None:
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['missing']}"
    browser.get(path)
    page = browser.get(path).get_data(as_text=True)
    open_part, folded = page.split('id="history"')[1].split("<details>")
    assert "registered the case" in open_part
    assert "looked at the case" not in open_part
    assert "looked at the case" in folded
