"""The import on the desk: columns, repairs, templates, progress, and whose table it is (journey 10)."""

from __future__ import annotations

import html
import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from services.intake.handlers import import_desk
from services.intake.handlers.import_drafts import KEPT_FOR
from services.intake.store.imports import ImportDraftRow
from shared.store.tables import AuditRow
from tests.web.house import House, text_of
from tests.web.tables import columns_form, tried_out, uploaded, workbook

HEADINGS = ["Nr.", "Rūšis", "Vardas", "Pavardė", "Gimimo data", "Lytis"]
ROWS = [
    ["V-1", "missing", "Ona", "Pirmoji", "15/05/1990", "moteris"],
    ["V-2", "missing", "Jonas", "Antrasis", "04/05/1990", "vyras"],
    ["V-3", "found", "Rasa", "Trečioji", "15/05/90", "female"],
]
TABLE = workbook(["Šeimų paramos centras, 2019 m."], [], HEADINGS, *ROWS)


def words(page: str) -> str:
    return " ".join(text_of(page).split())


def test_a_workbook_is_laid_out_mended_and_registered(own_house: House) -> None:
    """Journey 10: the order of a date is asked once; a short year is taken with one tick, not silently."""
    browser = own_house.browser("rasa")
    path = uploaded(browser, TABLE, "table.xlsx")
    form = columns_form(browser.get(f"{path}/columns").get_data(as_text=True))
    chosen = [form[f"column_{place}"] for place in range(6)]
    assert chosen == ["id", "kind", "given_name", "family_name", "date_of_birth", "sex"]
    assert form["heading_row"] == "3"
    page = tried_out(browser, path)
    assert "1 case can be registered. 2 things have to be mended." in words(page)
    assert "In this table they are written" in words(page)
    page = browser.follow(f"{path}/repair", day_order="dmy").get_data(as_text=True)
    assert "2 cases can be registered. One thing has to be mended." in words(page)
    assert "15/05/90 → 1990-05-15" in words(page)
    page = browser.follow(f"{path}/repair", kind=["short_year", "nonsense"]).get_data(as_text=True)
    assert "3 cases can be registered." in words(page)
    assert "1 cell is read as you accepted." in words(page)
    assert "Pirmoji" not in browser.get("/cases").get_data(as_text=True), "nothing is a case before the yes"
    own_house.node.new()
    assert "3 cases were registered" in words(browser.follow(f"{path}/confirm").get_data(as_text=True))
    cases = browser.get("/cases").get_data(as_text=True)
    assert all(name in cases for name in ("Pirmoji", "Antrasis", "Trečioji"))
    assert own_house.node.new() == [], "nothing is shared by an import"
    assert browser.get(path).status_code == 404, "the table is gone when the import is done"
    with own_house.node.database.read() as session:
        assert session.get(ImportDraftRow, path.rpartition("/")[2]) is None


def test_one_cell_is_mended_and_the_rest_is_downloaded_marked(own_house: House) -> None:
    browser = own_house.browser("rasa")
    table = workbook(
        HEADINGS, ["=1+1", "missing", "A", "B", "32642", "-"], ["2", "missing", "C", "D", "32643", ""]
    )
    path = uploaded(browser, table, "t.xlsx")
    tried_out(browser, path)
    page = browser.follow(f"{path}/repair", cell="2:date_of_birth").get_data(as_text=True)
    assert "1 cell is read as you accepted." in words(page)
    answer = browser.get(f"{path}/problems.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).worksheets[0]
    assert [cell.value for cell in sheet[1]] == HEADINGS
    assert sheet.max_row == 3
    assert sheet["E3"].comment is not None
    assert "Proposed: 1989-05-15" in sheet["E3"].comment.text
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_layout_is_kept_for_the_team_and_proposed_again(own_house: House) -> None:
    """Only the own team's templates are listed, and they are chosen by the headings."""
    browser, headings = own_house.browser("rasa"), ["A", "B", "C"]
    path = uploaded(browser, workbook(headings, ["N-1", "x", "Testas"]), "t.xlsx")
    laid_out = {"column_0": "id", "column_2": "family_name", "kind": "found", "template": "Senas <žurnalas>"}
    assert "1 case can be registered" in words(tried_out(browser, path, **laid_out))
    again = uploaded(browser, workbook(headings, ["2", "y", "Testienė"]), "t.xlsx")
    page = browser.get(f"{again}/columns").get_data(as_text=True)
    assert "“Senas <žurnalas>”" in html.unescape(page)
    form = columns_form(page)
    assert (form["column_0"], form["column_1"], form["column_2"], form["kind"]) == (
        *("id", "", "family_name", "found"),
    )
    other = own_house.browser("other")
    assert "Senas" not in other.get("/import").get_data(as_text=True)
    theirs = uploaded(other, workbook(headings, ["2", "y", "Testienė"]), "t.xlsx")
    assert columns_form(other.get(f"{theirs}/columns").get_data(as_text=True))["column_0"] == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"column_1": "id"}, "Two columns have the same meaning"),
        ({"column_1": ""}, "Say what kind of case the rows are."),
        ({"template": "x" * 81}, "Give the layout a name"),
    ],
)
def test_what_was_chosen_stays_in_the_form(house: House, changes: dict[str, str], sentence: str) -> None:
    browser = house.browser("rasa")
    path = uploaded(browser, TABLE, "t.xlsx")
    form = columns_form(browser.get(f"{path}/columns").get_data(as_text=True))
    answer = browser.send(f"{path}/columns", **form | {"column_5": "category"} | changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in words(page)
    assert columns_form(page)["column_5"] == "category"


def test_another_sheet_letters_or_row_are_read_again(house: House) -> None:
    browser = house.browser("rasa")
    path = uploaded(browser, "id;kind;family_name\n1;missing;Šimaitė\n".encode("cp1257"))
    form = columns_form(browser.get(f"{path}/columns").get_data(as_text=True))
    assert form["encoding"] == "cp1257"
    browser.send(f"{path}/columns", **form | {"encoding": "cp1252", "step": "reread"})
    assert "Ðimaitë" in browser.get(f"{path}/columns").get_data(as_text=True)
    browser.send(f"{path}/columns", **form | {"encoding": "cp1252", "heading_row": "2", "step": "reread"})
    page = browser.get(f"{path}/columns").get_data(as_text=True)
    assert columns_form(page)["heading_row"] == "2"


def test_a_long_table_goes_on_where_it_stopped(own_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk may be started anew in between: what is saved stays, and nothing is saved twice."""
    monkeypatch.setattr(import_desk, "SAVED_AT_ONCE", 2)
    browser = own_house.browser("rasa")
    lines = [f"L-{number},missing,Eilutė{number}" for number in range(5)]
    path = uploaded(browser, "\n".join(["id,kind,family_name", *lines]).encode())
    tried_out(browser, path)
    assert browser.send(f"{path}/confirm").headers["Location"] == f"{path}/progress"
    page = browser.get(f"{path}/progress").get_data(as_text=True)
    assert "2 of 5 registered" in words(page)
    assert "data-continue" in page
    assert browser.send(f"{path}/confirm").status_code == 422, "it runs already"
    assert browser.get(path).headers["Location"] == f"{path}/progress"
    assert "2 of 5 registered" in words(browser.get("/import").get_data(as_text=True))
    assert browser.send(f"{path}/progress").headers["Location"] == f"{path}/progress"
    assert "5 cases were registered" in words(browser.follow(f"{path}/progress").get_data(as_text=True))
    shown = browser.get("/cases").get_data(as_text=True)
    assert [shown.count(f"Eilutė{number}<") for number in range(5)] == [1] * 5


def test_a_table_is_seen_by_its_owner_alone_and_for_a_day(own_house: House) -> None:
    """Case 46: not by a colleague of the same team, nor by who sees every team."""
    path = uploaded(own_house.browser("rasa"), TABLE, "t.xlsx")
    for login in ("jonas", "lead", "duty"):
        assert own_house.browser(login).get(f"{path}/columns").status_code == 404, login
    with own_house.node.database.read() as session:
        row = session.get_one(ImportDraftRow, path.rpartition("/")[2])
        stored = row.source + row.cells + row.settings
        assert b"Pirmoji" not in stored
        assert b"PK\x03\x04" not in stored
        told = session.scalars(select(AuditRow.action).where(AuditRow.subject == row.id)).all()
    assert list(told) == ["import.uploaded"]
    own_house.node.clock.advance(KEPT_FOR * 1.1)
    assert own_house.browser("rasa").get(f"{path}/columns").status_code == 404
    with own_house.node.database.begin() as session:
        own_house.node.intake.import_desk.forget_old(session)
        assert session.get(ImportDraftRow, path.rpartition("/")[2]) is None


def test_taking_back_shows_what_goes_and_leaves_what_somebody_worked_on(own_house: House) -> None:
    browser = own_house.browser("rasa")
    path = uploaded(browser, b"id,kind,family_name\nU-1,missing,Liekantis\nU-2,missing,Dingstantis\n")
    tried_out(browser, path)
    browser.send(f"{path}/confirm")
    page = browser.get("/import").get_data(as_text=True)
    batches = re.findall(r"/import/(batch_\w+)/undo", page)
    [undo] = [f"/import/{batch}/undo" for batch in batches if batch != own_house.of["batch"]]
    cases = own_house.node.intake.cases
    kept = next(one for one in cases.overview(own_house.actors["rasa"]) if one.label == "Liekantis")
    assert "is to be completed" in browser.get(f"/cases/{kept.id}").get_data(as_text=True)
    assert "2 to complete" in words(page)
    view = cases.get(kept.id, own_house.actors["rasa"])
    cases.update(kept.id, view.case, view.summary.version, own_house.actors["rasa"])
    assert "is to be completed" not in browser.get(f"/cases/{kept.id}").get_data(as_text=True)
    page = words(browser.get(undo).get_data(as_text=True))
    assert "1 case of" in page
    assert "Dingstantis" in page
    assert "Liekantis" not in page
    assert "Somebody has worked on 1 case since; it stays." in page
    browser.send(undo)
    left = browser.get("/cases").get_data(as_text=True)
    assert "Liekantis" in left
    assert "Dingstantis" not in left
