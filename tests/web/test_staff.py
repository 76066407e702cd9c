"""Colleagues: links that let somebody in once (case 55), and what ends when somebody leaves (case 98)."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.handlers.actor import UserRole
from services.intake.store.users import InvitationRow
from tests.web.house import Browser, House, empty_house
from tests.web.test_second_step import code_of, set_up

OWN = "four other words do well"
SOMEBODY = {
    "new_login": "Ieva",
    "name": "Ieva Nauja",
    "role": "caseworker",
    "team": "main",
    "account_language": "lt",
}


@pytest.fixture
def desk(tmp_path: Path) -> House:
    return empty_house(tmp_path)


def invited(browser: Browser, **changes: str) -> str:
    """The address that the page shows once."""
    page = browser.send("/staff/invite", **SOMEBODY | changes).get_data(as_text=True)
    return link_on(page)


def link_on(page: str) -> str:
    found = re.search(r"http://localhost(/welcome/[\w-]+)<", page)
    assert found is not None, page
    return html.unescape(found[1])


def account_of(house: House, login: str) -> str:
    users = house.node.intake.users.overview(house.actors["admin"])
    return next(one.id for one in users if one.login == login)


def test_an_invitation_lets_one_person_in_once(desk: House) -> None:
    """Case 55: looking uses nothing up, choosing the password does; nobody else ever knew it."""
    path = invited(desk.browser("admin"))
    assert desk.browser().sign_in("ieva", OWN).status_code == 401, "before the link is used"
    ieva = desk.browser()
    for _ in range(2):
        assert "Ieva Nauja" in ieva.get(path).get_data(as_text=True)
    assert ieva.send(path, new="short", again="short").status_code == 422
    assert ieva.send(path, new=OWN, again=OWN + "x").status_code == 422
    assert ieva.send(path, new=OWN, again=OWN).status_code == 303
    assert ieva.get("/cases").status_code == 200
    other = desk.browser()
    other.get("/sign-in")
    assert other.get(path).status_code == 404
    assert other.send(path, new=OWN + "y", again=OWN + "y").status_code == 404
    assert desk.browser().sign_in("ieva", OWN).status_code == 303


def test_a_link_that_is_not_good_says_always_the_same(desk: House) -> None:
    """Case 55: used, revoked, replaced, too old and invented ones."""
    admin = desk.browser("admin")
    pages = []

    def refused(path: str) -> None:
        answer = desk.browser().get(path)
        assert answer.status_code == 404
        body = answer.get_data(as_text=True)
        pages.append(re.sub(r'name="csrf_token" value="[^"]+"|/welcome/[\w-]+', "", body))

    replaced = invited(admin)
    answer = admin.send(f"/staff/{account_of(desk, 'ieva')}/link")
    newer = link_on(answer.get_data(as_text=True))
    refused(replaced)
    listed = admin.get("/staff").get_data(as_text=True)
    revoke = re.search(r"/staff/links/link_\w+/revoke", listed)
    assert revoke is not None
    assert admin.send(revoke[0]).status_code == 303
    refused(newer)
    old = invited(admin, new_login="ona")
    reset = link_on(admin.send(f"/staff/{desk.actors['rasa'].id}/link").get_data(as_text=True))
    desk.node.clock.advance(timedelta(hours=1))
    refused(reset)
    assert desk.browser().get(old).status_code == 200
    desk.node.clock.advance(timedelta(days=7))
    refused(old)
    refused("/welcome/invented")
    assert len(set(pages)) == 1


def test_a_reset_ends_what_was_open_and_does_not_pass_the_second_step(desk: House) -> None:
    """An administrator who makes a link for a colleague does not get past that colleague's telephone."""
    rasa, admin = desk.browser("rasa"), desk.browser("admin")
    secret, _ = set_up(desk, rasa)
    path = link_on(admin.send(f"/staff/{desk.actors['rasa'].id}/link").get_data(as_text=True))
    assert rasa.get("/cases").status_code == 200
    fresh = desk.browser()
    fresh.get(path)
    assert fresh.send(path, new=OWN, again=OWN).headers["Location"] == "/sign-in/code"
    assert fresh.get("/cases").status_code == 302
    assert rasa.get("/cases").status_code == 302, "case 45"
    fresh.get("/sign-in/code")
    assert fresh.send("/sign-in/code", code=code_of(desk, secret)).status_code == 303
    assert "password set through Admin" in admin.get("/staff").get_data(as_text=True)


def test_whoever_leaves_is_out_at_once_with_all_they_opened(desk: House) -> None:
    """Case 98: sessions, tokens, and the links that an administrator had made for others."""
    users = desk.node.intake.users
    second = users.create("admin2", OWN, "Antra", UserRole.ADMINISTRATOR)
    leaving, staying = desk.browser(), desk.browser("admin")
    assert leaving.sign_in("admin2", OWN).status_code == 303
    path = invited(leaving)
    page = staying.send(f"/staff/{second.id}/disable").get_data(as_text=True)
    assert "1 sign-in was ended" in page
    assert "1 link that this person had made" in page
    assert "passphrases" in page
    assert leaving.get("/staff").status_code == 302
    assert desk.browser().get(path).status_code == 404
    rasa = desk.token("rasa")
    ask = {"Authorization": f"Bearer {rasa}"}
    assert desk.app.test_client().get("/api/v1/me", headers=ask).status_code == 200
    assert staying.send(f"/staff/{desk.actors['rasa'].id}/disable").status_code == 200
    assert desk.app.test_client().get("/api/v1/me", headers=ask).status_code == 401


def test_nobody_switches_off_their_own_account(desk: House) -> None:
    admin = desk.browser("admin")
    assert admin.send(f"/staff/{desk.actors['admin'].id}/disable").status_code == 422
    assert admin.send(f"/staff/{desk.actors['admin'].id}/second-step").status_code == 422
    assert admin.get("/staff").status_code == 200


def test_what_was_typed_into_an_invitation_comes_back(desk: House) -> None:
    admin = desk.browser("admin")
    for wrong in ({"new_login": "rasa"}, {"role": "king"}):
        answer = admin.send("/staff/invite", **SOMEBODY | wrong)
        assert answer.status_code == 422
        assert 'value="Ieva Nauja"' in answer.get_data(as_text=True)
    desk.node.clock.advance(timedelta(minutes=6))
    asked = admin.send("/staff/invite", **SOMEBODY).get_data(as_text=True)
    kept = re.search(r'name="kept" value="([^"]+)"', asked)
    assert kept is not None
    form = {"kept": kept[1], "proof_password": "four unrelated words do well"}
    assert "/welcome/" in admin.send("/staff/invite", **form).get_data(as_text=True)


def test_a_lost_telephone_is_helped_and_seen(desk: House) -> None:
    rasa = desk.browser("rasa")
    set_up(desk, rasa)
    admin = desk.browser("admin")
    assert admin.send(f"/staff/{desk.actors['rasa'].id}/second-step").status_code == 303
    assert rasa.get("/cases").status_code == 302
    assert desk.browser("rasa").get("/cases").status_code == 200
    assert "second_step.reset" in desk.node.actions()


def test_the_database_holds_no_link(desk: House) -> None:
    path = invited(desk.browser("admin"))
    with desk.node.database.read() as session:
        row = session.query(InvitationRow).one()
    assert path.removeprefix("/welcome/").encode() not in row.token_hash


def test_programs_that_act_as_one_are_listed_and_ended(desk: House) -> None:
    browser, token = desk.browser("rasa"), desk.token("rasa")
    ask = {"Authorization": f"Bearer {token}"}
    assert desk.app.test_client().get("/api/v1/me", headers=ask).status_code == 200
    page = browser.get("/account").get_data(as_text=True)
    end = re.search(r"/account/tokens/token_\w+/end", page)
    assert end is not None
    other = desk.browser("jonas")
    other.get("/account")
    assert other.send(end[0]).status_code == 404
    assert browser.send(end[0]).status_code == 303
    assert desk.app.test_client().get("/api/v1/me", headers=ask).status_code == 401


def test_leaving_at_once_ends_the_sign_in_and_shows_a_calendar(desk: House) -> None:
    """Quick exit without JavaScript: nothing on the page that stays tells of the desk."""
    browser = desk.browser("rasa")
    answer = browser.send("/leave")
    assert answer.headers["Location"] == "/month"
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    page = browser.get("/month", **{"Accept-Language": "en"}).get_data(as_text=True)
    assert "November 2026" in page
    for word in ("Myosotis", "lt-vilnius", "sign-in", "csrf", "Rasa", "missing"):
        assert word not in page
    assert browser.get("/cases").status_code == 302
