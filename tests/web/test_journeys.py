"""What people do on the desk: share, look, decide, import, meet a partner (journeys 1, 2, 5, 10)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.handlers.pseudonyms.policies import Standing
from shared.partners import fingerprint
from shared.wire.messages import AlertPublished, AlertUpdated, AlertWithdrawn, Tombstone
from tests.unit.intake.world import LYON, RIGA, case
from tests.unit.partners import world as cards
from tests.web.house import REASONS, House, empty_house, propose, text_of
from tests.web.tables import tried_out, uploaded

CHOICE: dict[str, Any] = {
    "released": ["sex", "eye_colour"], "audience": "chosen", "partners": [LYON], "tlp": "amber",
    "permitted_use": "match_only", "until": "2027-01-31", "exercise": "yes",
}  # fmt: skip


def hidden(page: str) -> dict[str, list[str]]:
    """What the form of a page would send of itself."""
    form = page.split('id="share-form"')[1] if 'id="share-form"' in page else page.rsplit("<form", 2)[1]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        if name != "csrf_token":
            found.setdefault(name, []).append(value.replace("&#43;", "+"))
    return found


def new_case(house: House) -> str:
    return house.node.intake.cases.register(case(), house.actors["rasa"]).summary.id


def test_an_alert_leaves_only_after_it_was_shown_and_exactly_as_shown(own_house: House) -> None:
    """Journey 5; rule 1: what the page shows is what is sent, and no name is either."""
    browser, path = own_house.browser("rasa"), f"/cases/{new_case(own_house)}/share"
    before = len(own_house.node.post.sent)
    page = browser.get(path).get_data(as_text=True)
    assert "Names, dates of birth and places never leave" in text_of(page)
    shown = browser.follow(path, step="preview", **CHOICE).get_data(as_text=True)
    assert len(own_house.node.post.sent) == before
    text = " ".join(text_of(shown).split())
    details = "rough signs of both names, of the birth, and of the place if it may be told"
    for leaves in ("Sex female", "Eye colour green", "exercise", "compare only", "2027-01-31", details):
        assert leaves in text, leaves
    for stays in ("Kanarėlė-Testauskienė never leaves the house", "Height band: not chosen"):
        assert stays in text, stays
    again = browser.follow(path, step="change", **hidden(shown)).get_data(as_text=True)
    assert 'value="eye_colour" checked' in again
    done = browser.send(path, step="confirm", **hidden(shown))
    assert done.status_code == 303
    body = own_house.node.bodies(AlertPublished)[-1]
    assert body.description.to_wire() == {"sex": "female", "eye_colour": "green"}
    assert (body.tlp, body.permitted_use, body.status) == ("amber", "match_only", "Exercise")
    assert body.expires.startswith("2027-01-31")
    assert own_house.node.post.sent[-1].to == f"{LYON}/matching"


def test_no_page_of_an_alert_is_one_that_only_a_form_shows(own_house: House) -> None:
    """Back after sending opens the alert: every step has an address, and there is no form to repeat."""
    browser, path = own_house.browser("rasa"), f"/cases/{new_case(own_house)}/share"
    preview = browser.send(path, step="preview", **CHOICE)
    assert preview.status_code == 303
    address = preview.headers["Location"]
    shown = browser.get(address).get_data(as_text=True)
    assert "What leaves the house" in shown
    assert "Slaptoj" not in address, "no value of a person stands in an address"
    before = len(own_house.node.post.sent)
    done = browser.send(path, step="confirm", **hidden(shown))
    sent = len(own_house.node.post.sent)
    assert sent > before
    assert browser.get(address).headers["Location"] == done.headers["Location"]
    update = f"{done.headers['Location']}/update"
    newer = browser.send(update, step="preview", **CHOICE)
    assert newer.headers["Location"].startswith(f"{update}?step=preview")
    assert browser.get(newer.headers["Location"]).status_code == 200
    assert len(own_house.node.post.sent) == sent


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"until": "31/01/27"}, "Write the last day as"),
        ({"until": "2020-01-01"}, "end date in the future"),
        ({"partners": []}, "at least one partner"),
        ({"tlp": "purple"}, "from the list"),
    ],
)
def test_a_choice_that_does_not_fit_comes_back_as_it_was(
    own_house: House, change: dict[str, Any], sentence: str
) -> None:
    browser, path = own_house.browser("rasa"), f"/cases/{new_case(own_house)}/share"
    before = len(own_house.node.post.sent)
    for step in ("preview", "confirm"):
        answer = browser.follow(path, step=step, **CHOICE | change)
        page = answer.get_data(as_text=True)
        assert sentence in text_of(page)
        assert 'value="eye_colour" checked' in page or answer.status_code == 422
    assert len(own_house.node.post.sent) == before


def test_an_alert_is_updated_taken_back_and_the_case_erased(own_house: House) -> None:
    """Journeys 5 and 6."""
    browser, alert = own_house.browser("rasa"), f"/alerts/{own_house.of['alert']}"
    page = text_of(browser.get(alert).get_data(as_text=True))
    assert "1 of 2 signed" in page
    assert "received and compared" in page
    form = CHOICE | {"partners": [LYON, RIGA], "until": ""}
    shown = browser.follow(f"{alert}/update", step="preview", **form).get_data(as_text=True)
    assert browser.send(f"{alert}/update", step="confirm", **hidden(shown)).status_code == 303
    assert own_house.node.bodies(AlertUpdated)[-1].description.to_wire() == {
        "sex": "female",
        "eye_colour": "green",
    }
    assert "never why" in text_of(browser.get(f"{alert}/withdraw").get_data(as_text=True))
    assert browser.send(f"{alert}/withdraw").status_code == 303
    assert own_house.node.bodies(AlertWithdrawn)
    assert "taken back, not yet confirmed" in text_of(browser.get(alert).get_data(as_text=True))
    erase = f"/cases/{own_house.of['missing']}/erase"
    assert browser.send(erase).status_code == 422
    assert not own_house.node.bodies(Tombstone)
    assert browser.send(erase, sure="yes").status_code == 303
    assert own_house.node.bodies(Tombstone)
    gone = browser.get(f"/cases/{own_house.of['missing']}")
    assert gone.status_code == 410
    assert "Rasa: erased the case" in text_of(gone.get_data(as_text=True))


def test_a_recall_without_a_receipt_is_shown_as_overdue(own_house: House) -> None:
    """Rule 7."""
    own_house.browser("rasa").send(f"/alerts/{own_house.of['alert']}/withdraw")
    own_house.node.clock.advance(timedelta(hours=26))
    browser = own_house.browser("rasa")
    assert "overdue since" in text_of(browser.get(f"/alerts/{own_house.of['alert']}").get_data(as_text=True))
    assert "overdue" in text_of(browser.get("/").get_data(as_text=True))


def test_ending_a_search_takes_its_alerts_back(own_house: House) -> None:
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['missing']}"
    assert "One alert is taken back" in text_of(browser.get(f"{path}/end").get_data(as_text=True))
    assert browser.send(f"{path}/end", version="1").status_code == 303
    assert own_house.node.bodies(AlertWithdrawn)
    assert "Open the case again" in text_of(browser.get(path).get_data(as_text=True))
    assert browser.send(f"{path}/reopen", version="2").status_code == 303


def test_a_possible_match_is_read_and_decided(own_house: House) -> None:
    """Journey 2: reasons as sentences, a warning for common names, both sides, a decision with its reason."""
    browser, path = own_house.browser("rasa"), f"/matches/{own_house.of['match']}"
    assert "Ona Petraitė" in browser.get("/").get_data(as_text=True)
    text = text_of(browser.get(path).get_data(as_text=True))
    for words in (
        "It is very likely that this is one person",
        "Of 100 pairs called so, at least 80 should be one person.",
        "The height differs: 150 to 159 cm in the alert, 160 to 169 cm in your case.",
        "Many people share these names.",
        "The surnames have the same stem; about 1 in 500 people bears it.",
        "Born in the same year; day and month are swapped.",
        "These agree together: both names with the year of birth; both names with the place",
        "The year may be one off here.",
        "3 people were told at 23:40.",
    ):
        assert words in text, words
    assert browser.send(f"{path}/decide", state="excluded", version="1").status_code == 422
    assert browser.send(f"{path}/decide", state="probable", version="9").status_code == 409
    question = browser.send(f"{path}/decide", state="need_information", question="marks", version="1")
    assert question.status_code == 303
    assert "Which marks on the body can be seen?" in browser.get(path).get_data(as_text=True)
    lithuanian = own_house.browser("jonas", "lt").get(path).get_data(as_text=True)
    assert "Kokios kūno žymės matomos?" in lithuanian
    assert browser.send(f"{path}/decide", state="probable", version="1", note="Talk <b>").status_code == 303
    assert "Talk &lt;b&gt;" in browser.get(path).get_data(as_text=True)
    assert browser.send(f"{path}/decide", state="confirmed", version="1").status_code == 422
    assert (
        own_house.browser("jonas").send(f"{path}/decide", state="confirmed", version="1").status_code == 303
    )


def test_no_warning_when_one_name_is_rare(own_house: House) -> None:
    rare = (("family_name_sound", "for", 50, {"one_in": 5000}), *REASONS[1:])
    match = propose(own_house, own_house.of["found"], rare)
    page = own_house.browser("rasa").get(f"/matches/{match}").get_data(as_text=True)
    assert "Many people share these names" not in page


def test_a_table_is_tried_out_registered_and_taken_back(own_house: House) -> None:
    """Journey 10; case 50: a formula is named as a problem."""
    browser = own_house.browser("rasa")
    table = (
        'id,kind,family_name,date_of_birth,colour\n1,missing,"=HYPERLINK(1)",1990,x\n'
        "2,missing,Vėjas,15/05/20,x\n3,missing,<b>Jūra</b>,1900-01-01,x\n"
    ).encode()
    path = uploaded(browser, table, "=cmd.csv")
    page = tried_out(browser, path)
    text = " ".join(text_of(page).split())
    assert "1 case can be registered. 2 things have to be mended." in text
    for cell in ("=HYPERLINK(1)", "begins like a formula", "15/05/20", "A year of two digits", "colour"):
        assert cell in text, cell
    assert "<b>Jūra" not in page
    assert "Jūra" not in browser.get("/cases").get_data(as_text=True)
    assert browser.send(f"{path}/confirm").status_code == 303
    assert "&lt;b&gt;Jūra" in browser.get("/cases").get_data(as_text=True)
    batches = re.findall(r"/import/(batch_\w+)/undo", browser.get("/import").get_data(as_text=True))
    undo = next(f"/import/{batch}/undo" for batch in batches if batch != own_house.of["batch"])
    assert "&lt;b&gt;Jūra" in browser.get(undo).get_data(as_text=True)
    assert browser.send(undo).status_code == 303
    assert "Jūra" not in browser.get("/cases").get_data(as_text=True)


@pytest.mark.parametrize("data", [b"", b"\x00\x01\xff"])
def test_a_file_that_is_no_table_says_so(own_house: House, data: bytes) -> None:
    answer = own_house.browser("rasa").send("/import", table=(io.BytesIO(data), "x.csv"))
    assert answer.status_code == 422


def test_a_partner_takes_two_people(own_house: House) -> None:
    """Journey 1 and case 97: three words typed by one, approved by another, wrong twice means a day."""
    own_house.node.set_status(RIGA, "unverified")
    lead, admin = own_house.browser("lead"), own_house.browser("admin")
    words = fingerprint.words(RIGA, cards.key(f"{RIGA} root 1").verify_key)
    page = lead.send(f"/partners/{RIGA}/compare").get_data(as_text=True)
    assert not set(words) & set(text_of(page).split())
    wrong = lead.send(f"/partners/{RIGA}/compare", word=["zoo", "zoo", "zoo"])
    assert wrong.status_code == 422
    page = lead.send(f"/partners/{RIGA}/compare").get_data(as_text=True)
    places = [int(place) for place in re.findall(r'id="word(\d+)"', page)]
    right = [words[place - 1].upper() for place in places]
    assert lead.send(f"/partners/{RIGA}/compare", word=right).status_code == 303
    alone = lead.send(f"/partners/{RIGA}/approve")
    assert alone.status_code == 422
    assert "ask a second person" in text_of(alone.get_data(as_text=True))
    assert admin.send(f"/partners/{RIGA}/approve").status_code == 303
    assert "verified" in text_of(admin.get(f"/partners/{RIGA}").get_data(as_text=True))
    assert admin.send(f"/partners/{RIGA}/first-load", cases="x").status_code == 422
    assert admin.send(f"/partners/{RIGA}/first-load", cases="50").status_code == 303
    standing: Standing = own_house.node.intake.policies.standings(own_house.actors["admin"])[-1]
    assert standing.first_load_left > 0
    rasa = own_house.browser("rasa")
    assert rasa.send(f"/partners/{RIGA}/suspend").status_code == 303
    assert "Suspended" in text_of(rasa.get("/").get_data(as_text=True))


def test_an_empty_desk_says_what_to_do_next(tmp_path: Path) -> None:
    house = empty_house(tmp_path)
    browser = house.browser("rasa")
    today = text_of(browser.get("/").get_data(as_text=True))
    assert "Register a case" in today
    assert "There is no case yet" in text_of(browser.get("/cases").get_data(as_text=True))
    house.node.database.dispose()
