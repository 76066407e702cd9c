"""Only the words that tell who somebody is are left of a name, and bad input is handled by rule."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.names.lookalikes import one_script
from services.intake.domain.names.placeholders import is_placeholder
from services.intake.domain.names.skeleton import best, initial, readings, spelling, voiced, words


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Dr. Jonas Petraitis", ["jonas", "petraitis"]),
        ("ponia Ona", ["ona"]),
        ("Herr Müller jr.", ["müller"]),
        ("г-н Иванов", ["иванов"]),
        ("Pan", ["pan"]),
        ("van der Berg", ["berg"]),
        ("Ahmed bin Khalid", ["ahmed", "khalid"]),
        ("Ter-Petrosyan", ["petrosyan"]),
        ("al-Masri", ["masri"]),
        ("Mc Donald", ["mcdonald"]),
        ("Abu Bakr", ["abubakr"]),
        ("Abd al-Rahman", ["abdrahman"]),
        ("Abdulrahman", ["abdrahman"]),
        ("عبد الرحمن", ["عبدرحمن"]),
        ("عبد الله", ["عبدالله"]),
        ("Mohamed Ali oglu", ["mohamed", "ali"]),
        ("née Dupont", ["dupont"]),
        ("Nowak-Wiśniewska", ["nowak", "wiśniewska"]),
        ("O'Sullivan", ["osullivan"]),
    ],
)
def test_titles_and_particles_are_left_out(name: str, left: list[str]) -> None:
    assert words(name) == left


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Анна Ивановна", ["анна"]),
        ("Anna Petrovna", ["anna"]),
        ("Олена Миколаївна", ["олена"]),
        ("Ivan Petrovich Sidorov", ["ivan", "sidorov"]),
        ("Сидоров Иван Петрович", ["сидоров", "иван"]),
        ("Ивановна", ["ивановна"]),
        ("Stefanovich", ["stefanovich"]),
        ("Anna Stefanovich", ["anna", "stefanovich"]),
        ("Инна Марина", ["инна", "марина"]),
    ],
)
def test_patronymics_are_left_out_where_another_name_remains(name: str, left: list[str]) -> None:
    assert words(name) == left


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ('"Jonas"', ["jonas"]),
        ("Jonas „Jonukas“ Petraitis", ["jonas", "petraitis", "jonukas"]),
        ("Petrauskienė (Kazlauskaitė)", ["petrauskienė", "kazlauskaitė"]),
        ("«Саша» Иванов", ["иванов", "саша"]),
        ("(Maria", ["maria"]),
    ],
)
def test_what_stands_in_quotes_or_brackets_comes_last(name: str, left: list[str]) -> None:
    assert words(name) == left


@pytest.mark.parametrize(
    ("mixed", "settled"),
    [
        ("иванoв", "иванов"),
        ("ивaнoв", "иванов"),
        ("kаzlauskas", "kazlauskas"),
        ("λιgα", "λιgα"),
        ("anna", "anna"),
    ],
)
def test_letters_that_look_alike_become_one_script(mixed: str, settled: str) -> None:
    assert one_script(mixed) == settled


def test_marks_that_nobody_sees_change_nothing() -> None:
    assert words("\u202bИван\u200fов\u202c") == ["иванов"]
    assert words("مُحَمَّد") == words("محمد")
    assert words("Ｊｏｎａｓ") == ["jonas"]
    assert words("İsmet") == words("i̇smet") == ["ismet"]
    assert words("Λοΐζος") == words("Λοΐζος".upper().casefold())


@pytest.mark.parametrize(
    "name",
    ["name unknown", "FNU", "LNU", "Άγνωστος", "უცნობი", "Անհայտ", "مجهول", "אלמוני", "Nieznany", "nav datu",
     "нет данных", "новорожденный", "Neugeborenes", "naujagimis", "😀", "\u202e\u202e"],
)  # fmt: skip
def test_more_placeholders(name: str) -> None:
    assert is_placeholder(name)
    assert words(name) == []


@pytest.mark.parametrize(
    "text",
    ["x" * 10_000, "щ" * 10_000, '"' * 10_000, "((" * 5_000, "a " * 5_000, "\u202e" * 10_000, "ΐ" * 10_000,
     "baby of " * 1_250, "ch" * 5_000, "́" * 9_999 + "a", "ą-" * 5_000],
    ids=range(11),
)  # fmt: skip
def test_long_text_is_bounded_work(text: str) -> None:
    readings("anna", 1, given=True)  # the table is loaded once
    started = time.perf_counter()
    found = words(text)
    assert len(found) <= 12
    for word in [*found, text]:
        assert len(readings(word, 5, given=True)) <= 5
        assert len(spelling(word)) <= 200
        voiced(word)
        initial(word)
    assert time.perf_counter() - started < 1.0


def test_letters_of_no_script_known_here_have_no_sound() -> None:
    assert best("王") == ""
    assert spelling("王") == ""
    assert words("A.") == ["a"]


@given(st.text(max_size=80))
def test_any_text_has_a_plain_spelling(text: str) -> None:
    for word in words(text):
        plain = spelling(word)
        assert plain == "" or (plain.isascii() and plain.isalpha() and plain.islower())
