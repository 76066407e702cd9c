"""What forms and people write when no name is known is no name, in the languages of the first circle."""

import pytest

from services.intake.domain.matchkey_facts import columns
from services.intake.domain.names import frequency_table
from services.intake.domain.names.placeholders import is_nobody, is_placeholder
from services.intake.domain.names.words import words
from tests.unit.intake_domain.people import person

SAY_NOTHING = {
    "English": "unknown|Unkown|UNKNOWN MALE|Unknown male 3|unknown person|name unknown|not known|Not Given|"
    "no name|N/A|n/a|N.N.|None|name not recorded|first name unknown|Female 2|Baby of|"
    "baby of Anna Smith|Newborn|Baby girl|Baby Boy 2|X|Mr|Mrs.|Ms X|John Doe|Doe, Jane|First Last|"
    "test|asdf|XX YY|Patient 12|'unknown'|“unknown”",
    "Lithuanian": "nežinomas|Nežinoma|NEZINOMO|vardas nežinomas|pavardė nežinoma|nežinomas asmuo|be vardo|"
    "nenurodyta|nenustatytas|neatpažinta moteris|nėra|nėra duomenų|nežinau|Vardenis Pavardenis|"
    "Vardenė|Vardas Pavardė|kūdikis|Naujagimė|nežin.|moteris|ponia",
    "Latvian": "nezināms|nezināma|nezināma persona|vārds nezināms|bez vārda|nav zināms|nav datu|nav norādīts|"
    "nenoskaidrota persona|Vārds Uzvārds|jaundzimušais|kundze|sieviete",
    "Polish": "nieznany|nieznanej|nieznane|nazwisko nieznane|imię nieznane|osoba nieznana|bez imienia|"
    "brak nazwiska|brak danych|nie podano|NN|nieustalony|mężczyzna niezidentyfikowany|Imię Nazwisko|"
    "noworodek|b.d.|pani",
    "Russian": "неизвестно|неизвестного|имя неизвестно|фамилия неизвестна|неизвестный мужчина|"
    "неустановленное лицо|неопознанная женщина|не указано|не известно|не помнит|без имени и фамилии|"
    "нет|нет данных|Н.Н.|б/д|Ф.И.О.|Имя Фамилия|новорождённый|младенец|госпожа",
    "Ukrainian": "невідомо|невідома особа|ім'я невідоме|прізвище невідоме|невідомого|не вказано|"
    "не встановлено|без імені|немає даних|немовля|новонароджена|пані|неопізнаний чоловік",
    "Belarusian": "невядома|невядомы мужчына|няма|немаўля",
    "German": "unbekannt|Unbekannte|unbekannter Mann|Name unbekannt|nicht bekannt|keine Angabe|keine|k.A.|"
    "k. A.|ohne Namen|namenlos|unbek.|Max Mustermann|Kind von Anna|Säugling|Neugeborenes|Frau|"
    "Vorname Nachname",
    "French": "inconnu|Inconnue|nom inconnu|prénom inconnu|personne inconnue|sans nom|non renseigné|"
    "non communiqué|né sous X|néant|bébé de Marie|enfant de Marie|nourrisson|Madame",
    "others": "desconocida|sconosciuto|neznámý|tundmatu|tuntematon|ismeretlen|okänd|onbekend|άγνωστος|უცნობი|"
    "անհայտ|مجهول|אלמוני",
    "no letters": "|-|?|???|123|😀|\u202e\u202e|...|_",
}

PART_IS_UNKNOWN = [
    ("Jonas (unknown)", ["jonas"]),
    ("[nežinoma] Petraitis", ["petraitis"]),
    ("Jonas (pavardė nežinoma)", ["jonas"]),
    ("unknown-unknown", []),
    ("Unknown Kazlauskas", ["kazlauskas"]),
    ("Анна (фамилия неизвестна)", ["анна"]),
    ("Baby Smith", ["smith"]),
    ("Smith, baby girl", ["smith"]),
    ("Naujagimis Petraitis", ["petraitis"]),
    ("новорожденный Иванова", ["иванова"]),
    ("bébé Dupont", ["dupont"]),
    ("Jonas Xxx", ["jonas"]),
    ("Mrs Smith", ["smith"]),
    ("Jonas ?", ["jonas"]),
]

NAMES = (
    "Boy de Vries|Kind|Julia Child|Thomas Mann|Malcolm X|Nieznański|Pan|Doktor|Person|Given|Patience|No|Bez"
    "|Nina|Nonna|Naja|Neda|Vyra|Vardan|Xenia|K. A.|Anna|Ng|Oo Lee"
)


@pytest.mark.parametrize("language", SAY_NOTHING)
def test_what_says_that_no_name_is_known_has_no_words(language: str) -> None:
    assert {text: words(text) for text in SAY_NOTHING[language].split("|") if words(text)} == {}


@pytest.mark.parametrize(("name", "left"), PART_IS_UNKNOWN)
def test_beside_a_name_only_the_name_is_left(name: str, left: list[str]) -> None:
    assert words(name) == left


@pytest.mark.parametrize("name", NAMES.split("|"))
def test_a_name_stays_one(name: str) -> None:
    assert not is_placeholder(name)
    assert len(words(name)) >= len(name.replace(" de ", " ").split())


def test_no_real_name_on_the_lists_is_taken_for_a_placeholder() -> None:
    listed = {line.name for kind in frequency_table.KINDS for line in frequency_table.names(kind)}
    assert len(listed) > 15_000
    assert {name for name in listed if not words(name)} == {"Nil"}


@pytest.mark.parametrize(
    ("given", "family"),
    [("Unknown", "Male"), ("John", "Doe"), ("Doe", "Jane"), ("Baby", "Girl"), ("Vardas", "Pavardė"),
     ("X", "NN"), ("Unbekannter", "Mann"), ("", "")],
)  # fmt: skip
def test_both_columns_together_may_say_that_nobody_is_named(given: str, family: str) -> None:
    assert is_nobody(given, family)
    assert columns(person(given, family)) == ([], [])


@pytest.mark.parametrize(
    ("given", "family"), [("Boy", "Mann"), ("Baby", "Mann"), ("No", "Man"), ("John", "Smith"), ("Anna", "")]
)
def test_and_may_not(given: str, family: str) -> None:
    assert not is_nobody(given, family)


def test_of_the_two_columns_one_may_be_known() -> None:
    assert columns(person("unknown", "Kazlauskas")) == ([], ["kazlauskas"])
    assert columns(person("Mr", "Kazlauskas")) == ([], ["kazlauskas"])
    assert columns(person("Baby of Ona", "Petraitienė")) == ([], ["petraitienė"])
