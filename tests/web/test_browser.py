"""The desk in a real browser, over a real server, without JavaScript; pictures go to build/screenshots."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.unit.intake.world import PASSWORD
from tests.web.house import House, full_house

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WIDE, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
WORDS = {
    "en": {
        "in": "Sign in", "new": "Register a case", "next": "Save and go on", "save": "Register the case",
        "share": "Share an alert",
        "see": "See what leaves", "title": "What leaves the house",
    },
    "lt": {
        "in": "Prisijungti", "new": "Registruoti bylą", "next": "Išsaugoti ir tęsti",
        "save": "Registruoti bylą", "share": "Pasidalyti pranešimu",
        "see": "Žiūrėti, kas išsiunčiama", "title": "Kas išsiunčiama",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    house = full_house(tmp_path_factory.mktemp("served"))
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield house, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    house.node.database.dispose()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


def opened(chromium: Browser, size: dict[str, int], language: str, scheme: str = "light") -> BrowserContext:
    return chromium.new_context(
        viewport=size,  # type: ignore[arg-type]
        locale=language,
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=False,
    )


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "width"), [("wide", 1200), ("360", 360)])
@pytest.mark.parametrize("language", ["en", "lt"])
def test_a_caseworkers_way_without_javascript(
    served: tuple[House, str], chromium: Browser, language: str, size: str, width: int
) -> None:
    """Sign in, register a case, see what an alert would tell, read a possible match (journeys 1 and 2)."""
    house, address = served
    words, context = WORDS[language], opened(chromium, WIDE if size == "wide" else PHONE, language)
    context.set_default_timeout(20_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def shot(name: str) -> None:
        assert page.locator("body").bounding_box()["width"] <= width  # type: ignore[index]
        picture(page, f"{name}-{language}-{size}")

    page.goto(address)
    page.get_by_role("button", name={"en": "English", "lt": "Lietuvių"}[language]).click()
    shot("1-sign-in")
    page.fill("#login", "rasa")
    page.fill("#password", PASSWORD)
    page.locator("main").get_by_role("button", name=words["in"]).click()
    page.wait_for_selector("#waiting")
    shot("2-today")
    page.goto(f"{address}/cases")
    shot("3-cases")
    page.get_by_role("link", name=words["new"]).first.click()
    shot("4-new-case-empty")
    page.select_option("#kind", "missing")
    page.fill("#given_name", "Ąžuolas")
    page.fill("#family_name", "Gintarėlis")
    page.fill("#date_of_birth", "2009-13")
    page.get_by_role("button", name=words["next"]).click()
    shot("5-new-case-error")
    assert page.input_value("#family_name") == "Gintarėlis"
    page.fill("#date_of_birth", "2009-05")
    page.select_option("#eye_colour", "green")
    for step in ("contact", "enquirer", "risk"):
        page.get_by_role("button", name=words["next"]).click()
        page.wait_for_url(f"**/{step}")
        shot(f"5-step-{step}")
    page.select_option("#category", "runaway")
    page.select_option("#triage_trafficking", "yes")
    page.get_by_role("button", name=words["next"]).click()
    page.wait_for_url("**/check")
    shot("5-step-check")
    page.locator("main").get_by_role("button", name=words["save"]).click()
    page.wait_for_selector("#person")
    shot("6-case")
    page.get_by_role("link", name=words["share"]).click()
    page.check('input[name=released][value="eye_colour"]')
    shot("7-share")
    page.get_by_role("button", name=words["see"]).click()
    assert page.locator("h1").inner_text() == words["title"]
    assert "Gintarėlis" not in " ".join(page.locator(".leaves").all_inner_texts())
    shot("8-preview")
    page.goto(f"{address}/alerts/{house.of['alert']}")
    shot("9-alert")
    page.goto(f"{address}/matches/{house.of['match']}")
    shot("10-match")
    page.goto(f"{address}/partners/lv-riga")
    shot("11-partner")
    page.goto(f"{address}/import")
    shot("12-import")
    page.goto(f"{address}/night")
    shot("13-night")
    # A refused style or script would be said here: the policy of the page fits the page.
    assert [line for line in said if "Content Security Policy" in line] == []
    context.close()


def test_in_the_dark_and_by_keyboard(served: tuple[House, str], chromium: Browser) -> None:
    """The first key press finds the way past the navigation; dark colours are the reader's wish."""
    _, address = served
    context = opened(chromium, WIDE, "en", "dark")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.locator("body").press("Shift+Tab")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(".skip:focus").count():
            break
    assert page.locator(".skip:focus").count() == 1
    page.fill("#login", "jonas")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#waiting")
    background = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert background == "rgb(20, 25, 31)"
    picture(page, "14-today-dark")
    context.close()
