"""What columns mean, which repairs are proposed, and that none is taken without a yes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import import_text
from services.intake.domain.codes import CaseKind
from services.intake.domain.import_columns import COLUMNS, column_of, propose, samples
from services.intake.domain.import_table import Table
from services.intake.domain.imports import REPAIRS, DryRun, examine
from tests.unit.intake_domain.people import TODAY


def table(*lines: str) -> Table:
    return import_text.table(import_text.read("\n".join(lines).encode()))


def tried(column: str, value: str, **changes: object) -> DryRun:
    made = Table((("id", "kind", "family_name", column), ("1", "missing", "Testas", value)))
    return examine(made, replace(propose(made), **changes), TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("column", COLUMNS)
def test_every_heading_means_one_column(column: str) -> None:
    for heading in (column, *COLUMNS[column]):
        assert column_of(f" {heading.upper()} : ") == column, heading


def test_cyrillic_headings_below_a_title_are_found() -> None:
    found = propose(table("Список 2019 года;;", ";;", "№;Фамилия;Дата рождения", "1;Тестов;1990"))
    assert (found.heading_row, found.columns) == (3, ("id", "family_name", "date_of_birth"))


def test_a_second_column_with_the_same_meaning_is_left_for_a_person() -> None:
    found = propose(table("id;Surname;Pavardė", "1;a;b"))
    assert found.columns == ("id", "family_name", None)


def test_samples_are_the_first_different_values() -> None:
    made = table("id;x", "1;a", "2;a", "3;b", "4;c", "5;d")
    assert samples(made, propose(made), 1) == ("a", "b", "c")


def test_without_a_column_for_the_kind_somebody_says_what_the_rows_are() -> None:
    made = table("Pavardė;Vardas", "Testas;Jonas")
    layout = propose(made)
    assert examine(made, layout, TODAY).accepted == ()
    [row] = examine(made, replace(layout, kind=CaseKind.FOUND), TODAY).accepted
    assert (row.case.kind, row.id) == (CaseKind.FOUND, "")


@pytest.mark.parametrize(
    ("column", "value", "repair", "proposal"),
    [
        ("date_of_birth", "32642", "day_number", "1989-05-14"),
        ("sex", "femalle", "word", "female"),
        ("nationality", "Lietuva", "code", "LT"),
        ("nationality", "Литва", "code", "LT"),
        ("languages", "lietuvių, rusų", "code", "lt ru"),
        ("height_cm", "1,75", "metres", "175"),
        ("height_cm", "1.8 m", "metres", "180"),
        ("given_name", "'Jonas", "apostrophe", "Jonas"),
        ("given_name", "Jo\u200bnas", "invisible", "Jo nas"),
        ("age", "nežinoma", "empty", ""),
        ("sex", "#N/A", "empty", ""),
    ],
)
def test_a_repair_is_proposed_and_taken_only_when_somebody_said_yes(
    column: str, value: str, repair: str, proposal: str
) -> None:
    found = tried(column, value)
    [problem] = found.problems
    assert (problem.repair, problem.proposal) == (repair, proposal)
    assert found.accepted == ()
    assert repair in REPAIRS
    for yes in ({"repairs": frozenset({repair})}, {"cells": frozenset({(2, column)})}):
        mended = tried(column, value, **yes)
        assert (len(mended.accepted), mended.problems, mended.repaired) == (1, (), 1)
    assert tried(column, value, repairs=frozenset(REPAIRS) - {repair}).accepted == ()
    assert tried(column, value, cells=frozenset({(3, column)})).accepted == ()


@pytest.mark.parametrize(
    ("text", "order", "proposal"),
    [
        ("15/05/20", "", None),
        ("15/05/20", "dmy", "2020-05-15"),
        ("05/15/20", "mdy", "2020-05-15"),
        ("20-05-15", "ymd", "2020-05-15"),
        ("15.05.34", "dmy", "1934-05-15"),
        ("22.11.26", "dmy", "1926-11-22"),
        ("31.02.90", "dmy", None),
    ],
)
def test_a_short_year_is_proposed_once_the_order_is_known_and_never_read_silently(
    text: str, order: str, proposal: str | None
) -> None:
    """Journey 10: 15/05/20 is not the year 20, and not silently 2020."""
    found = tried("date_of_birth", text, day_order=order)
    [problem] = found.problems
    assert (problem.repair, problem.proposal) == ("short_year", proposal)
    assert found.asks_day_order == (order == "" or proposal is None)
    assert found.accepted == ()


@pytest.mark.parametrize(
    ("order", "meant"), [("dmy", "1990-05-04"), ("mdy", "1990-04-05"), ("", None), ("ymd", None)]
)
def test_day_and_month_either_way_are_read_in_the_order_that_somebody_named(
    order: str, meant: str | None
) -> None:
    found = tried("date_of_birth", "04/05/1990", day_order=order)
    read = [str(row.case.person.date_of_birth) for row in found.accepted]
    assert read == ([meant] if meant else [])
    assert found.asks_day_order is (meant is None)


def test_m_is_a_woman_where_the_column_has_a_v() -> None:
    """Lithuanian tables write M (moteris) and V (vyras); read as English, every woman would be a man."""
    made = table("id;kind;family_name;sex", "1;missing;Testaitė;M", "2;missing;Testas;V")
    found = examine(made, propose(made), TODAY)
    assert [one.proposal for one in found.problems] == ["female", "male"]
    assert found.accepted == ()
    alone = examine(table("id;kind;family_name;sex", "1;missing;Testas;M"), propose(made), TODAY)
    assert [row.case.person.sex for row in alone.accepted] == ["male"]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1257", "Žydrūnė Šimaitytė"), ("cp1252", "Hélène Façonnière"), ("cp1251", "Руслана Тестова")],
)
def test_windows_code_pages_are_recognised(encoding: str, name: str) -> None:
    data = f"id;kind;family_name\n1;missing;{name}\n".encode(encoding)
    read = import_text.read(data)
    assert (read.encoding, name in read.text) == (encoding, True)


def test_a_person_can_name_the_code_page() -> None:
    data = "id;kind;family_name\n1;missing;Šimaitė\n".encode("cp1257")
    assert "Ðimaitë" in import_text.read(data, "cp1252").text


def test_a_quote_that_never_closes_is_a_problem_of_its_row_however_long() -> None:
    """In a fresh process the library's own limit made an error 500 of it."""
    for at in ("heading", "row"):
        long = '"' + "x" * 200_000
        data = f"id;kind;{long}" if at == "heading" else f"id;kind;family_name\n1;missing;{long}"
        made = import_text.table(import_text.read(data.encode()))
        assert made.broken_at == (1 if at == "heading" else 2)


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=8))
def test_any_cells_are_read_or_named(rows: list[list[str]]) -> None:
    """Every filled row below the headings is accepted or has a problem: none disappears."""
    made = Table(tuple(tuple(row) for row in rows))
    layout = replace(propose(made), kind=CaseKind.MISSING)
    found = examine(made, layout, TODAY)
    filled = {
        number
        for number, row in enumerate(made.rows, start=1)
        if number > layout.heading_row and any(cell.strip() for cell in row)
    }
    assert {one.row for one in (*found.accepted, *found.problems)} == filled
