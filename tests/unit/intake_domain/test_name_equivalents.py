"""Nicknames and forms in other languages lead to one row of equivalents.txt, looked up by spelling."""

from importlib.resources import files

import pytest

from services.intake.domain.names import lexicon, lexicon_table
from services.intake.domain.names.plain import plain
from services.intake.domain.names.skeleton import best, readings, words
from services.intake.domain.names.spelling import fold


def of(name: str) -> str:
    return best(words(name)[0], given=True)


@pytest.mark.parametrize(
    "names",
    [
        ("Maria", "Masha", "Маша", "Marytė", "Marija", "Marie", "Mary", "Marijos", "Марии", "Macha"),
        (
            "Ivan",
            "Jonas",
            "Jan",
            "John",
            "Jean",
            "Giovanni",
            "Juan",
            "Johann",
            "Ваня",
            "Jono",
            "Jānis",
            "Ionas",
        ),
        ("Aleksandr", "Sasha", "Саша", "Oleksandr", "Олександр", "Alexandre", "Aleksandrs", "Шура"),
        ("Margarita", "Gosia", "Małgorzata", "Rita", "Peggy"),
        ("Sofia", "Zosia", "Sonia", "Zofia", "Соня"),
        ("Elisabeth", "Liza", "Elžbieta", "Лиза", "Betty"),
        ("Tatiana", "Tania", "Tetiana", "Таня"),
        ("Olga", "Olia", "Olha", "Volha", "Оля"),
        ("Jakov", "Jacques", "Jokūbas", "James", "Яков", "Kuba"),
        ("Georgi", "Юрий", "Jerzy", "Jurgis", "George", "Giorgi", "გიორგი", "Γιώργος", "Yuri"),
        ("Muhammad", "Mohamed", "Mehmet", "محمد", "Магомед"),
        ("Wojciech", "Wojtek", "Vojtech"),
        ("Ekaterina", "Katarzyny", "Kotryna", "Катя", "Kate"),
        ("Karl", "Karolis", "Karoliukas", "Charles", "Carlos"),
    ],
)
def test_one_name_in_many_forms(names: tuple[str, ...]) -> None:
    assert len({of(name) for name in names}) == 1, {name: of(name) for name in names}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Masha", "Magda"), ("Jan", "Joanna"), ("Tania", "Anton"), ("Liza", "Aleksei"), ("Mikolai", "Mikhail"),
     ("Vita", "Vytautas"), ("Alginas", "Algirdas"), ("Elisei", "Elisabeth"), ("Sanjay", "Aleksandr")],
)  # fmt: skip
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_a_nickname_of_two_names_has_both_readings() -> None:
    found = readings("vlad", 4, given=True)
    assert lexicon_table.of_full_form("vladimir") in found
    assert lexicon_table.of_full_form("vladislav") in found


def test_a_listed_name_keeps_its_own_sound_as_a_further_reading() -> None:
    assert best("masha") in readings("masha", 3, given=True)


def test_a_given_name_is_not_cut_like_a_surname() -> None:
    assert of("Birutė") == "BRT"


def test_every_form_leads_to_its_row() -> None:
    for row in lexicon_table.rows():
        for word in row:
            assert lexicon_table.of_full_form(row[0]) in lexicon.skeletons(fold(word)), (row[0], word)


def test_a_full_form_is_first_of_all_itself() -> None:
    for row in lexicon_table.rows():
        assert lexicon.skeletons(fold(row[0]))[0] == lexicon_table.of_full_form(row[0]), row[0]


def test_no_two_full_forms_are_spelled_alike() -> None:
    full = [plain(fold(row[0])) for row in lexicon_table.rows()]
    assert len(full) == len(set(full))


def test_the_kept_tables_are_those_of_the_rows() -> None:
    kept = files(lexicon.__package__).joinpath(lexicon.TABLES_FILE).read_text("utf-8")
    assert kept == lexicon_table.render(), "run python -m services.intake.domain.names.lexicon_table"
