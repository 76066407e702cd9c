"""Signing in and out (cases 45, 53, 54)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from services.intake.handlers.signin import IDLE
from tests.web.house import Browser, House, empty_house


def stripped(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_unknown_wrong_and_locked_look_the_same(own_house: House) -> None:
    """Case 54: status, text, size and headers."""
    for _ in range(12):
        own_house.browser().send("/sign-in", login="jonas", password="wrong again and again")
    pages = {}
    for kind, login, password in (
        ("unknown", "nobody", "some long password"),
        ("wrong", "rasa", "some long password"),
        ("locked", "jonas", "four unrelated words do well"),
    ):
        browser = own_house.browser()
        answer = browser.send("/sign-in", login=login, password=password)
        headers = {name for name, _ in answer.headers if name != "Set-Cookie"}
        pages[kind] = answer.status_code, stripped(answer.get_data(as_text=True)), headers
    assert pages["unknown"] == pages["wrong"] == pages["locked"]
    assert pages["wrong"][0] == 401


def test_signing_in_gives_a_new_session_and_drops_a_planted_one(own_house: House) -> None:
    """Case 45."""
    browser = own_house.browser()
    browser.get("/sign-in")
    planted = browser.csrf
    before = browser.client.get_cookie("myosotis")
    assert browser.sign_in("rasa").status_code == 303
    after = browser.client.get_cookie("myosotis")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert browser.csrf != planted


def test_the_cookie_after_signing_out_is_worth_nothing(own_house: House) -> None:
    """Case 45: it is refused everywhere, and the browser is told to forget."""
    browser = own_house.browser("rasa")
    cookie = browser.client.get_cookie("myosotis")
    assert cookie is not None
    answer = browser.send("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    thief = Browser(own_house.app.test_client())
    thief.client.set_cookie("myosotis", cookie.value)
    assert thief.get("/cases").status_code == 302


def test_a_changed_password_and_an_account_switched_off_end_every_session(own_house: House) -> None:
    """Cases 45 and 98."""
    users, admin = own_house.node.intake.users, own_house.actors["admin"]
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    users.change_password(own_house.actors["rasa"].id, "four other words do well", admin)
    users.deactivate(own_house.actors["jonas"].id, admin)
    for browser in (rasa, jonas):
        assert browser.get("/cases").status_code == 302


def test_a_password_that_another_person_chose_is_changed_first(own_house: House) -> None:
    """Rule 9: the administrator who set it can use the account for nothing, or its owner notices."""
    rasa, given, own = own_house.actors["rasa"], "chosen by the administrator", "rasas very own password"
    own_house.node.intake.users.change_password(rasa.id, given, own_house.actors["admin"])
    browser = own_house.browser()
    assert browser.sign_in("rasa", given).status_code == 303
    for path in ("/", "/cases", "/account"):
        assert browser.get(path).headers["Location"] == "/account/password"
    page = "/account/password"
    browser.get(page)
    assert browser.send("/cases/new", given_name="Ona").status_code == 403
    assert browser.send(page, password=given, new=own, again=own + "x").status_code == 422
    assert browser.send(page, password="wrong again", new=own, again=own).status_code == 422
    assert browser.send(page, password=given, new="short", again="short").status_code == 422
    assert browser.send(page, password=given, new=own, again=own).status_code == 303
    assert browser.get("/cases").status_code == 200
    assert own_house.browser().sign_in("rasa", given).status_code == 401
    assert own_house.browser().sign_in("rasa", own).status_code == 303


def test_a_session_ends_when_nobody_uses_it(own_house: House) -> None:
    browser = own_house.browser("rasa")
    own_house.node.clock.advance(IDLE - timedelta(minutes=1))
    assert browser.get("/cases").status_code == 401  # locked, and not ended yet
    own_house.node.clock.advance(timedelta(minutes=1))
    assert browser.get("/cases").status_code == 302


def test_sessions_are_listed_and_ended_from_afar(own_house: House) -> None:
    here, there, other = (own_house.browser(login) for login in ("rasa", "rasa", "jonas"))
    page = here.get("/account").get_data(as_text=True)
    ends = re.findall(r"/account/sessions/(signin_\w+)/end", page)
    assert len(ends) == 1
    assert other.send(f"/account/sessions/{ends[0]}/end").status_code == 404
    assert here.send(f"/account/sessions/{ends[0]}/end").status_code == 303
    assert there.get("/cases").status_code == 302
    assert here.get("/cases").status_code == 200


def test_over_https_the_cookie_stays_with_this_host(tmp_path: Path) -> None:
    house = empty_house(tmp_path, public_url="https://desk.example")
    client = house.app.test_client()
    answer = client.get("/sign-in", base_url="https://desk.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-myosotis=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"):
        assert part in cookie
    assert "Domain=" not in cookie
    assert "Strict-Transport-Security" in answer.headers
    house.node.database.dispose()
