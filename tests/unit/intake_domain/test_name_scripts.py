"""One name in several scripts and orthographies: a case's reading is among the alert's."""

import pytest

from services.intake.domain.names.skeleton import best, readings, shortened, spelling, words


def found(case: str, alert: str) -> bool:
    """Whether the case's reading is among the three of an alert."""
    return best(words(case)[0]) in readings(words(alert)[0], 3)


def meet(one: str, other: str) -> bool:
    """Whether each finds the other."""
    return found(one, other) and found(other, one)


@pytest.mark.parametrize(
    "names",
    [
        ("Παπαδόπουλος", "Παπαδοπούλου", "Papadopoulos", "Papadopoulou", "Пападопулос"),
        ("Μητσοτάκης", "Mitsotakis", "Мицотакис"),
        ("Ντίνα", "Dina", "Ntina", "Дина"),
        ("Σταύρου", "Ставру", "Stavru"),
        ("Даўкантас", "Daukantas", "Даукантас"),
        ("Ἀρχιμήδης", "Αρχιμήδης", "Archimidis"),
        ("გიორგაძე", "Giorgadze", "Гиоргадзе"),
        ("სასნაუსკასი", "Sasnauskas", "Саснаускас"),
        ("ხიზანაშვილი", "Khizanashvili", "Хизанашвили"),
        ("Սարգսյան", "Sargsyan", "Саргсян"),
        ("Ոսկանյան", "Voskanyan", "Восканян"),
        ("פישמן", "Fishman", "Фишман"),
        ("יוסופוב", "Yusupov", "Юсупов"),
        ("المصري", "al-Masri", "Масри"),
        ("خراساني", "Khorasani", "Хорасани"),
    ],
)
def test_scripts_of_the_south_and_east_meet_latin_and_cyrillic(names: tuple[str, ...]) -> None:
    # The Latin form is the case: its usual reading is among those of the other scripts.
    latin = [name for name in names if name.isascii()]
    missed = [(a, b) for a in latin for b in names if not found(a, b)]
    assert not missed, {name: readings(words(name)[0], 3) for name in names}


@pytest.mark.parametrize(
    "names",
    [
        ("Smith", "Smits", "Smitas", "Смит", "Schmitt"),
        (
            "Ivanov",
            "Ivanova",
            "Ivanovas",
            "Ivanovs",
            "Ivanovienė",
            "Ivanovaitė",
            "Ivanoff",
            "Iwanow",
            "Иванова",
        ),
        (
            "Stankevičius",
            "Stankevičienė",
            "Stankevičiūtė",
            "Stankevičė",
            "Станкевич",
            "Stankiewicz",
            "Stankevičs",
        ),
        ("Zieliński", "Zelinskis", "Zelinskienė", "Зелинский", "Zelinskyi", "Zielińskiego"),
        ("Novák", "Nováková", "Nowak", "Новак", "Novakas"),
        ("Petraitis", "Petraičio", "Petraičiui", "Petraitienė"),
        ("Kravets", "Кравець", "Krawiec", "Kravec"),
        ("Коваленко", "Коваленком", "Kovalenka", "Kowalenko"),
        ("Williams", "Уильямс", "Viljamss", "Viljamsas"),
        ("Първанов", "Parvanov", "Първанова"),
        ("Wojciechowski", "Войцеховский", "Vojcechovskis"),
        ("Mohr", "Мор", "Moras"),
        ("Đorđević", "Ђорђевић", "Djordjevic"),
        ("Ахмадов", "Ahmadov", "Akhmadov"),
    ],
)
def test_orthographies_genders_and_cases_meet(names: tuple[str, ...]) -> None:
    one = names[0]
    missed = [other for other in names[1:] if not meet(one, other)]
    assert not missed, {name: readings(words(name)[0], 3) for name in names}


@pytest.mark.parametrize(("one", "other"), [("Kuras", "Kiras"), ("Baras", "Beras"), ("Масюк", "Мисюк")])
def test_two_consonants_keep_the_vowel_between_them(one: str, other: str) -> None:
    assert (best(words(one)[0]) != best(words(other)[0])) == (one != "Масюк")


def test_a_script_without_vowels_meets_by_further_readings() -> None:
    assert best("mara") == "MOR"
    assert "MOR" in readings("מרה", 3)
    assert "MR" in readings("mara", 3)


def test_a_name_of_vowels_has_a_sound() -> None:
    assert best("aya") == best("ая") == "AO"
    assert shortened("AO") == ["AO"]


@pytest.mark.parametrize(
    "names",
    [
        ("Szewczuk", "Shevchuk", "Chevtchouk", "Шевчук", "Šewčuk"),
        ("Ivanov", "Ivanow", "Иванов"),
        ("Julija", "Yuliya", "Юлия"),
        ("Eva", "Ieva", "Jeva", "Ева"),
    ],
)
def test_one_spelling_with_vowels(names: tuple[str, ...]) -> None:
    assert len({spelling(words(name)[0]) for name in names}) == 1, [spelling(words(n)[0]) for n in names]


def test_the_spelling_keeps_what_the_skeleton_drops() -> None:
    assert spelling("kazlauskienė") == "kaslauskiene"
    assert spelling("petrova") != spelling("petrov")
