"""Single keys in Chromium: they lead, they never send, and they are silent where somebody types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from services.intake.domain.codes import CaseKind, MatchState
from tests.unit.intake.world import PASSWORD, case, person
from tests.web.house import propose
from tests.web.looks import ARGUMENTS, Served, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = "document.activeElement.id || document.activeElement.value || document.activeElement.className"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("keys")) as made:
        found = made.house.node.intake.cases.register(
            case(CaseKind.FOUND, person("Ieva", "Antroji")), made.house.actors["rasa"]
        )
        propose(made.house, found.summary.id)
        yield made


@pytest.fixture(scope="module")
def page(desk: Served) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        opened = chromium.new_context(locale="en").new_page()
        opened.set_default_timeout(20_000)
        opened.goto(f"{desk.address}/sign-in")
        opened.fill("#login", "rasa")
        opened.fill("#password", PASSWORD)
        opened.keyboard.press("Enter")
        opened.wait_for_selector("#waiting")
        yield opened
        chromium.close()


def state_of(desk: Served) -> MatchState:
    house = desk.house
    return house.node.intake.matches.open(house.of["match"], house.actors["rasa"]).summary.state


def test_up_and_down_a_list_and_into_it(desk: Served, page: Page) -> None:
    page.goto(f"{desk.address}/matches")
    rows = page.locator(".card a.whole")
    for key, place in (("j", 0), ("j", 1), ("k", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.href") == rows.nth(place).evaluate("one => one.href"), (
            key
        )
    page.keyboard.press("Enter")
    page.wait_for_selector("#decide")


def test_keys_of_a_decision_go_there_and_send_nothing(desk: Served, page: Page) -> None:
    page.goto(f"{desk.address}/matches/{desk.house.of['match']}")
    for key, there in (("n", "question"), ("p", "probable"), ("x", "reason")):
        page.locator("h1").click()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)
        assert page.evaluate(HERE) == there
    page.wait_for_timeout(100)
    assert page.url.endswith(desk.house.of["match"])
    assert state_of(desk) is MatchState.NEW


def test_whoever_types_types(desk: Served, page: Page) -> None:
    page.goto(f"{desk.address}/matches/{desk.house.of['match']}")
    page.focus("#note")
    page.keyboard.type("jxpn?/")
    assert page.input_value("#note") == "jxpn?/"
    assert page.evaluate(HERE) == "note"
    assert not page.locator("#keys").is_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+x")
    assert page.evaluate("document.activeElement === document.body"), "with Ctrl it is the browser's key"


def test_the_list_of_keys_is_a_dialog_and_can_switch_them_off(desk: Served, page: Page) -> None:
    """WCAG 2.1.4: single keys can be turned off; Escape closes, and focus returns to where it was."""
    page.goto(f"{desk.address}/matches")
    page.keyboard.press("j")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("document.activeElement.className") == "whole"
    page.get_by_role("button", name="Keyboard").click()
    page.uncheck("#keys-on")
    page.get_by_role("button", name="Close").click()
    page.goto(f"{desk.address}/matches")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="Keyboard").click()
    page.check("#keys-on")


def test_the_meter_follows_each_tick_and_says_when_it_cannot(desk: Served, page: Page) -> None:
    """Without an answer it shows nothing rather than the last one, and the button comes back."""
    page.goto(f"{desk.address}/cases/{desk.house.of['unshared']}/share")
    assert page.locator("#meter-button").count() == 0
    page.locator("input[name=audience][value=chosen]").check()
    with page.expect_response(lambda answer: "/meter?" in answer.url) as waited:
        page.evaluate(
            "document.querySelector('#share-form').dispatchEvent(new Event('change', {bubbles: true}));"
            "const box = Object.assign(document.createElement('input'),"
            " {type: 'checkbox', name: 'released', value: 'sex', checked: true});"
            "document.querySelector('.ticklist').append(box);"
            "box.dispatchEvent(new Event('change', {bubbles: true}))"
        )
    assert waited.value.status == 200
    page.wait_for_selector("#meter .meter")
    page.route("**/meter?*", lambda route: route.abort())
    page.evaluate(
        "document.querySelector('input[name=released]').dispatchEvent(new Event('change', {bubbles: true}))"
    )
    page.wait_for_selector("#meter-button")
    assert page.locator("#meter .meter").count() == 0
    page.unroute("**/meter?*")
