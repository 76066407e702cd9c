"""The generator of sets to match: the same from the same seed, every damage occurs, true pairs are true."""

import csv
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bench.matching.generator import cyrillic, facts, forms, others, rates, sets, tocyrillic, writing
from bench.matching.generator.names import COUNTRIES, book, rare
from bench.matching.generator.people import RELATIONS, draw, relative
from bench.matching.generator.sets import VARIANTS, Made, Variant, make
from bench.matching.generator.spoiling import SLIPS

AS_OF = date(2026, 7, 1)
SMALL = Variant(1_500, 450, rates.CASE, rates.ALERT)


@pytest.fixture(scope="module")
def made() -> Made:
    return make(SMALL, 7, AS_OF)


def test_the_same_seed_makes_the_same_set_and_another_seed_another(made: Made) -> None:
    assert make(SMALL, 7, AS_OF) == made
    assert make(SMALL, 8, AS_OF).cases != made.cases


def test_a_true_pair_is_one_person_and_nobody_else_is(made: Made) -> None:
    assert len(made.truth) == SMALL.true
    for case, alert in made.truth:
        assert made.people[case] is made.people[alert]
    left, right = ([row["id"] for row in rows] for rows in (made.cases, made.alerts))
    assert len(set(left)) == len(set(right)) == SMALL.count
    same = {id(made.people[name]) for name in left} & {id(made.people[name]) for name in right}
    assert len(same) == SMALL.true


def test_ids_and_order_do_not_give_the_truth_away(made: Made) -> None:
    places = {row["id"]: place for place, row in enumerate(made.alerts)}
    same = sum(made.cases[places[alert]]["id"] == case for case, alert in made.truth)
    assert same < 10
    assert sum(case[1:] == alert[1:] for case, alert in made.truth) < 5


@pytest.mark.slow
def test_every_damage_occurs_on_a_case() -> None:
    made = make(VARIANTS["missing"], 3, AS_OF)
    found = {damage for name, damages in made.damage.items() if name.startswith("c") for damage in damages}
    case = rates.CASE
    wanted = {*case.words, *case.slips, *case.form, *case.birth, "other_script", "other_place"}
    wanted |= {name for name in case.facts if name != "languages"}
    assert wanted - found == set()


def test_an_undamaged_row_says_who_it_is() -> None:
    case = rates.CASE
    parts = (dict.fromkeys(part, 0.0) for part in (case.words, case.slips, case.form, case.birth, case.facts))
    nothing = rates.Rates(0.0, *parts, 1.0)
    made = make(Variant(200, 60, nothing, nothing), 1, AS_OF)
    for row in made.cases:
        human = made.people[row["id"]]
        if human.country in writing.LATIN:
            assert writing.fold(row["given_name"]) == writing.fold(human.given)
            assert writing.fold(row["family_name"]) == writing.fold(human.family)
        assert row["date_of_birth"] == human.born.isoformat()
        assert row["sex"] == ("female" if human.female else "male")
        assert made.damage[row["id"]] == ()


@pytest.mark.slow
def test_nobody_has_a_date_where_none_is_known_and_no_pair_shares_letters_where_scripts_differ() -> None:
    nodates = make(VARIANTS["nodates"], 1, AS_OF)
    assert not any(row["date_of_birth"] for row in nodates.cases + nodates.alerts)
    assert 0.5 < sum(bool(row["age"]) for row in nodates.alerts) / len(nodates.alerts) < 0.7
    scripts = make(VARIANTS["scripts"], 1, AS_OF)
    cases = {row["id"]: row["family_name"].lower() for row in scripts.cases}
    alerts = {row["id"]: row["family_name"].lower() for row in scripts.alerts}
    alike = sum(bool(set(cases[one]) & set(alerts[other]) - set(" -'.?")) for one, other in scripts.truth)
    assert alike / len(scripts.truth) < 0.02


def test_the_csv_files_have_the_columns_of_the_import(made: Made, tmp_path: Path) -> None:
    sets.write(made, tmp_path)
    with (tmp_path / "cases.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == sets.COLUMNS
    assert rows == made.cases
    assert (tmp_path / "truth.csv").read_text().startswith("left_id,right_id\nc")


@pytest.mark.parametrize("how", RELATIONS)
def test_a_relative_is_like_and_not_the_same(how: str) -> None:
    rng = random.Random(5)
    for _ in range(60):
        human = draw(rng)
        other = relative(human, how, rng)
        assert (other.root, other.country) == (human.root, human.country)
        assert (other.given, other.born) != (human.given, human.born)
        apart = abs((other.born - human.born).days) / 365.25
        assert {
            "sibling": 0.9 < apart < 9.1,
            "twin": apart == 0,
            "parent": apart > 17 and other.born < human.born,
            "child": apart > 17 and other.born > human.born,
            "spouse": apart < 6.1 and other.female != human.female,
            "namesake": other.given == human.given,
            "namesake_of_year": other.born.year == human.born.year,
        }[how]


def test_frequent_names_are_drawn_more_often_and_half_of_the_surnames_are_rare() -> None:
    rng = random.Random(1)
    names = book("LT")
    counts = Counter(names.draw("family", rng) for _ in range(40_000))
    listed = sum(counts[name] for name in names.family) / 40_000
    assert 0.4 < listed < 0.5
    assert 0.003 < counts[names.family[0]] / 40_000 < 0.008
    assert counts[names.family[0]] > 2 * counts[names.family[-1]]
    assert 1 / 1_000 < sum((count / 40_000) ** 2 for count in counts.values()) < 1 / 400


@pytest.mark.parametrize(
    ("given", "suffix", "expected"),
    [
        ("Jonas", "2:aitis", "Jonaitis"),
        ("Jānis", "1:sons", "Jānisons"),
        ("Дмитро", "енко", "Дмитренко"),
        ("Γιάννης", "2:όπουλος", "Γιαννόπουλος"),
    ],
)
def test_rare_surnames_are_made_of_given_names(given: str, suffix: str, expected: str) -> None:
    assert rare(given, suffix) == expected


def test_each_country_has_names_and_each_name_can_be_written_in_every_style() -> None:
    rng = random.Random(2)
    for country in COUNTRIES:
        names = book(country)
        own, other = writing.styles(country)
        for name in (*names.given_f, *names.given_m, *names.family):
            for style in (*own, *other):
                assert writing.write(name, country, style, female=False, rng=rng).strip(), (name, style)


@pytest.mark.parametrize(
    ("name", "country", "style", "written"),
    [
        ("Шевченко", "UA", "german", "Schewtschenko"),
        ("Шевченко", "UA", "french", "Chevtchenko"),
        ("Шевченко", "UA", "polish", "Szewczenko"),
        ("Шевченко", "UA", "hungarian", "Sevcsenko"),
        ("Гринь", "UA", "passport", "Hryn"),
        ("Щербаков", "RU", "passport", "Shcherbakov"),
        ("Иванов", "RU", "lithuanian", "Ivanovas"),
        ("Кавалёў", "BY", "passport", "Kavaleu"),
    ],
)
def test_cyrillic_as_neighbours_write_it(name: str, country: str, style: str, written: str) -> None:
    assert writing.write(name, country, style, female=False, rng=random.Random(1)) == written


def test_latin_georgian_armenian_greek_and_arabic_in_other_letters() -> None:
    rng = random.Random(1)
    assert tocyrillic.russian("Petrauskaitė", "LT") == "Петраускайте"
    assert tocyrillic.russian("Wiśniewska", "PL") == "Висьневская"
    assert tocyrillic.russian("Schmidt", "DE") == "Шмит"
    assert others.russian("ბერიძე", "GE", rng) == "Беридзе"
    assert others.latin("Հակոբյան", "AM", rng) == "Hakobyan"
    assert others.latin("Παπαδόπουλος", "GR", rng) == "Papadopoulos"
    assert others.latin("محمد", "SY", rng) in ("Mohammad", "Muhammad", "Mohamed", "Mohammed", "Mohamad")
    assert cyrillic.russian("Олена", "UA") == "Елена"


@pytest.mark.parametrize(
    ("family", "country", "married", "expected"),
    [
        ("Kazlauskas", "LT", True, "Kazlauskienė"),
        ("Kazlauskas", "LT", False, "Kazlauskaitė"),
        ("Stankevičius", "LT", False, "Stankevičiūtė"),
        ("Bērziņš", "LV", False, "Bērziņa"),
        ("Eglītis", "LV", True, "Eglīte"),
        ("Kowalski", "PL", False, "Kowalska"),
        ("Навіцкі", "BY", False, "Навіцкая"),
        ("Παπαδόπουλος", "GR", False, "Παπαδοπούλου"),
        ("Müller", "DE", True, "Müller"),
    ],
)
def test_the_surname_of_a_woman(family: str, country: str, married: bool, expected: str) -> None:
    assert forms.of_woman(family, country, married) == expected


def test_patronymics_and_cases() -> None:
    assert forms.patronymic("Сергей", "RU", female=False) == "Сергеевич"
    assert forms.patronymic("Микола", "UA", female=True) == "Миколівна"
    assert forms.patronymic("Jonas", "LT", female=True) is None
    assert forms.declined("Kazlauskas", "LT", 1) == "Kazlauską"


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_changes_a_name_or_says_that_it_cannot(slip: str) -> None:
    rng = random.Random(4)
    changed = [SLIPS[slip](name, rng) for name in ("Žemaitis", "Vasiliauskas", "Шевченко") for _ in range(40)]
    assert any(one not in (None, "Žemaitis", "Vasiliauskas", "Шевченко") for one in changed)
    assert all(one is None or one for one in changed)


@pytest.mark.parametrize("damage", [*rates.CASE.birth, ""])
def test_every_birth_is_a_date_a_part_of_one_or_an_age(damage: str) -> None:
    rng = random.Random(6)
    for _ in range(300):
        human = draw(rng)
        born, age = facts.birth(human, damage, AS_OF, rng)
        if len(born) == 10:
            date.fromisoformat(born)
        assert len(born) in {"year_only": (4,), "month_only": (7,)}.get(damage, (0, 10))
        assert bool(age) == damage.startswith("age")
        if damage == "":
            assert born == human.born.isoformat()
