"""Statistics on the desk: who sees them, what leaves it, and that a running period does not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import defusedxml.ElementTree
import openpyxl
import pytest
from sqlalchemy import select

from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind, MsgStatus
from services.intake.domain.statistics import ALL, Shown, Sort
from services.intake.handlers.errors import NotAllowed, NotFound
from services.intake.handlers.statistics import Figures, PeriodNotOver
from shared.store.tables import AuditRow
from tests.unit.intake.world import case, person
from tests.web.house import Browser, House, empty_house, text_of

OVER = timedelta(days=60)
"""From November into January."""


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """26 people of two teams in 2026, which is over; three of them were found."""
    house = empty_house(tmp_path_factory.mktemp("counted"))
    cases = house.node.intake.cases
    for number in range(26):
        kind = CaseKind.FOUND if number < 3 else CaseKind.MISSING
        login = "other" if number % 2 else "rasa"
        cases.register(case(kind, person(born="2009-05-14" if number < 20 else "1980")), house.actors[login])
    house.node.clock.advance(OVER)
    yield house
    house.node.database.dispose()


def words(browser: Browser, path: str) -> str:
    return " ".join(text_of(browser.get(path).get_data(as_text=True)).split())


@pytest.mark.parametrize("login", ["rasa", "other", "second", "lead", "duty", "auditor"])
def test_everybody_who_may_sees_the_same_figures_of_the_whole_organisation(
    counted: House, login: str
) -> None:
    """Were they counted by team, one reader's figures less another's would be a small count."""
    page = words(counted.browser(login), "/statistics/2026")
    assert "People: 26" in page
    assert "missing withheld" in page, "3 found would be 26 less 23"
    assert "found, with us <5" in page


def test_an_administrator_sees_none(counted: House) -> None:
    """Rule 9."""
    assert counted.browser("admin").get("/statistics/2026").status_code == 403
    with pytest.raises(NotAllowed):
        counted.node.intake.statistics.figures("2026", counted.actors["admin"])


def test_people_and_episodes_ages_and_borders(counted: House) -> None:
    found = counted.node.intake.statistics.figures("2026", counted.actors["auditor"])
    assert found.of(ALL, ALL) == Shown(Sort.EXACT, 26)
    assert found.of("age", "16-17") == Shown(Sort.EXACT, 20)
    assert found.of("age", "25-64") == Shown(Sort.EXACT, 6)
    assert found.of("border", "not_shared") == Shown(Sort.EXACT, 26)
    assert found.of("outcome", "open") == Shown(Sort.EXACT, 26)
    month = counted.node.intake.statistics.figures("2026-11", counted.actors["auditor"])
    assert month.of(ALL, ALL) == Shown(Sort.ABOUT, 25)


def test_an_alert_to_another_country_is_counted_across_the_border_and_an_exercise_is_not(
    tmp_path: Path,
) -> None:
    house = empty_house(tmp_path)
    intake, rasa = house.node.intake, house.actors["rasa"]
    for number in range(10):
        made = intake.cases.register(case(), rasa).summary.id
        status = MsgStatus.ACTUAL if number < 5 else MsgStatus.EXERCISE
        intake.alerts.publish(made, Choices(status=status), rasa)
    found = intake.statistics.figures("2026", rasa)
    assert found.of("border", "across") == Shown(Sort.EXACT, 5)
    assert found.of("border", "not_shared") == Shown(Sort.EXACT, 5)
    erased = intake.cases.overview(rasa)
    for one in erased[:5]:
        intake.cases.erase(one.id, rasa)
    found = intake.statistics.figures("2026", rasa)
    assert found.of("outcome", "erased") == Shown(Sort.EXACT, 5)
    assert found.of("age", "unknown") == Shown(Sort.EXACT, 5)
    house.node.database.dispose()


def test_a_running_period_is_shown_and_not_given_away(house: House) -> None:
    """Two versions of one period would give away who came in between."""
    browser = house.browser("rasa")
    page = browser.get("/statistics/2026").get_data(as_text=True)
    assert "This period is not over" in page
    assert "pack.zip" not in page
    for file in ("figures.csv", "figures.xlsx", "pack.zip"):
        assert browser.get(f"/statistics/2026/{file}").status_code == 422
    with pytest.raises(PeriodNotOver):
        house.node.intake.statistics.figures("2026-11", house.actors["rasa"], to_give_away=True)


@pytest.mark.parametrize("code", ["2026-13", "2026-11-21", "26", "x", "2026-Q5", "9999999"])
def test_other_periods_do_not_exist(house: House, code: str) -> None:
    """Any two dates would let days be subtracted from one another."""
    assert house.browser("rasa").get(f"/statistics/{code}").status_code == 404
    with pytest.raises(NotFound):
        house.node.intake.statistics.figures(code, house.actors["rasa"])


def test_files_hold_what_the_page_shows_and_no_formula(counted: House) -> None:
    """Case 50."""
    browser = counted.browser("auditor")
    text = browser.get("/statistics/2026/figures.csv").get_data().decode("utf-8-sig")
    assert "Altogether,People,26" in text
    assert '"found, with us",<5' in text
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/statistics/2026/figures.xlsx").get_data()))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert ("Altogether", "People", "26") in rows
    for line in (*text.splitlines(), *("".join(map(str, row)) for row in rows)):
        assert not line.startswith(("=", "+", "-", "@"))
    with counted.node.database.read() as session:
        actions = session.scalars(select(AuditRow.action).where(AuditRow.subject == "2026")).all()
    assert {"statistics.viewed", "statistics.taken"} >= set(actions)
    assert "statistics.taken" in actions


def test_the_pack_for_25_may_is_in_three_languages(counted: House) -> None:
    data = counted.browser("rasa").get("/statistics/2026/pack.zip").get_data()
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        names = pack.namelist()
        texts = {code: pack.read(f"{code}/statistics-2026.txt").decode() for code in ("lt", "en", "fr")}
        charts = [pack.read(name).decode() for name in names if name.endswith(".svg")]
    assert len(charts) == 18
    assert "Žmonės: 26" in texts["lt"]
    assert "People: 26" in texts["en"]
    assert re.search("Personnes.?: 26", texts["fr"])
    for chart in charts:
        defusedxml.ElementTree.fromstring(chart)
        assert "style" not in chart


def test_a_chart_says_in_words_what_it_shows(counted: House) -> None:
    page = counted.browser("rasa").get("/statistics/2026").get_data(as_text=True)
    assert page.count('role="img"') == 6
    assert "found, with us: &lt;5" in page


def test_no_figures_object_holds_more_than_is_shown(counted: House) -> None:
    """What is withheld is not somewhere behind the page."""
    found = counted.node.intake.statistics.figures("2026", counted.actors["rasa"])
    assert isinstance(found, Figures)
    assert all(one.value is None or one.value == 0 or one.value >= 5 for one in found.shown.values())
