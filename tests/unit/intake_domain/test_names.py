"""Names sound alike across scripts, spellings, gender and grammatical case, and others do not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.names.placeholders import is_placeholder
from services.intake.domain.names.skeleton import best, initial, readings, shortened, words

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "matchkeys_names.json").read_text("utf-8"))


def sound(name: str, *, given: bool = False) -> list[str]:
    return [best(word, given=given) for word in words(name)]


@pytest.mark.parametrize("vector", VECTORS["names"], ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, object]) -> None:
    name = str(vector["name"])
    assert vector["family_readings"] == [readings(word, 3) for word in words(name)]
    assert vector["given_readings"] == [readings(word, 3, given=True) for word in words(name)]


@pytest.mark.parametrize(
    "names",
    [
        (
            "Kazlauskas",
            "Kazlauskienė",
            "Kazlauskaitė",
            "Kazlausko",
            "KAZLAUSKIENE",
            "Казлаускас",
            "Казлаускене",
        ),
        ("Butkus", "Butkienė", "Butkutė", "Butkaus"),
        ("Kazlauskienę", "Kazlauskaitę", "Kazlauską", "Kazlauskui", "Kazlauskienės"),
        ("Petraitis", "Petraitytė", "Petraičio".replace("č", "t")),
        ("Balčys", "Balčienė", "Balčytė", "Balčio", "Балчис"),
        ("Kunčius", "Kunčienė", "Kunčiūtė", "Kunčiaus"),
        ("Dvořák", "Dvorak", "Dvořáková"),
        ("Ціханоўскі", "Тихановский", "Tichanowski", "Ціханоўская"),
        ("Дзяменцьеў", "Дементьев", "Dementjev"),
        ("Kowalski", "Kowalskiemu", "Kowalskiego"),
        ("Kazlauskas", "Kozłowski", "Козловский", "Казлоўскі", "Kozlovskis", "Kozlowskiego"),
        ("Jankauskas", "Jankowska", "Янковский"),
        ("Bērziņš", "Bērziņa", "Berzins", "Berzina", "Берзинш"),
        ("Kalniņš", "Kalnins", "Калниньш"),
        ("Лебедев", "Лебедева", "Лебедевой", "Lebedev", "Lebedevoi", "Lebiediew", "Lebedevas"),
        ("Казлоў", "Kazłoŭ".replace("ŭ", "u"), "Kazlova", "Kozlov", "Козлов", "Kozlovs"),
        ("Шевчук", "Shevchuk", "Szewczuk", "Ševčuk", "Chevtchouk", "Schewtschuk", "Ševčukas"),
        ("Коваленко", "Kovalenko", "Kowalenko"),
        ("Wiśniewski", "Wiśniewska", "Wisniewskiej", "Вишневский", "Вишневская"),
        ("Żukowski", "Жуковский", "Zhukovsky", "Schukowski", "Žukovskis"),
        ("Müller", "Muller", "Мюллер"),
        ("D'Angelo", "DAngelo", "D’Angelo"),
        ("de Oliveira", "Oliveira"),
    ],
)
def test_one_family_name_in_many_forms(names: tuple[str, ...]) -> None:
    assert len({tuple(sound(name)) for name in names}) == 1, {name: sound(name) for name in names}


@pytest.mark.parametrize(
    "names",
    [
        ("Настя", "Nastia", "Anastasija", "Анастасия", "Anastazja"),
        ("Sasha", "Саша", "Aleksandras", "Oleksandr", "Александр"),
        ("Katarzyna", "Kasia", "Катерина", "Kotryna"),
        ("Wojtek", "Wojciech"),
        ("Mykola", "Мікалай", "Mikołaj", "Николай"),
        ("Emilija", "Emilijos", "Эмилия", "Emilia"),
        ("Vytautas", "Witold", "Витольд", "Витаутас", "Vytauto"),
        ("Algirdas", "Algis", "Olgierd", "Ольгерд"),
        ("Jonas", "Jonui", "Jono", "Ян"),
        ("Jiří", "Jiri", "Юрий"),
        ("Дзмітрый", "Дмитрий", "Dmitrijus"),
    ],
)
def test_one_given_name_in_many_forms(names: tuple[str, ...]) -> None:
    assert len({tuple(sound(name, given=True)) for name in names}) == 1, names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kazlauskas", "Paulauskas"),
        ("Petrauskas", "Petraitis"),
        ("Ivanov", "Ivanenko"),
        ("Nowak", "Nowicki"),
        ("Balčys", "Balys"),
        ("Kunčius", "Kunas"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_a_nickname_of_a_given_name_says_nothing_about_a_family_name() -> None:
    assert sound("Kasia") != sound("Kasia", given=True)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "-",
        "?",
        "???",
        "unknown",
        "UNKNOWN",
        "Unknown unknown",
        "N.N.",
        "NN",
        "n/n",
        "XXX",
        "Baby of Testauskienė",
        "baby",
        "Baby girl",
        "Nežinoma",
        "nežinomas",
        "Nezināms",
        "nieznana",
        "Inconnu",
        "Неизвестно",
        "Невідомо",
        "невідомий",
        "Невядомы",
        "unbekannt",
        "test",
        "Vardenis Pavardenis",
        "123",
        "Sohn von Anna",
    ],
)
def test_a_placeholder_is_no_name(name: str) -> None:
    assert is_placeholder(name)
    assert words(name) == []


@pytest.mark.parametrize(
    "name", ["Anna", "Ng", "Li", "Ona", "Testauskienė", "Babyč", "Sonata", "Унна", "Nemo"]
)
def test_a_name_is_no_placeholder(name: str) -> None:
    assert not is_placeholder(name)


def test_an_initial_is_its_sound() -> None:
    assert initial("ž") == initial("z") == initial("ж") == "S"
    assert initial("a") == initial("е") == initial("j") == "A"
    assert initial("12") == ""


def test_leaving_one_out_never_leaves_less_than_two() -> None:
    assert shortened("KSLSK") == ["KSLSK", "SLSK", "KLSK", "KSSK", "KSLK", "KSLS"]
    assert shortened("ST") == ["ST"]


@given(st.text(max_size=60))
def test_any_text_becomes_plain_letters_or_nothing(text: str) -> None:
    for word in words(text):
        for reading in readings(word, 5, given=True):
            assert reading.isascii()
            assert reading.isalpha()
            assert reading.isupper()


@given(st.text("ščžłßяxcгhjrz", min_size=1, max_size=80))
def test_a_spelling_with_many_readings_stays_quick_and_short(text: str) -> None:
    assert len(readings(text.casefold(), 5)) <= 5
