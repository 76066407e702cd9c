"""The second step of a sign-in: codes from an app and from paper (case 56)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from services.intake.handlers.errors import WrongCode
from services.intake.handlers.second_step import PAPER_CODES, STEP_SECONDS
from services.intake.store.second_steps import CodeDeviceRow, PaperCodeRow
from tests.web.house import Browser, House, empty_house

STEP = timedelta(seconds=STEP_SECONDS)
SETTINGS = "/account/second-step"


def code_of(house: House, secret: str, steps: int = 0) -> str:
    """What the app shows now, or some steps from now."""
    return pyotp.TOTP(secret).at(int(house.node.clock.now().timestamp()) + steps * STEP_SECONDS)


def set_up(house: House, browser: Browser) -> tuple[str, list[str]]:
    """As a person does it: the letters of the picture, the first code, the sheet of paper."""
    browser.get(SETTINGS)
    page = browser.send(f"{SETTINGS}/set-up").get_data(as_text=True)
    found = re.search(r'class="code-letters">([A-Z2-7 ]+)<', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    answer = browser.send(f"{SETTINGS}/set-up", code=code_of(house, secret))
    paper = re.findall(r'<li class="code-letters">([a-z0-9-]+)<', answer.get_data(as_text=True))
    house.node.clock.advance(STEP)
    return secret, paper


def half_signed_in(house: House, login: str = "rasa") -> Browser:
    browser = house.browser()
    answer = browser.sign_in(login)
    assert answer.headers["Location"] == "/sign-in/code"
    browser.get("/sign-in/code")
    return browser


@pytest.fixture
def desk(tmp_path: Path) -> House:
    return empty_house(tmp_path)


def test_a_password_alone_opens_nothing_once_a_second_step_is_set_up(desk: House) -> None:
    """Case 56: neither a page nor a form, until the code is right."""
    secret, paper = set_up(desk, desk.browser("rasa"))
    assert len(set(paper)) == PAPER_CODES
    browser = half_signed_in(desk)
    assert browser.get("/cases").headers["Location"] == "/sign-in"
    assert browser.send("/cases/new", given_name="Ona").status_code == 401
    half = browser.client.get_cookie("myosotis")
    browser.get("/sign-in/code")
    assert browser.send("/sign-in/code", code="000000").status_code == 401
    assert browser.send("/sign-in/code", code=code_of(desk, secret)).status_code == 303
    assert browser.get("/cases").status_code == 200
    assert half is not None
    thief = Browser(desk.app.test_client())
    thief.client.set_cookie("myosotis", half.value)
    assert thief.get("/sign-in/code").headers["Location"] == "/sign-in", "the half sign-in is over (case 45)"


def test_a_code_is_good_once_and_only_near_its_time(desk: House) -> None:
    """Case 56: used before, two steps early, two steps late."""
    secret, _ = set_up(desk, desk.browser("rasa"))
    code = code_of(desk, secret)
    assert half_signed_in(desk).send("/sign-in/code", code=code).status_code == 303
    assert half_signed_in(desk).send("/sign-in/code", code=code).status_code == 401
    desk.node.clock.advance(STEP * 4)
    for steps, status in ((2, 401), (-2, 401), (-1, 303), (1, 303), (0, 401)):
        answer = half_signed_in(desk).send("/sign-in/code", code=code_of(desk, secret, steps))
        assert answer.status_code == status, steps


def test_trying_a_thousand_codes_leads_nowhere(desk: House) -> None:
    """Case 56: counted in the database, also when each try begins with a new sign-in."""
    secret, _ = set_up(desk, desk.browser("rasa"))
    intake = desk.node.intake
    half = intake.sign_ins.sign_in("rasa", "four unrelated words do well", "10.0.0.9")
    for number in range(1000):
        with pytest.raises(WrongCode):
            intake.second_steps.finish(half, f"{number:06}x", "10.0.0.9")
    with pytest.raises(WrongCode):  # in the pause the right one is refused as well
        intake.second_steps.finish(half, code_of(desk, secret), "10.0.0.9")
    assert desk.node.actions().count("second_step.failed") < 10
    browser = half_signed_in(desk)
    assert browser.send("/sign-in/code", code=code_of(desk, secret)).status_code == 303, "the owner, at home"


def test_each_paper_code_is_good_once_for_its_owner(desk: House) -> None:
    _, paper = set_up(desk, desk.browser("rasa"))
    set_up(desk, desk.browser("jonas"))
    assert half_signed_in(desk, "jonas").send("/sign-in/code", code=paper[0]).status_code == 401
    typed = f" {paper[0].upper().replace('-', ' ')} "
    assert half_signed_in(desk).send("/sign-in/code", code=typed).status_code == 303
    assert half_signed_in(desk).send("/sign-in/code", code=paper[0]).status_code == 401
    browser = half_signed_in(desk)
    assert browser.send("/sign-in/code", code=paper[1]).status_code == 303
    assert "8 codes are left" in browser.get("/account").get_data(as_text=True)
    browser.get(SETTINGS)
    anew = browser.send(f"{SETTINGS}/paper").get_data(as_text=True)
    assert paper[2] not in anew
    assert half_signed_in(desk).send("/sign-in/code", code=paper[2]).status_code == 401, "the old sheet"


def test_the_database_alone_gives_no_code(desk: House) -> None:
    secret, paper = set_up(desk, desk.browser("rasa"))
    with desk.node.database.read() as session:
        row = session.query(CodeDeviceRow).one()
        hashes = [one.code_hash for one in session.query(PaperCodeRow)]
    assert secret.encode() not in row.secret
    assert not any(code.replace("-", "").encode() in hashed for code in paper for hashed in hashes)


def test_whoever_watches_over_others_sets_one_up_before_anything_else(tmp_path: Path) -> None:
    """The default of a new installation."""
    house = empty_house(tmp_path, second_step="privileged")
    for login in ("admin", "lead", "auditor"):
        browser = house.browser(login)
        assert browser.get("/partners").headers["Location"] == SETTINGS
        browser.get(SETTINGS)
        assert browser.send("/partners/fr-lyon/suspend").status_code == 403
        assert len(set_up(house, browser)[1]) == PAPER_CODES
        assert browser.get("/partners").status_code == 200
    assert house.browser("rasa").get("/cases").status_code == 200
    house.node.database.dispose()


def test_taking_it_away_leaves_the_password_alone(desk: House) -> None:
    browser = desk.browser("rasa")
    _, paper = set_up(desk, browser)
    browser.get(SETTINGS)
    assert browser.send(f"{SETTINGS}/take-away").status_code == 303
    assert desk.browser("rasa").get("/cases").status_code == 200
    with desk.node.database.read() as session:
        assert not session.query(PaperCodeRow).count()
    assert paper


def test_an_expired_half_sign_in_begins_again(desk: House) -> None:
    secret, _ = set_up(desk, desk.browser("rasa"))
    browser = half_signed_in(desk)
    desk.node.clock.advance(timedelta(minutes=11))
    answer = browser.send("/sign-in/code", code=code_of(desk, secret))
    assert answer.headers["Location"] == "/sign-in"
