"""Quick exit in Chromium, with its script: no way back leads to a person (Escape, three times)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.unit.intake.world import PASSWORD
from tests.web.looks import ARGUMENTS, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_escape_three_times_leaves_a_calendar_and_no_way_back(tmp_path: Path) -> None:
    with served(tmp_path) as desk, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = chromium.new_context(locale="en").new_page()
        page.set_default_timeout(20_000)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{desk.address}/sign-in")
        page.fill("#login", "rasa")
        page.fill("#password", PASSWORD)
        page.locator("main").get_by_role("button").click()
        page.wait_for_selector("#leave")
        page.goto(f"{desk.address}/cases/{desk.house.of['missing']}")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        assert "/cases/" in page.url, "twice is a habit"
        page.keyboard.press("Escape")
        page.wait_for_url("**/month")
        assert "Myosotis" not in page.content()
        page.go_back()
        page.wait_for_load_state()
        assert "Kanar" not in page.content()
        page.goto(f"{desk.address}/cases")
        assert page.url.endswith("/sign-in")
        assert [one for one in said if not one.startswith("Clear-Site-Data") and "401" not in one] == []
        chromium.close()
