"""Import of CSV tables: every problem has a row, a column, a value and what to do."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.codes import CaseKind, Category, Sex
from services.intake.domain.errors import DomainError
from services.intake.domain.import_text import EmptyFile, FileTooLarge, UnreadableFile
from services.intake.domain.imports import COLUMNS, DryRun, NoHeadings, Problem, TooManyRows, dry_run
from tests.unit.intake_domain.people import TODAY

HEADING = "id,kind,given_name,family_name,sex,date_of_birth,height_cm,protect_location"
GOOD = "1,missing,Rūta,Testauskienė,female,1987-03-14,168,no"


def run(*lines: str, encoding: str = "utf-8") -> DryRun:
    return dry_run("\n".join(lines).encode(encoding), TODAY)


def problem(column: str, value: str) -> Problem:
    """The one problem of a row with this value in this column, and proof that the next row is fine."""
    quoted = value.replace('"', '""')
    result = run(f"id,kind,family_name,{column}", f'1,missing,Testauskas,"{quoted}"', "2,found,Testauskas,")
    assert [row.id for row in result.accepted] == ["2"]
    (found,) = result.problems
    assert (found.row, found.column) == (2, column)
    assert found.value == value[:60]
    assert not value or len(value) < 4 or value not in found.message
    return found


def test_a_good_row_becomes_a_case() -> None:
    (accepted,) = run(HEADING, GOOD).accepted
    known = accepted.case.person
    assert (accepted.row, accepted.id, accepted.case.kind) == (2, "1", CaseKind.MISSING)
    assert (known.given_name, known.sex, known.height_cm) == ("Rūta", Sex.FEMALE, 168)
    assert known.protect_location is False
    assert accepted.case.category is Category.ADULT


def test_every_column_is_read() -> None:
    values = {
        "id": "7",
        "kind": "found",
        "given_name": "Rūta",
        "family_name": "Testauskienė",
        "alternate_names": "Rutelė|Ruta Morkūnienė",
        "sex": "F",
        "date_of_birth": "1987",
        "age": "39",
        "nationality": "lt",
        "languages": "lt, ru",
        "last_seen_date": "2024-05",
        "last_seen_place": "Wilno",
        "height_cm": "168 cm",
        "eye_colour": "Gray",
        "hair_colour": "Blonde",
        "marks": "scar:face tattoo:neck",
        "category": "adult",
        "protect_location": "taip",
    }
    assert set(values) == set(COLUMNS)
    (accepted,) = run(";".join(values), ";".join(values.values())).accepted
    known = accepted.case.person
    assert known.alternate_names == ("Rutelė", "Ruta Morkūnienė")
    assert (known.nationality, known.languages, known.marks) == (
        "LT",
        ("lt", "ru"),
        ("scar:face", "tattoo:neck"),
    )
    assert (str(known.age), known.age_as_of, str(known.last_seen.date)) == ("39", TODAY, "2024-05")
    assert (known.last_seen.region, known.eye_colour, known.hair_colour) == ("LT-VL", "grey", "blond")
    assert known.protect_location is True


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1257"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_recognised(encoding: str, delimiter: str) -> None:
    lines = [line.replace(",", delimiter) for line in (HEADING, GOOD)]
    result = run(*lines, encoding=encoding)
    assert [row.case.person.family_name for row in result.accepted] == ["Testauskienė"]
    assert result.delimiter == delimiter


def test_cyrillic_of_another_code_page_is_not_read_as_baltic_letters() -> None:
    cyrillic = GOOD.replace("Rūta", "Руслана").replace("Testauskienė", "Тестова")
    [row] = run(HEADING, cyrillic, encoding="cp1251").accepted
    assert row.case.person.family_name == "Тестова"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "data"),
    [
        (EmptyFile, b""),
        (EmptyFile, b"\xef\xbb\xbf \r\n\r\n"),
        (UnreadableFile, b"\xff\xfeid"[:3]),
        (UnreadableFile, b"id,kind\n\x00\x01\x02"),
        (UnreadableFile, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xa1\xff"),
        (UnreadableFile, b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xff\xfe\x81"),
        (NoHeadings, b"Testauskas,missing\n1,2"),
        (NoHeadings, b"id,id,kind\n1,1,missing"),
        (NoHeadings, b'"id,kind\n1,missing'),
        (FileTooLarge, b"x" * 10_000_001),
        (TooManyRows, b"id,kind\n" + b"1,missing\n" * 20_001),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_file_that_cannot_be_read_says_what_to_do(error: type[DomainError], data: bytes) -> None:
    with pytest.raises(error) as raised:
        dry_run(data, TODAY)
    assert str(raised.value).endswith(".")


def test_headings_are_read_in_any_case_and_in_lithuanian_and_french() -> None:
    lithuanian = run(" ID ;Kind;VARDAS;Pavardė;Gimimo data", "1;missing;Rūta;Testauskienė;1987-03-14")
    french = run("id,kind,Prénom,NOM,Date de naissance", "1,missing,Rūta,Testauskienė,1987-03-14")
    assert lithuanian.accepted[0].case.person == french.accepted[0].case.person


def test_unknown_columns_are_named_and_ignored() -> None:
    result = run("id,kind,family_name,shoe size,", "1,found,Testauskas,43,x")
    assert result.ignored_columns == ("shoe size",)
    assert len(result.accepted) == 1


@pytest.mark.parametrize("text", ["15/05/20", "15.05.20", "1/2/34", "05-15-90"])
def test_a_year_of_two_digits_is_never_guessed(text: str) -> None:
    """Journey 10: 15/05/20 is not the year 20."""
    assert "two digits" in problem("date_of_birth", text).message


@pytest.mark.parametrize("text", ["04/05/1990", "4-5-1990"])
def test_a_date_with_day_and_month_either_way_is_not_guessed(text: str) -> None:
    assert "two ways" in problem("date_of_birth", text).message


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1990-05-15", "1990-05-15"),
        ("1990.05.15", "1990-05-15"),
        ("1990/5/15", "1990-05-15"),
        ("1990", "1990"),
        ("15.05.1990", "1990-05-15"),
        ("04.05.1990", "1990-05-04"),
        ("15/05/1990", "1990-05-15"),
        ("05/05/1990", "1990-05-05"),
        ("1990-05-15 00:00:00", "1990-05-15"),
        ("1990-05", "1990-05"),
    ],
)
def test_dates_that_have_one_meaning_are_read(text: str, meant: str) -> None:
    (accepted,) = run("id,kind,family_name,date_of_birth", f"1,found,Testauskas,{text}").accepted
    assert str(accepted.case.person.date_of_birth) == meant


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("date_of_birth", "1990-02-31"),
        ("date_of_birth", "31.04.1990"),
        ("date_of_birth", "2031-01-01"),
        ("date_of_birth", "May 1990"),
        ("last_seen_date", "yesterday"),
        ("given_name", "=HYPERLINK(1)"),
        ("given_name", "@SUM(A1)"),
        ("marks", "+cmd|calc"),
        ("last_seen_place", "-2+3"),
        ("given_name", "A" * 10_000),
        ("given_name", "A" * 201),
        ("given_name", "Rū\x07ta"),
        ("given_name", "Rūta\u202e"),
        ("sex", "yes"),
        ("age", "old"),
        ("age", "130"),
        ("nationality", "Lithuania"),
        ("languages", "lt;Lithuanian"),
        ("height_cm", "1,75"),
        ("height_cm", "1.80"),
        ("height_cm", "1750"),
        ("eye_colour", "purple"),
        ("hair_colour", "=1"),
        ("marks", "rose on the arm"),
        ("category", "grown-up"),
        ("protect_location", "maybe"),
    ],
)
def test_a_cell_that_does_not_fit_is_a_problem_of_its_row_alone(column: str, value: str) -> None:
    assert problem(column, value).message.endswith(".")


def test_the_value_of_a_problem_is_not_in_its_repr() -> None:
    assert "Lithuania" not in repr(problem("nationality", "Lithuania"))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",missing,Testauskas", "id"),
        ("1,,Testauskas", "kind"),
        ("1,lost,Testauskas", "kind"),
        ("1,missing,", "family_name"),
        ("1,missing,Testauskas,extra", ""),
    ],
)
def test_a_row_without_what_it_needs_is_a_problem(row: str, column: str) -> None:
    result = run("id,kind,family_name", row, "9,found,Testauskas")
    assert [accepted.id for accepted in result.accepted] == ["9"]
    assert [(found.row, found.column) for found in result.problems] == [(2, column)]


def test_an_unidentified_person_needs_no_name_and_empty_rows_are_skipped() -> None:
    result = run("id,kind,family_name", "1,unidentified,", ",,", "", "2,missing,Testauskas")
    assert [(row.row, row.id) for row in result.accepted] == [(2, "1"), (5, "2")]
    assert result.problems == ()


def test_the_same_id_twice_names_the_first_row() -> None:
    result = run("id,kind,family_name", "1,found,Testauskas", "1,found,Testienė")
    assert len(result.accepted) == 1
    assert "Row 2" in result.problems[0].message


def test_all_problems_of_a_row_are_told_at_once() -> None:
    result = run("id,kind,family_name,sex,age", "1,lost,Testauskas,yes,old")
    assert {found.column for found in result.problems} == {"kind", "sex", "age"}


def test_quotes_that_do_not_close_stop_the_reading_there() -> None:
    result = run("id,kind,family_name", "1,found,Testauskas", '2,found,"Test', "3,found,Testienė")
    assert [row.id for row in result.accepted] == ["1"]
    assert [found.row for found in result.problems] == [3]


def test_a_filled_in_birth_date_is_accepted_with_a_warning() -> None:
    result = run("id,kind,family_name,date_of_birth", "1,found,Testauskas,1900-01-01")
    assert len(result.accepted) == 1
    assert [(found.row, found.column) for found in result.warnings] == [(2, "date_of_birth")]


def test_a_space_that_a_spreadsheet_made_unbreakable_is_a_space() -> None:
    result = run("id,kind,family_name", "1,found,De\u00a0Testa")
    assert result.accepted[0].case.person.family_name == "De Testa"


def test_a_cell_with_line_breaks_and_the_delimiter_is_one_cell() -> None:
    result = run("id,kind,family_name,alternate_names", '1,found,Testauskas,"Rūta; Ona, Marija"')
    assert result.accepted[0].case.person.alternate_names == ("Rūta", "Ona, Marija")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    with suppress(DomainError):
        dry_run(data, TODAY)


@given(st.text(max_size=200))
def test_any_cell_is_read_or_becomes_a_problem(text: str) -> None:
    quoted = text.replace('"', '""').replace("\r", " ").encode("utf-8", "replace").decode()
    data = "\n".join([",".join(COLUMNS), ",".join([f'"{quoted}"'] * len(COLUMNS))])
    try:
        result = dry_run(data.encode("utf-8"), TODAY)
    except UnreadableFile:
        return
    assert result.accepted == ()
