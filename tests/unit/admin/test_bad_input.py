"""Bad input (issue 3; cases 38 to 42): each by rule, and nobody matches because both are unknown.

Every line of the tables goes the whole way: through the import, which names row, column and value; through
the rules of the form; and through the matching of `myosotis evaluate`.
"""

from datetime import date
from pathlib import Path

import pytest

from services.intake.domain import imports
from services.intake.domain.dates import BadDate, FutureDate, NoSuchDay, PartialDate
from services.intake.domain.person import Age, BadPerson, Person
from shared.wire.codes import Strength
from tests.unit.admin.evaluating import proposed
from tests.unit.intake_domain.people import TODAY

HEAD = "id,kind,given_name,family_name,date_of_birth,age\n"

NO_NAMES = {
    "English": "unknown",
    "English, of a sex": "Unknown male 2",
    "English, of a form": "not given",
    "Lithuanian": "nežinoma",
    "Latvian": "nezināms",
    "Polish": "nieznany",
    "Russian": "неизвестно",
    "Ukrainian": "невідома",
    "German": "unbekannt",
    "French": "inconnue",
    "nomen nescio": "NN",
    "a child of somebody": "Baby of Ona",
    "a title": "Mrs",
    "quotation marks around it": '"unknown"',
    "one letter": "X",
    "initials only": "A. B.",
    "no letters": "12345",
    "signs": "???",
    "emoji": "😀😀",
    "letters that have no sound here": "王伟",
}
"""What stands in a name's place and is accepted: it is no name."""

REFUSED_NAMES = {
    "10,000 characters": ("Jonas" * 2_000, "2000 characters"),
    "201 characters": ("a" * 201, "200 characters"),
    "marks of direction alone": ("\u202e\u200f", "invisible"),
    "marks of direction within": ("Jo\u202enas", "invisible"),
    "a control character": ("Jonas\x07", "invisible"),
}
"""What is refused, and the words of the reason."""

BAD_DATES = {
    "in the future": ("2030-01-15", "in the future", FutureDate),
    "31 February": ("1990-02-31", "no such day", NoSuchDay),
    "a thirteenth month": ("1990-13-05", "twelve months", NoSuchDay),
    "long ago": ("1825-05-05", "1900 or later", BadDate),
    "two digits": ("15-05-90", "two digits", BadDate),
    "words": ("unknown", "Write a date", BadDate),
}

DAY = "1990-05-17"


def woman(name: str, given: str, family: str, born: str = DAY, **more: str) -> dict[str, str]:
    return {
        "id": name, "given_name": given, "family_name": family, "date_of_birth": born, "sex": "female",
        "nationality": "LT", "last_seen_place": "Vilnius", **more,
    }  # fmt: skip


ALL_NO_NAMES = {**NO_NAMES, **{what: name for what, (name, _) in REFUSED_NAMES.items()}}


@pytest.mark.parametrize("what", ALL_NO_NAMES)
def test_no_name_makes_nobody_match_and_hides_nobody(what: str, tmp_path: Path) -> None:
    """Born on the same day, of the same sex, country and town: only a name is missing."""
    bad = ALL_NO_NAMES[what]
    left = [
        woman("nobody", bad, bad),
        woman("given unknown", bad, "Kazlauskienė"),
        woman("family unknown", "Ieva", bad),
        woman("other name", bad, bad, alternate_names="Oksana Kovalenko"),
    ]
    right = [
        woman("nobody else", bad, bad),
        woman("another given unknown", bad, "Stankevičiūtė"),
        woman("another family unknown", "Danutė", bad),
        woman("Kazlauskaitė", "Rūta", "Kazlauskaitė"),
        woman("Ева", "Ева", "Петренко"),
        woman("Коваленко", "Оксана", "Коваленко"),
    ]
    assert set(proposed(tmp_path, left, right)) == {
        ("given unknown", "Kazlauskaitė"),
        ("family unknown", "Ева"),
        ("other name", "Коваленко"),
    }


@pytest.mark.parametrize(
    "what", ["English", "Russian", "initials only", "letters that have no sound here", "10,000 characters"]
)
def test_an_alert_with_another_name_is_found_by_it(what: str, tmp_path: Path) -> None:
    bad = ALL_NO_NAMES[what]
    left = [woman("Kovalenko", "Oksana", "Kovalenko"), woman("somebody", "Ieva", "Petrenko")]
    right = [woman("alert", bad, bad, alternate_names=f"{bad[:20]}|Оксана Коваленко")]
    if what in REFUSED_NAMES:
        right[0]["alternate_names"] = "Оксана Коваленко"
    assert set(proposed(tmp_path, left, right)) == {("Kovalenko", "alert")}


BAD_DATES_AND_AGES = {
    **{what: {"date_of_birth": text} for what, (text, _, _) in BAD_DATES.items()},
    "filled in by a form": {"date_of_birth": "1900-01-01"},
    "filled in, a month": {"date_of_birth": "1900-01"},
    "an age of 130": {"date_of_birth": "", "age": "130"},
    "a negative age": {"date_of_birth": "", "age": "-5"},
}


@pytest.mark.parametrize("what", BAD_DATES_AND_AGES)
def test_no_date_makes_nobody_match_and_hides_nobody(what: str, tmp_path: Path) -> None:
    """A bad date is an unknown one: a surname beside it is nothing, both names are something."""
    bad = BAD_DATES_AND_AGES[what]
    left = [
        woman("Rūta", "Rūta", "Kazlauskienė") | bad,
        woman("Danutė", "Danutė", "Stankevičienė") | bad,
        woman("well known", "Oksana", "Kovalenko"),
    ]
    right = [
        woman("her sister", "Ieva", "Kazlauskaitė") | bad,
        woman("Дануте", "Дануте", "Станкевичюте") | bad,
        woman("Коваленко", "Оксана", "Коваленко") | bad,
    ]
    found = proposed(tmp_path, left, right)
    assert set(found) == {("Danutė", "Дануте"), ("well known", "Коваленко")}
    unknown = {"date_of_birth": "", "age": ""}
    none = proposed(tmp_path, [row | unknown for row in left[1:2]], [row | unknown for row in right[1:2]])
    assert found["Danutė", "Дануте"].score == none["Danutė", "Дануте"].score, "it counts like no date"
    assert found["Danutė", "Дануте"].strength is not Strength.ALMOST_CERTAIN


@pytest.mark.parametrize("mixed", ["Kаzlauskienė", "Казлauскене", "«Kazlauskienė»", "Mrs Kazlauskienė",
                                   "Kazlauskienė (unknown)", "KAZLAUSKIENĖ 😀"])  # fmt: skip
def test_a_name_in_bad_company_is_still_the_name(mixed: str, tmp_path: Path) -> None:
    """Two scripts in one word (the first `a` is Cyrillic), quotes, a title, a remark, an emoji."""
    found = proposed(tmp_path, [woman("c", "Ruta", mixed)], [woman("a", "Rūta", "Kazlauskaitė")])
    assert set(found) == {("c", "a")}
    assert found["c", "a"].strength is Strength.ALMOST_CERTAIN


# The import names row, column and value.


def first_problem(given: str = "Rūta", born: str = "", age: str = "") -> imports.Problem:
    quoted = given.replace('"', '""')
    found = imports.dry_run(f'{HEAD}1,found,"{quoted}",Kazlauskienė,{born},{age}\n'.encode(), TODAY)
    assert not found.accepted
    [problem] = found.problems
    assert problem.row == 2
    return problem


@pytest.mark.parametrize("what", REFUSED_NAMES)
def test_the_import_names_a_name_that_cannot_be(what: str) -> None:
    name, reason = REFUSED_NAMES[what]
    problem = first_problem(given=name)
    assert (problem.column, problem.value) == ("given_name", name[: imports.SHOWN])
    assert reason in problem.message


@pytest.mark.parametrize("what", BAD_DATES)
def test_the_import_names_a_date_that_cannot_be(what: str) -> None:
    text, reason, _ = BAD_DATES[what]
    problem = first_problem(born=text)
    assert (problem.column, problem.value) == ("date_of_birth", text)
    assert reason in problem.message


@pytest.mark.parametrize("age", ["130", "121", "30-20", "abc"])
def test_the_import_names_an_age_that_cannot_be(age: str) -> None:
    problem = first_problem(age=age)
    assert (problem.column, problem.value) == ("age", age)


def test_a_filled_in_date_is_accepted_with_a_warning_that_names_it() -> None:
    found = imports.dry_run(f"{HEAD}1,found,Rūta,Kazlauskienė,1900-01-01,\n".encode(), TODAY)
    [accepted], [warning] = found.accepted, found.warnings
    assert accepted.case.person.known_birth_date is None
    assert (warning.row, warning.column, warning.value) == (2, "date_of_birth", "1900-01-01")


@pytest.mark.parametrize("what", NO_NAMES)
def test_the_import_accepts_what_stands_for_no_name(what: str) -> None:
    """The file says what it says; that it is no name is for the matching to know."""
    quoted = NO_NAMES[what].replace('"', '""')
    found = imports.dry_run(f'{HEAD}1,found,"{quoted}",Kazlauskienė,,\n'.encode(), TODAY)
    assert [one.case.person.given_name for one in found.accepted] == [NO_NAMES[what]]


# What a form says is checked by the same rules.


@pytest.mark.parametrize("what", REFUSED_NAMES)
def test_a_person_with_a_name_that_cannot_be_is_refused(what: str) -> None:
    for field in ("given_name", "family_name", "alternate_names"):
        name = REFUSED_NAMES[what][0]
        with pytest.raises(BadPerson) as caught:
            Person(**{field: (name,) if field == "alternate_names" else name})  # type: ignore[arg-type]
        assert caught.value.field == field
        assert name not in str(caught.value)


@pytest.mark.parametrize("what", BAD_DATES)
def test_a_date_that_cannot_be_is_refused(what: str) -> None:
    text, _, error = BAD_DATES[what]
    with pytest.raises(error) as caught:
        PartialDate.parse(text, date(2026, 11, 22))
    assert text not in str(caught.value)


@pytest.mark.parametrize("age", ["130", "-5", "30-20"])
def test_an_age_that_cannot_be_is_refused(age: str) -> None:
    with pytest.raises(BadPerson):
        Age.parse(age)
