"""Episodes of one person, and the same person in two cases: advised, linked, undone, never merged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.intake.domain.case import Separation, StatusNotAllowed
from services.intake.domain.codes import CaseKind, Outcome
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import Person
from services.intake.handlers.errors import EditConflict, NotAllowed, NotFound
from services.intake.store.links import SamePersonRow
from tests.unit.intake.world import LEAD, OTHER_TEAM, SECOND, WORKER, Node, case, person


def register(node: Node, given: str, family: str, born: str = "2009-05-14", by: object = WORKER) -> str:
    made = case(someone=person(given, family, born))
    return node.intake.cases.register(made, by).summary.id  # type: ignore[arg-type]


def test_a_new_disappearance_is_a_new_episode_of_the_same_case(vilnius: Node) -> None:
    """Ten runaways of one child are one person and ten episodes; nothing of an earlier one is lost."""
    cases = vilnius.intake.cases
    first = replace(case(), separation=Separation(cause="Išėjo po barnio"))
    case_id = cases.register(first, WORKER).summary.id
    with pytest.raises(StatusNotAllowed):
        cases.missing_again(case_id, None, 1, WORKER)
    cases.end_search(case_id, 1, WORKER, outcome=Outcome.RETURNED)
    again = cases.missing_again(case_id, PartialDate(2026, 11), 2, WORKER)
    assert (again.summary.state, again.case.episode.number, again.case.separation) == ("open", 2, None)
    assert again.case.person == first.person
    newest, oldest = again.episodes
    assert (newest.number, newest.ended_at, newest.outcome) == (2, None, None)
    assert str(newest.began) == "2026-11"
    assert (oldest.number, oldest.outcome) == (1, "returned")
    assert oldest.ended_at is not None
    assert oldest.separation is not None
    assert oldest.separation.cause == "Išėjo po barnio"
    assert "case.missing_again" in vilnius.actions()


def test_a_case_opened_again_by_mistake_has_no_new_episode(vilnius: Node) -> None:
    cases = vilnius.intake.cases
    case_id = cases.register(case(), WORKER).summary.id
    cases.end_search(case_id, 1, WORKER, outcome=Outcome.MISTAKE)
    [only] = cases.reopen(case_id, 2, WORKER).episodes
    assert (only.ended_at, only.outcome) == (None, None)


def test_who_may_write_an_episode(vilnius: Node) -> None:
    """Cases 46 and 59."""
    cases = vilnius.intake.cases
    case_id = cases.register(case(), WORKER).summary.id
    cases.end_search(case_id, 1, WORKER)
    for by, refused in ((OTHER_TEAM, NotFound), (SECOND, NotAllowed)):
        with pytest.raises(refused):
            cases.missing_again(case_id, None, 2, by)
    with pytest.raises(EditConflict):
        cases.missing_again(case_id, None, 1, WORKER)


@pytest.mark.parametrize(
    ("given", "family", "born", "alike"),
    [
        ("Olena", "Kovalska", "2009", True),
        ("Олена", "Ковальська", "2009-05-14", True),
        ("Olena", "Kovalskienė", "2009", True),
        ("Olena", "Kovalska", "2012", False),
        ("Olga", "Petraitė", "2009", False),
    ],
)
def test_who_sounds_alike_and_was_born_then_is_worth_a_look(
    vilnius: Node, given: str, family: str, born: str, alike: bool
) -> None:
    first = register(vilnius, "Olena", "Kowalska")
    second = register(vilnius, given, family, born)
    kin = vilnius.intake.same_people.of_case(second, WORKER)
    assert [one.id for one in kin.alike] == ([first] if alike else [])
    assert kin.linked == []


def test_an_unknown_year_of_birth_rules_nobody_out(vilnius: Node) -> None:
    first = register(vilnius, "Olena", "Kowalska")
    undated = Person(given_name="Olena", family_name="Kowalska")
    assert [one.id for one in vilnius.intake.same_people.of_person(undated, WORKER)] == [first]
    assert vilnius.intake.same_people.of_person(Person(given_name="Olena"), WORKER) == []


def test_another_teams_case_is_not_advised(vilnius: Node) -> None:
    """Case 46."""
    register(vilnius, "Olena", "Kowalska", by=OTHER_TEAM)
    mine = register(vilnius, "Olena", "Kowalska")
    assert vilnius.intake.same_people.of_case(mine, WORKER).alike == []
    assert vilnius.intake.same_people.of_person(person("Olena", "Kowalska"), SECOND) != []
    assert len(vilnius.intake.same_people.of_case(mine, LEAD).alike) == 1


def test_a_link_is_set_and_undone_by_a_person_and_changes_neither_case(vilnius: Node) -> None:
    """Rule 6: nothing is merged."""
    people, cases = vilnius.intake.same_people, vilnius.intake.cases
    first, second = register(vilnius, "Olena", "Kowalska"), register(vilnius, "Helena", "Kovalska")
    before = [cases.get(one, WORKER) for one in (first, second)]
    for _ in range(2):
        people.link(second, first, WORKER)
    assert [one.id for one in people.of_case(first, WORKER).linked] == [second]
    assert people.of_case(first, WORKER).alike == []
    assert [cases.get(one, WORKER) for one in (first, second)] == before
    people.unlink(first, second, WORKER)
    assert people.of_case(first, WORKER).linked == []
    assert [one for one in vilnius.actions() if "linked" in one] == ["case.linked", "case.unlinked"]


def test_what_cannot_be_linked(vilnius: Node) -> None:
    people = vilnius.intake.same_people
    mine, theirs = register(vilnius, "Olena", "K"), register(vilnius, "Olena", "K", by=OTHER_TEAM)
    for one, other in ((mine, mine), (mine, theirs), (theirs, mine), (mine, "case_none")):
        with pytest.raises(NotFound):
            people.link(one, other, WORKER)
    with pytest.raises(NotAllowed):
        people.link(mine, mine, SECOND)
    people.link(mine, theirs, LEAD)
    assert people.of_case(mine, WORKER).linked == [], "the other team's stays unseen"
    vilnius.intake.cases.erase(mine, WORKER)
    with vilnius.database.read() as session:
        assert session.scalars(select(SamePersonRow)).all() == []


def test_found_and_missing_may_be_the_same_person(vilnius: Node) -> None:
    """Somebody who is with us may be searched for by another team's family: that is the whole point."""
    found = vilnius.intake.cases.register(
        case(CaseKind.FOUND, person("Olena", "Kowalska")), WORKER
    ).summary.id
    missing = register(vilnius, "Olena", "Kowalska")
    assert [one.id for one in vilnius.intake.same_people.of_case(missing, WORKER).alike] == [found]
