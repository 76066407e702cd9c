"""Writes tests/vectors/matchkeys*.json: `python -m tests.unit.intake_domain.write_vectors`.

Only after a change that is meant, together with a new KEYS_VERSION: both sides of an exchange must
make the same keys. All people are invented.
"""

import json
from pathlib import Path
from typing import Any

from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import of_person
from services.intake.domain.matchkeys import KEYS_VERSION, MatchKey, alert_keys, case_keys
from services.intake.domain.names.skeleton import readings, words
from services.intake.domain.person import Person
from services.intake.domain.person_record import to_plain
from tests.unit.intake_domain.people import person

FOLDER = Path(__file__).parents[2] / "vectors"

PEOPLE: dict[str, Person] = {
    "Lithuanian, place may be told": person(
        "Rūta", "Kazlauskienė", "1987-03-14", place="Vilnius", protect_location=False
    ),
    "the same in Cyrillic letters, place unknown to be protected": person(
        "Рута", "Казлаускене", "1987-03-14", place="Вильнюс"
    ),
    "Ukrainian, year only": person("Андрій", "Шевчук", "2001", sex="male"),
    "both names in one column": person("Andriy Chevtchouk", "", "2001-07-30", sex="male"),
    "nothing but names": person("Andriy", "Chevtchouk", sex="male"),
    "estimated age": person("Andriy", "Chevtchouk", sex="male", age="25"),
    "range of ages": person("Ilze", "Bērziņa", age="30-40"),
    "double surname and a nickname": person("Kasia", "Nowak-Wiśniewska", "1979-10-30"),
    "initial only": person("M.", "Jankauskaitė", "2008-12-02"),
    "no given name": person("", "Сокалаў", "1976-09-09", sex="male"),
    "no sex": person("Hélène", "Moreau", "2003-03-21", sex=None),
    "first of January, filled in": person("Siarhei", "Kazlou", "1985-01-01", sex="male"),
    "29 February": person("Līga", "Ozoliņa", "1996-02-29"),
    "filler of 1900": person("Līga", "Ozoliņa", "1900-01-01"),
    "other names in use": person(
        "Oksana", "Kovalenko", "1994-11-22", alternate_names=("Ksenia", "Anna Petrenko")
    ),
    "placeholder for a name": person("unknown", "N.N.", "1990-05-05"),
    "nothing but another name in use": person(
        "unknown", "NN", "1994-11-22", alternate_names=("nežinoma", "Anna Petrenko")
    ),
    "nobody, by both columns": person("John", "Doe", "1990-05-05"),
    "placeholder beside a name": person("Baby girl", "Testauskienė (name unknown)", "1990-05-05"),
    "what a form asks for": person("Name not given", "Mrs Testauskienė", "1990-05-05"),
    "place that is not in the table": person(
        "Jonas", "Testauskas", "1990-05-05", place="Pasvalys", protect_location=False, sex="male"
    ),
}

NAMES = """
Kazlauskas Kazlauskienė Казлаускене Petraitytė Butkutė Bērziņš Bērziņa Berzins Kalniņš Лебедевой Lebedevoi
Казлоў Kazlou Шевчук Chevtchouk Szewczuk Schewtschuk Wiśniewska Вишневская Żuk Жук Katarzyna Kasia Настя Sasha
Михайлов Mikhailov Michailow Nowicki Новицкий Grzegorz Гжегож Jean Жан Žydrūnas Щербак Szczerbak Scherbak
Хайнц Heinz Цой Tsoi Coy
Παπαδοπούλου Papadopoulou Μπάμπης გიორგი ხიზანაშვილი Սարգսյան פישמן מרה محمد المصري Иванoв Nováková
Masha Jonas Karoliukas Williams Viljamss Уильямс Ђорђевић Даўкантас Abdulrahman Petraičio Mohr
Ева Ieva Лилия Ян O'Sullivan де-Оливейра Müller Lecoq Ulrich Стефанович Stefanowicz unknown N.N.
Balčys Balčienė Kazlauskienę Kowalskiemu Dvořák Kateřina Ціханоўскі Дзяменцьеў Jonui Witold Vytautas Vitalija
nežinomo неизвестного Mrs X
""".split()  # noqa: SIM905  (a list of names is easier to read so)


def _keys(keys: list[MatchKey]) -> list[list[str | bool]]:
    return [[key.group, key.text.decode(), key.coarse] for key in keys]


def main() -> None:
    """Write both files."""
    people: list[dict[str, Any]] = [
        {
            "what": what,
            "person": to_plain(known),
            "case_keys": _keys(case_keys(known)),
            "alert_keys": _keys(alert_keys(known)),
            "details": of_person(known, DEALT).pack().hex(),
        }
        for what, known in PEOPLE.items()
    ]
    names = [
        {
            "name": name,
            "family_readings": [readings(word, 3) for word in words(name)],
            "given_readings": [readings(word, 3, given=True) for word in words(name)],
        }
        for name in NAMES
    ]
    _write("matchkeys.json", {"about": ABOUT, "keys_version": KEYS_VERSION, "people": people})
    _write("matchkeys_names.json", {"about": ABOUT, "keys_version": KEYS_VERSION, "names": names})


ABOUT = (
    "A person in, match keys out, in order: group, text, whether it is coarse; and the details, in "
    "hexadecimal digits. Dates are checked against 2026-11-21. All people are invented."
)


def _write(name: str, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (FOLDER / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
