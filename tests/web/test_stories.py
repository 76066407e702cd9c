"""Journeys on the desk in Chromium, with clicks and keystrokes counted; docs/DESK.md says what was counted.

Each page on the way is pictured in build/screenshots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from services.intake.domain.codes import MatchState
from shared.wire.messages import AlertPublished, AlertWithdrawn
from tests.unit.intake.world import PASSWORD
from tests.web.looks import ARGUMENTS, Served, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "screenshots"
WIDE, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as made:
        yield made


@dataclass
class Hand:
    """Somebody at the desk: every click and every key counts. A choice from a list is two clicks."""

    page: Page
    story: str
    language: str = "en"
    clicks: int = 0
    keys: int = 0
    pictures: list[str] = field(default_factory=list)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.clicks += 1

    def choose(self, selector: str, value: str) -> None:
        self.page.select_option(selector, value)
        self.clicks += 2

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def sign_in(self, address: str, login: str) -> None:
        self.page.goto(f"{address}/sign-in")
        self.page.locator(f'button[name="language"][value="{self.language}"]').click()
        self.picture()
        self.click("#login")
        self.type(login)
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        self.page.wait_for_selector("#waiting")
        self.picture()

    def picture(self) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = f"story-{self.story}-{len(self.pictures) + 1}.png"
        self.page.screenshot(path=PICTURES / name, full_page=True)
        self.pictures.append(name)

    def counted(self, login: str) -> tuple[int, int]:
        """Clicks and keystrokes beside those of signing in, which depend on the password."""
        return self.clicks - 1, self.keys - len(login + PASSWORD) - 2


def hand(chromium: Browser, story: str, language: str, size: dict[str, int]) -> Hand:
    context = chromium.new_context(locale=language, viewport=size)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    return Hand(context.new_page(), story, language)


def told(story: str) -> tuple[int, int]:
    """What docs/DESK.md says of a story."""
    text = (ROOT / "docs" / "DESK.md").read_text(encoding="utf-8")
    found = re.search(rf"^\| `{story}` \|.*\| (\d+) \| (\d+) \|$", text, re.M)
    assert found is not None, story
    return int(found[1]), int(found[2])


def state_of(desk: Served) -> MatchState:
    house = desk.house
    return house.node.intake.matches.open(house.of["match"], house.actors["rasa"]).summary.state


def test_a_possible_match_is_decided_with_the_mouse(desk: Served, chromium: Browser) -> None:
    """Journey 2: from signing in to an excluded match with its reason."""
    rasa = hand(chromium, "match-mouse", "en", WIDE)
    rasa.sign_in(desk.address, "rasa")
    rasa.click(f'a[href="/matches/{desk.house.of["match"]}"]')
    rasa.page.wait_for_selector("#decide")
    rasa.picture()
    rasa.choose("#reason", "namesake")
    rasa.click('button[value="excluded"]')
    rasa.page.wait_for_selector(".notice.done")
    rasa.picture()
    assert state_of(desk) is MatchState.EXCLUDED
    assert rasa.counted("rasa") == told("match-mouse")
    rasa.page.context.close()


def test_a_possible_match_is_decided_by_keyboard_in_lithuanian(desk: Served, chromium: Browser) -> None:
    """Journey 2 without a mouse: the first possible match, said to be probable."""
    rasa = hand(chromium, "match-keys", "lt", WIDE)
    rasa.sign_in(desk.address, "rasa")
    rasa.press("j")
    first = rasa.page.evaluate("document.activeElement.getAttribute('href')")
    rasa.press("Enter")
    rasa.page.wait_for_selector("#decide")
    rasa.picture()
    rasa.press("p", "Enter")
    rasa.page.wait_for_selector(".notice.done")
    assert "lieka pas mus" in rasa.page.locator(".notice.done").inner_text()
    rasa.picture()
    view = desk.house.node.intake.matches.open(first.split("/")[-1], desk.house.actors["rasa"])
    assert view.summary.state is MatchState.PROBABLE
    assert rasa.counted("rasa") == told("match-keys")
    rasa.page.context.close()


def test_an_alert_is_shared_and_the_search_ended(desk: Served, chromium: Browser) -> None:
    """Journeys 1 and 5: a case is shared; later the search ends, and the board waits for the partners."""
    house, rasa = desk.house, hand(chromium, "share", "en", WIDE)
    case_id, before = house.of["unshared"], len(house.node.bodies(AlertPublished))
    rasa.sign_in(desk.address, "rasa")
    rasa.click("#q")
    rasa.type("Senoji")
    rasa.press("Enter")
    rasa.page.wait_for_selector(f'a[href="/cases/{case_id}"]')
    rasa.picture()
    rasa.click(f'a[href="/cases/{case_id}"]')
    rasa.click(f'a[href="/cases/{case_id}/share"]')
    rasa.picture()
    rasa.click('button[value="preview"]')
    rasa.page.wait_for_selector(".sides")
    rasa.picture()
    rasa.click('button[value="confirm"]')
    rasa.page.wait_for_selector("#partners")
    rasa.picture()
    assert len(house.node.bodies(AlertPublished)) == before + 1
    assert rasa.counted("rasa") == told("share")

    ending = Hand(rasa.page, "end")
    ending.click(f'.lead a[href="/cases/{case_id}"]')
    ending.click(f'a[href="/cases/{case_id}/end"]')
    ending.picture()
    ending.click("main form button.main, main form button.danger")
    ending.page.wait_for_selector("#person")
    ending.picture()
    assert house.node.bodies(AlertWithdrawn)
    assert (ending.clicks, ending.keys) == told("end")
    rasa.page.context.close()


def test_the_duty_officer_asks_a_question_at_night(desk: Served, chromium: Browser) -> None:
    """Journey 11, as far as the desk goes here: on a phone, in the dark, from the notice to a question."""
    duty = hand(chromium, "night", "lt", PHONE)
    duty.page.emulate_media(color_scheme="dark")
    duty.sign_in(desk.address, "duty")
    assert duty.page.locator(".urgency-immediate").count() >= 1
    duty.click(f'a[href="/matches/{desk.house.of["match"]}"]')
    duty.page.wait_for_selector("#decide")
    duty.picture()
    duty.choose("#question", "marks")
    duty.click('button[value="need_information"]')
    duty.page.wait_for_selector(".notice.done")
    duty.picture()
    assert state_of(desk) is MatchState.NEED_INFORMATION
    assert "Kokios kūno žymės matomos?" in duty.page.locator(".timeline").inner_text()
    assert duty.counted("duty") == told("night")
    duty.page.context.close()
