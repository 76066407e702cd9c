"""Every page of the desk in Chromium: what is opened, by whom and in which state."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import g, render_template_string
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from services.intake.desk.case_form import CaseForm
from services.intake.domain.codes import CaseKind
from services.intake.handlers.actor import Actor, UserRole
from tests.unit.intake.world import PASSWORD, case, person
from tests.web.house import STAFF, Browser, House, full_house, propose
from tests.web.paths import CENSUS, filled, own, rules

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
LONG = "Nepertraukiamašimtaženklėpavardė" * 2 + "Nepertraukiamapa"
"""80 characters without a blank (case 50)."""
LISTS = ("", "cases", "alerts", "matches", "import")
"""Pages that say what to do while there is nothing."""
NOT_A_PAGE = (
    *("api.", "static", "share.meter"),
    *("imports.problems", "statistics.as_", "statistics.pack"),
)


@dataclass(frozen=True)
class Visit:
    """One page to look at. `form`: sent to `path` instead of opening it, so that a state of it is shown."""

    name: str
    login: str
    path: str
    form: dict[str, Any] = field(default_factory=dict)
    content: str = ""
    """What is shown at `path` instead of asking the desk."""


@dataclass(frozen=True)
class Served:
    """A house behind a real server."""

    house: House
    address: str
    visits: tuple[Visit, ...]


class Silent(WSGIRequestHandler):
    """Writes no line for each file that is fetched."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """A full house with a long list and a long name, until the end of the block."""
    house = full_house(folder)
    fill(house)
    server = make_server("127.0.0.1", 0, house.app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(
            house, f"http://127.0.0.1:{server.server_port}", (*routes(house), *states(house), samples(house))
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        house.node.database.dispose()


def fill(house: House) -> None:
    """What breaks a layout: a list of several pages, names without a place to break, and nothing at all."""
    intake, rasa = house.node.intake, house.actors["rasa"]
    alone = intake.users.create("alone", PASSWORD, "Alone", UserRole.CASEWORKER, team="alone")
    house.actors["alone"] = Actor(alone.id, UserRole.CASEWORKER, "alone")
    long = intake.cases.register(case(CaseKind.FOUND, person(LONG, LONG)), rasa).summary.id
    house.of["long"] = long
    house.of["long_match"] = propose(house, long)
    rows = "".join(f"L{number},missing,Pavardenė{number}\n" for number in range(60))
    intake.imports.commit(f"id,kind,family_name\n{rows}".encode(), rasa)


def routes(house: House) -> list[Visit]:
    """Every page that a GET shows, for somebody who may open it; pictures, tables and files are no pages."""
    found, browsers = [], dict[str, Browser]()
    for endpoint, method, rule in rules(house):
        if method != "GET" or endpoint.startswith(NOT_A_PAGE):
            continue
        parts = own(house)
        if endpoint == "share.share":  # a case with an alert has no other
            parts |= {"case_id": house.of["unshared"]}
        login, path = opener(endpoint), filled(rule, parts)
        if login not in browsers:
            browsers[login] = house.browser(login or None)
        if browsers[login].get(path).mimetype == "text/html":
            found.append(Visit(endpoint.replace(".", "-"), login, path))
    return found


def samples(house: House) -> Visit:
    """A page of all the parts that docs/DESIGN-SYSTEM.md lists."""
    template = (Path(__file__).parent / "samples.html").read_text(encoding="utf-8")
    form = CaseForm({"given_name": LONG, "age": "old"}, errors={"age": "Write an age in whole years, 34."})
    with house.app.test_request_context("/"):
        g.actor = None
        return Visit(
            "samples", "", "/samples", content=render_template_string(template, form=form, long=LONG)
        )


def opener(endpoint: str) -> str:
    """A login that may open it; the caseworker where they may."""
    access = CENSUS[endpoint]
    if isinstance(access, str):
        return ""
    assert isinstance(access, frozenset)
    return next(login for login, (role, _) in STAFF.items() if role in access)


def states(house: House) -> list[Visit]:
    """Errors, conflicts, long and empty lists."""
    case_id, unshared, match = house.of["missing"], house.of["unshared"], house.of["match"]
    wrong = {"height_cm": "x", "age": "y", "date_of_birth": "z", "note": "vienas\ndu", "family_name": LONG}
    edited = {"kind": "missing", "category": "adult", "risk": "low", "version": "9", "given_name": "Jono"}
    shared = {"step": "preview", "tlp": "amber", "permitted_use": "ask_partner", "released": "sex"}
    return [
        Visit("sign_in-refused", "", "/sign-in", {"login": "nobody", "password": "wrong"}),
        *(Visit(f"empty-{page or 'today'}", "alone", f"/{page}") for page in LISTS),
        Visit("not_sent", "rasa", f"/matches/{match}/decide", {"csrf_token": "wrong", "note": LONG}),
        Visit("signed_out", "", "/cases/new", {"note": LONG}),
        Visit("today-lead", "lead", "/"),
        Visit("today-administrator", "admin", "/"),
        Visit("cases-empty", "rasa", "/cases?risk=high&kind=found"),
        Visit("cases-all", "rasa", "/cases?state=all"),
        Visit("cases-last_page", "rasa", "/cases?page=2"),
        Visit("case-found", "rasa", f"/cases/{house.of['found']}"),
        Visit("case-unshared", "rasa", f"/cases/{unshared}"),
        Visit("case-long_name", "rasa", f"/cases/{house.of['long']}"),
        Visit("case-errors", "rasa", "/cases/new", wrong),
        Visit("case-conflict", "rasa", f"/cases/{case_id}/edit", edited),
        Visit("case-erase_unticked", "rasa", f"/cases/{case_id}/erase", {"none": ""}),
        Visit("share-preview", "rasa", f"/cases/{unshared}/share", shared),
        Visit("share-errors", "rasa", f"/cases/{unshared}/share", {"step": "preview", "audience": "chosen"}),
        Visit("match-long_name", "rasa", f"/matches/{house.of['long_match']}"),
        Visit("match-errors", "rasa", f"/matches/{match}/decide", {"state": "excluded", "version": "1"}),
        Visit("alerts-all", "rasa", "/alerts?state=all"),
        Visit("matches-all", "rasa", "/matches?state=all"),
        Visit("partner-administrator", "admin", "/partners/fr-lyon"),
        Visit("partner-suspended", "admin", "/partners/lv-riga"),
        Visit("import-nothing", "rasa", "/import", {"none": ""}),
        Visit("error-not_found", "rasa", "/nothing"),
        Visit("error-not_allowed", "admin", f"/cases/{case_id}"),
    ]


class Visitor:
    """One Chromium with a window for each person, signed in once."""

    def __init__(self, desk: Served, chromium: Chromium, language: str = "en") -> None:
        self._desk, self._chromium, self._language = desk, chromium, language
        self._windows: dict[str, tuple[BrowserContext, Page]] = {}

    def open(self, visit: Visit) -> Page:
        """The page of a visit, as the person in question sees it; redirects are followed."""
        page = self.window(visit.login)
        if visit.content:
            return self._show(page, visit.path, visit.content)
        if not visit.form:
            page.goto(f"{self._desk.address}{visit.path}")
            return page
        page.goto(f"{self._desk.address}/sign-in")
        mark = re.search(r'name="csrf_token" value="([^"]+)"', page.content())
        answer = page.request.post(
            f"{self._desk.address}{visit.path}", form={"csrf_token": mark[1] if mark else "", **visit.form}
        )
        return self._show(page, "/shown", answer.text())

    def _show(self, page: Page, path: str, content: str) -> Page:
        """A page that no address has by itself, with the styles of the desk."""
        page.route(
            f"**{path}", lambda route: route.fulfill(body=content, content_type="text/html; charset=utf-8")
        )
        page.goto(f"{self._desk.address}{path}")
        page.unroute(f"**{path}")
        return page

    def window(self, login: str) -> Page:
        """The window of one person; nobody's is signed out."""
        if login not in self._windows:
            # Axe is put into the page by hand, which its policy rightly forbids to others.
            context = self._chromium.new_context(locale=self._language, bypass_csp=True)
            browser = self._desk.house.browser(login or None, self._language)
            for cookie in browser.client._cookies.values():  # type: ignore[union-attr]
                context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self._desk.address}])
            self._windows[login] = context, context.new_page()
        return self._windows[login][1]

    def close(self) -> None:
        """Close all windows."""
        for context, _ in self._windows.values():
            context.close()
        self._windows.clear()
