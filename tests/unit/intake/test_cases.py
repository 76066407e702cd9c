"""Cases: saved encrypted, seen by their team, searched for blindly, erased for good."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.intake.domain.case import CaseClosed
from services.intake.domain.codes import CaseKind, Risk, TracingStatus
from services.intake.handlers.case_lists import CaseFilter
from services.intake.handlers.errors import CaseErased, EditConflict, NotAllowed, NotFound
from services.intake.store.cases import (
    BlindIndexRow,
    CaseKeyRow,
    ConsentRow,
    EnquirerRow,
    EpisodeRow,
    PersonRow,
)
from shared.crypto.errors import CannotDecrypt
from shared.wire.local import CaseClosed as CaseClosedBody
from tests.unit.intake.world import ADMIN, LEAD, OTHER_TEAM, WORKER, Node, case, person


def test_case_is_read_back_as_it_was_saved(vilnius: Node) -> None:
    saved = vilnius.intake.cases.register(case(), WORKER)
    found = vilnius.intake.cases.get(saved.summary.id, WORKER)
    assert found.case == case()
    assert found.summary.label == "Žydrūnė Kanarėlė-Testauskienė"
    assert found.summary.has_keys
    assert vilnius.actions()[-2:] == ["case.registered", "case.viewed"]


def test_second_editor_gets_a_conflict(vilnius: Node) -> None:
    """Case 59."""
    saved = vilnius.intake.cases.register(case(), WORKER)
    vilnius.intake.cases.update(saved.summary.id, case(someone=person("Rasa")), 1, WORKER)
    with pytest.raises(EditConflict) as conflict:
        vilnius.intake.cases.update(saved.summary.id, case(someone=person("Rūta")), 1, LEAD)
    assert conflict.value.version == 2
    assert vilnius.intake.cases.get(saved.summary.id, WORKER).case.person.given_name == "Rasa"


def test_other_team_and_missing_id_look_the_same(vilnius: Node) -> None:
    """Case 46."""
    saved = vilnius.intake.cases.register(case(), WORKER)
    messages = []
    for case_id in (saved.summary.id, "case_" + "a" * 26):
        with pytest.raises(NotFound) as refused:
            vilnius.intake.cases.get(case_id, OTHER_TEAM)
        messages.append(str(refused.value))
    assert messages[0] == messages[1]
    assert vilnius.intake.cases.overview(OTHER_TEAM) == []
    assert vilnius.intake.cases.search("kanarele testauskiene", OTHER_TEAM) == []
    assert [one.id for one in vilnius.intake.cases.overview(LEAD)] == [saved.summary.id]


def test_administrator_cannot_read_a_case(vilnius: Node) -> None:
    """Rule 9."""
    saved = vilnius.intake.cases.register(case(), WORKER)
    for look in (
        lambda: vilnius.intake.cases.get(saved.summary.id, ADMIN),
        lambda: vilnius.intake.cases.overview(ADMIN),
        lambda: vilnius.intake.cases.search("Žydrūnė", ADMIN),
        lambda: vilnius.intake.matches.overview(ADMIN),
    ):
        with pytest.raises(NotAllowed):
            look()


def test_search_finds_exact_names_and_source_ids(vilnius: Node) -> None:
    saved = vilnius.intake.cases.register(case(), WORKER, source_id="VN-17")
    for typed in ("zydrune", "ŽYDRŪNĖ kanarėlė testauskienė", "Kanarele-Testauskiene", "vn 17"):
        assert [one.id for one in vilnius.intake.cases.search(typed, WORKER)] == [saved.summary.id]
    assert vilnius.intake.cases.search("Žydr", WORKER) == []
    vilnius.intake.cases.update(saved.summary.id, case(someone=person("Rasa")), 1, WORKER)
    assert vilnius.intake.cases.search("zydrune", WORKER) == []
    assert len(vilnius.intake.cases.search("VN-17", WORKER)) == 1


@pytest.mark.parametrize(
    ("given", "family", "typed"),
    [
        ("Žydrūnė", "Kanarėlė", "zydrune kanarele"),
        ("Олена", "Ковальська", "Olena Kovalska"),
        ("Olena", "Kovalska", "Ковальська Олена"),
        ("Aleksandras", "Ivanovas", "Ivanov"),
        ("Jonas", "Kazlauskas", "Kozlowski"),
        ("Catherine", "Schmidt", "Šmit"),
    ],
)
def test_search_finds_names_across_scripts_and_by_sound(
    vilnius: Node, given: str, family: str, typed: str
) -> None:
    found = vilnius.intake.cases.register(case(someone=person(given, family)), WORKER).summary.id
    vilnius.intake.cases.register(case(someone=person("Bronius", "Vaitkus")), WORKER)
    assert [one.id for one in vilnius.intake.cases.search(typed, WORKER)] == [found]
    assert vilnius.intake.cases.search(f"{typed} Petras", WORKER) == [], "every word has to be met"


def test_what_is_written_exactly_so_comes_first_and_the_rest_is_marked(vilnius: Node) -> None:
    cases = vilnius.intake.cases
    exact = cases.register(case(someone=person("Olena", "Ivanova")), WORKER).summary.id
    vilnius.clock.advance(timedelta(hours=1))
    alike = cases.register(case(someone=person("Елена", "Иванова")), WORKER).summary.id
    page = cases.page_of(CaseFilter(text="Ivanova"), WORKER)
    assert [one.id for one in page.cases] == [exact, alike]
    assert page.alike == {alike}


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "%ivan%", "a\\x00b", "(", "*"])
def test_sql_meta_characters_are_letters_like_any_other(vilnius: Node, typed: str) -> None:
    """Case 49."""
    vilnius.intake.cases.register(case(someone=person("Olena", "Ivanova")), WORKER)
    assert vilnius.intake.cases.search(typed, WORKER) == []


def test_no_searched_value_is_readable_in_the_index(vilnius: Node) -> None:
    vilnius.intake.cases.register(case(), WORKER)
    with vilnius.database.read() as session:
        for row in session.scalars(select(BlindIndexRow)):
            assert len(row.value) == 16
            assert row.field.isidentifier()


def test_lists_are_put_in_the_order_that_was_asked_for(vilnius: Node) -> None:
    cases, made = vilnius.intake.cases, {}
    for risk in (Risk.LOW, Risk.HIGH, Risk.MEDIUM):
        vilnius.clock.advance(timedelta(hours=1))
        made[risk] = cases.register(case(risk=risk), WORKER).summary.id
    vilnius.clock.advance(timedelta(hours=1))
    cases.update(made[Risk.LOW], case(risk=Risk.LOW), 1, WORKER)

    def order(name: str) -> list[str]:
        return [one.risk for one in cases.page_of(CaseFilter(order=name), WORKER).cases]

    assert order("changed") == ["low", "medium", "high"]
    assert order("registered") == ["medium", "high", "low"]
    assert order("risk") == ["high", "medium", "low"]


def test_ciphertext_of_another_case_does_not_open(vilnius: Node) -> None:
    """Case 82: swapped between two rows; the other case is still readable."""
    first = vilnius.intake.cases.register(case(), WORKER).summary.id
    second = vilnius.intake.cases.register(case(someone=person("Rasa")), WORKER).summary.id
    third = vilnius.intake.cases.register(case(someone=person("Rūta")), WORKER).summary.id
    with vilnius.database.begin() as session:
        rows = {row.case_id: row for row in session.scalars(select(PersonRow))}
        rows[first].record, rows[second].record = rows[second].record, rows[first].record
    for case_id in (first, second):
        with pytest.raises(CannotDecrypt):
            vilnius.intake.cases.get(case_id, WORKER)
    assert vilnius.intake.cases.get(third, WORKER).case.person.given_name == "Rūta"


def test_wrapped_key_of_another_case_does_not_open(vilnius: Node) -> None:
    """Case 82, for the key itself."""
    first = vilnius.intake.cases.register(case(), WORKER).summary.id
    second = vilnius.intake.cases.register(case(), WORKER).summary.id
    with vilnius.database.begin() as session:
        session.get_one(CaseKeyRow, first).wrapped = session.get_one(CaseKeyRow, second).wrapped
    with pytest.raises(CannotDecrypt):
        vilnius.intake.cases.get(first, WORKER)


def test_erasure_destroys_the_key(vilnius: Node) -> None:
    """Case 91, as far as it is in this house."""
    saved = vilnius.intake.cases.register(case(), WORKER, source_id="VN-17").summary.id
    vilnius.intake.cases.erase(saved, WORKER)
    with vilnius.database.read() as session:
        assert session.get(CaseKeyRow, saved) is None
        for table in (PersonRow, EpisodeRow, EnquirerRow, BlindIndexRow, ConsentRow):
            assert session.scalars(select(table)).all() == []
    with pytest.raises(CaseErased):
        vilnius.intake.cases.get(saved, WORKER)
    assert vilnius.intake.cases.search("VN-17", WORKER) == []
    assert [body.case for body in vilnius.bodies(CaseClosedBody)] == [saved]


def test_closed_case_is_not_edited_and_can_be_reopened(vilnius: Node) -> None:
    saved = vilnius.intake.cases.register(case(CaseKind.FOUND), WORKER).summary
    closed = vilnius.intake.cases.end_search(saved.id, 1, WORKER)
    assert (closed.summary.state, closed.summary.tracing_status) == ("closed", TracingStatus.CLOSED)
    with pytest.raises(CaseClosed):
        vilnius.intake.cases.update(saved.id, case(CaseKind.FOUND), 2, WORKER)
    assert vilnius.intake.cases.reopen(saved.id, 2, WORKER).summary.state == "open"
