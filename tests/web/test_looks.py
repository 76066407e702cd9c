"""Every page of the census in Chromium: WCAG 2.2 AA by axe, 360 pixels, both schemes, the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, sync_playwright

from tests.web.looks import ARGUMENTS, Served, Visit, Visitor, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE = {"width": 1200, "height": 800}, {"width": 360, "height": 740}
ZOOMED = {"width": 640, "height": 400}
"""What is left of a screen of 1280 by 800 when everything is enlarged to 200 % (WCAG 2.2, 1.4.4)."""
ASK = """async (rules) => (await axe.run(document, rules)).violations.map(
    one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`)"""
WHOLE = {"runOnly": {"type": "tag", "values": STANDARD}, "resultTypes": ["violations"]}
STICKS_OUT = """() => {
    const wide = document.documentElement.clientWidth;
    const inside = one => one.closest('.scroll, .unseen, .skip, thead');
    if (document.documentElement.scrollWidth <= wide) return [];
    return ['the page', ...[...document.body.querySelectorAll('*')].filter(one => !inside(one)
        && one.getBoundingClientRect().right > wide + 1).map(one => one.outerHTML.slice(0, 120)).slice(0, 4)];
}"""
TOO_SMALL = """() => [...document.querySelectorAll(
        'button, .button, select, summary, textarea, .tabs a, nav a, '
        + 'input:not([type=hidden], [type=checkbox], [type=radio]), label.tick')]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
    .map(one => one.outerHTML.slice(0, 120))"""
"""What is pressed is 44 pixels high, links inside a sentence apart."""
REACHABLE = """() => [...document.querySelectorAll(
        'a[href], button, select, textarea, summary, input:not([type=hidden])')]
    .filter(one => one.checkVisibility() && !one.disabled && (one.type !== 'radio' || one.checked
        || !document.querySelector(`input[name="${one.name}"]:checked`)
           && one === document.querySelector(`input[name="${one.name}"]`)))
    .map((one, place) => { one.dataset.place = place; return one.outerHTML.slice(0, 100); })"""
FOCUSED = """() => { const one = document.activeElement, style = getComputedStyle(one);
    const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return [one.dataset.place ?? '', shown]; }"""


@dataclass
class Seen:
    """What was found wrong on each page, by the kind of look."""

    axe: dict[str, list[str]] = field(default_factory=dict)
    sticking_out: dict[str, list[str]] = field(default_factory=dict)
    too_small: dict[str, list[str]] = field(default_factory=dict)
    pages: int = 0


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("looks")) as made:
        yield made


@pytest.fixture(scope="module")
def visitor(desk: Served) -> Iterator[Visitor]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        made = Visitor(desk, chromium)
        yield made
        made.close()
        chromium.close()


@pytest.fixture(scope="module")
def seen(desk: Served, visitor: Visitor) -> Seen:
    """Each page is opened once and looked at in every way."""
    found = Seen()
    for visit in desk.visits:
        look(visitor.open(visit), visit, found)
    return found


def look(page: Page, visit: Visit, found: Seen) -> None:
    """Axe wide and light, narrow and dark; narrow, nothing may stick out or be too small to press."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE_SCRIPT)
    note(found.axe, f"{visit.name}, wide and light", page.evaluate(ASK, WHOLE))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    note(found.axe, f"{visit.name}, phone and dark", page.evaluate(ASK, WHOLE))
    note(found.sticking_out, visit.name, page.evaluate(STICKS_OUT))
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    note(found.sticking_out, f"{visit.name}, zoomed", page.evaluate(STICKS_OUT))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    note(found.too_small, visit.name, page.evaluate(TOO_SMALL))
    page.emulate_media(color_scheme="light")
    found.pages += 1


def note(findings: dict[str, list[str]], name: str, what: list[str]) -> None:
    if what:
        findings[name] = what


def test_axe_finds_nothing_on_any_page(seen: Seen) -> None:
    assert seen.axe == {}
    assert seen.pages > 40


def test_nothing_sticks_out_on_a_phone(seen: Seen) -> None:
    """Case 50: also with names of 80 characters without a blank."""
    assert seen.sticking_out == {}


def test_what_is_pressed_is_large_enough(seen: Seen) -> None:
    assert seen.too_small == {}


def test_what_is_wrong_would_be_found(visitor: Visitor) -> None:
    """A page without a language, a field without a name, grey on grey, a wide block, a low button."""
    page, found = visitor.window(""), Seen()
    page.set_content(
        "<body style='background:#fff'><input><p style='color:#aaa'>pale</p>"
        "<button style='height:20px'>x</button><div style='width:900px'>wide</div></body>"
    )
    look(page, Visit("wrong", "", "/"), found)
    rules = " ".join(found.axe["wrong, wide and light"])
    assert all(rule in rules for rule in ("html-has-lang", "label", "color-contrast"))
    assert found.sticking_out
    assert found.too_small


WALKED = (
    "today-today",
    "cases-case_list",
    "cases-new_case",
    "matches-one_match",
    "share-share",
    "case-errors",
)


@pytest.mark.parametrize("width", [1200, 360])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    desk: Served, visitor: Visitor, width: int
) -> None:
    """Tab from the top: the skip link first, then all that can be used, each with an outline."""
    for visit in desk.visits:
        if visit.name not in WALKED:
            continue
        page = visitor.open(visit)
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        wanted = page.evaluate(REACHABLE)
        walked: list[str] = []
        for _ in range(len(wanted) + 3):
            page.keyboard.press("Tab")
            place, shown = page.evaluate(FOCUSED)
            if place != "":
                walked.append(place)
                assert shown, (visit.name, wanted[int(place)])
        left = {wanted[place] for place in range(len(wanted)) if str(place) not in walked}
        assert left == set(), visit.name
        assert "skip" in wanted[int(walked[0])] or visit.name == "case-errors", visit.name


def test_the_way_past_the_navigation_leads_to_the_content(desk: Served, visitor: Visitor) -> None:
    page = visitor.window("rasa")
    page.goto(f"{desk.address}/cases")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_navigation_folds_on_a_phone_and_lies_open_elsewhere(desk: Served, visitor: Visitor) -> None:
    page = visitor.window("rasa")
    page.goto(f"{desk.address}/cases")
    link = page.locator(".top nav a").first
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert link.is_visible()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert not link.is_visible()
    page.locator(".top nav summary").click()
    assert link.is_visible()


def test_paper_shows_the_page_alone(desk: Served, visitor: Visitor) -> None:
    """No navigation, no buttons, black on white also for who reads in the dark."""
    page = visitor.window("rasa")
    page.goto(f"{desk.address}/cases/{desk.house.of['missing']}")
    page.emulate_media(media="print", color_scheme="dark")
    for part in (".top nav", "footer", "main button", "main .button"):
        assert not page.locator(part).first.is_visible(), part
    style: dict[str, Any] = page.evaluate(
        "() => { const body = getComputedStyle(document.body);"
        " return {ink: body.color, page: body.backgroundColor}; }"
    )
    page.emulate_media(media="screen", color_scheme="light")
    assert style == {"ink": "rgb(0, 0, 0)", "page": "rgb(255, 255, 255)"}


def test_nothing_moves_for_who_does_not_want_it(desk: Served, visitor: Visitor) -> None:
    page = visitor.window("rasa")
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{desk.address}/cases")
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].map(one => getComputedStyle(one)).filter("
        "style => style.transitionDuration !== '0s' || style.animationName !== 'none').length"
    )
    assert moving == 0
