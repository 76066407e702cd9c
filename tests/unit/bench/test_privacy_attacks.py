"""The attacks of bench-privacy: they read what can be read, what they paid for, and nothing unpaid."""

from dataclasses import replace

import pytest

from bench.privacy import page, peers, real, thief
from bench.privacy.attack import Attacker, Read, Strategy, places
from bench.privacy.campaign import Campaign, Guessed
from bench.privacy.details import Filter
from bench.privacy.judging import judge
from bench.privacy.names import Book, name
from bench.privacy.people import Kind, Population, of_people
from services.intake.domain.codes import Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import Person

KIND = Kind("a town", {"LT": 1}, born=(1980, 1989))


def person(given: str, family: str, born: tuple[int, int, int] = (1984, 5, 17)) -> Person:
    return Person(given_name=given, family_name=family, sex=Sex.MALE, date_of_birth=PartialDate(*born))


@pytest.fixture(scope="module")
def town() -> Population:
    given = {
        "female": (name("Ona", 0.6, given=True),),
        "male": (name("Vytautas", 0.6, given=True), name("Mindaugas", 0.3, given=True)),
    }
    family = tuple(name(text, 0.3, given=False) for text in ("Kazlauskas", "Stankevičius", "Petrauskas"))
    people = [
        person("Vytautas", "Kazlauskas"),
        person("Mindaugas", "Petrauskas", (1981, 11, 23)),
        person("Grzegorz", "Brzęczyszczykiewicz"),
    ]
    return of_people(KIND, people, {"LT": Book("LT", given, family)})


@pytest.fixture(scope="module")
def attacker(town: Population) -> Attacker:
    return Attacker(town)


def test_the_coarse_part_of_a_budget_is_a_twelfth_of_its_whole_blocks() -> None:
    assert places(3_840) == (3_520, 320)
    assert places(128) == (118, 10)
    assert places(23) == (23, 0)


@pytest.mark.parametrize("details", [True, False])
def test_who_is_in_the_lists_is_read_and_who_is_not_stays_unread(attacker: Attacker, details: bool) -> None:
    read, used = attacker.run(Strategy("Z", "N", 0.5, details), 4_000)
    assert used <= 4_000
    figures = judge(attacker, read, used, details)
    assert figures.both == figures.year == figures.date == pytest.approx(2 / 3)
    assert figures.wrong == 0
    assert 2 not in read


@pytest.mark.parametrize("coarse", ["U", "V", "I"])
def test_what_a_hit_leaves_open_is_asked_for(attacker: Attacker, coarse: str) -> None:
    """A shortened name, or a surname with an initial and a year: each leads to both names."""
    read, used = attacker.run(Strategy(coarse, "N", 0.0), 2_000)
    assert judge(attacker, read, used, details=True).both == pytest.approx(2 / 3)


def test_without_evaluations_nothing_is_read(attacker: Attacker) -> None:
    assert attacker.run(Strategy("U", "X", 0.9), 0) == ({}, 0)


def test_details_refuse_a_name_that_does_not_fit(town: Population) -> None:
    told = Filter(town.alerts[0])
    assert told.fits(name("Vytautas", 0.1, given=True), given=True)
    assert not told.fits(name("Mindaugas", 0.1, given=True), given=True)
    assert (5, 17) in set(told.days())


def test_a_wrong_name_counts_as_wrong(attacker: Attacker) -> None:
    figures = judge(attacker, {0: Read("AN", "KSLSK", proven=True)}, 1, details=True)
    assert figures.both == 0
    assert figures.wrong == pytest.approx(1 / 3)


def test_real_keys_find_what_the_plain_join_finds_and_nothing_without_evaluations(town: Population) -> None:
    found = real.check(town.alerts[:2], town.alerts[2:])
    assert found.same_hits
    assert found.plain_hits > 0
    assert found.details_right
    assert found.hits_without_evaluations == found.coarse_under_fine_key == 0
    assert found.equal_tags == found.equal_tags_of_one_person == found.equal_pseudonyms_of_partners == 0
    assert 0.4 < found.details_bits_without < 0.6
    assert found.linked_with_a_pseudonym == 1


def test_a_thief_reads_no_name(attacker: Attacker) -> None:
    found = thief.steal(attacker, attacker.population.alerts, attacker.population.alerts, 1)
    assert found.names_in_the_file == found.descriptions_without_key == found.pseudonyms_named_offline == 0
    assert found.descriptions_with_key == found.details_of_own == 1


def test_names_in_clear_would_be_noticed(town: Population) -> None:
    assert any(one in b"... Kazlauskas ..." for one in thief.secrets(town.alerts))


def test_one_key_for_all_members_gives_every_listed_name_away(town: Population) -> None:
    book = town.books["LT"]
    given = [one for names in book.given.values() for one in names]
    hashed, filtered = (
        peers.keyed_hash(town, given, book.family),
        peers.bloom(town, given, book.family, hashes=20),
    )
    assert hashed.both == filtered.both == hashed.both_and_date == pytest.approx(2 / 3)
    assert filtered.both_and_date == pytest.approx(2 / 3)


def test_a_missed_target_is_said(attacker: Attacker) -> None:
    def campaign(both: float) -> Campaign:
        best = dict.fromkeys(page.FIGURES, both)
        return Campaign("a town", 3, [Guessed(3_840, True, best, dict.fromkeys(best, "U, 90% X"))])

    checks = real.check(attacker.population.alerts[:1], attacker.population.alerts[1:])
    met, missed = campaign(0.02), campaign(0.021)
    met.real = missed.real = checks
    assert "**missed** for a town (2.10%)" in page.tables([missed], 1)
    assert "**missed**" not in page.tables([met], 1)
    met.real = replace(checks, hits_without_evaluations=1)
    assert "Nothing without evaluations: **missed**" in page.tables([met], 1)
