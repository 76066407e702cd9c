"""How identifying an alert is: weighed over the own cases, and a reason asked for, whoever shares it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind, HairColour
from services.intake.domain.identifying import Standing
from services.intake.domain.person import Person
from services.intake.handlers.actor import WRITES_CASES
from services.intake.handlers.errors import BadField, NotAllowed, NotFound, TooIdentifying
from services.intake.store.alerts import AlertRow
from services.intake.store.cases import PersonRow
from shared.wire.messages import AlertPublished
from tests.unit.intake.world import ADMIN, LEAD, LYON, OTHER_TEAM, RIGA, WORKER, Node, case, person

EVERYTHING = Choices(frozenset({"sex", "birth_decade", "height", "eye_colour", "hair_colour", "marks"}))
BECAUSE = "Sužalotas veidas, prašo ligoninės"


def marked() -> Person:
    return replace(person(), hair_colour=HairColour.RED, marks=("scar:face",))


def saved(node: Node, someone: Person | None = None) -> str:
    return node.intake.cases.register(case(someone=someone or marked()), WORKER).summary.id


def test_too_identifying_leaves_only_with_a_reason(vilnius: Node) -> None:
    """In the handler itself, so that desk, API and command line all obey."""
    case_id, alerts = saved(vilnius), vilnius.intake.alerts
    assert alerts.preview(case_id, EVERYTHING, WORKER).meter.standing is Standing.TOO_IDENTIFYING
    for because in ("", "   ", "reikia"):
        with pytest.raises(TooIdentifying):
            alerts.publish(case_id, EVERYTHING, WORKER, because=because)
    with pytest.raises(BadField):
        alerts.publish(case_id, EVERYTHING, WORKER, because="a" * 501)
    assert vilnius.bodies(AlertPublished) == []
    shared = alerts.publish(case_id, EVERYTHING, WORKER, partners=[LYON], because=BECAUSE)
    assert alerts.get(shared.id, WORKER).because == BECAUSE
    assert BECAUSE not in repr([sent.body for sent in vilnius.post.sent]), "it stays in the house"


def test_the_reason_is_encrypted_and_goes_with_the_case(vilnius: Node) -> None:
    case_id = saved(vilnius)
    shared = vilnius.intake.alerts.publish(case_id, EVERYTHING, WORKER, because=BECAUSE)
    with vilnius.database.read() as session:
        kept = session.scalar(select(AlertRow.because))
    assert kept is not None
    assert b"aligonin" not in kept
    vilnius.intake.cases.erase(case_id, WORKER)
    with vilnius.database.read() as session:
        assert session.get_one(AlertRow, shared.id).because is None


def test_an_update_and_more_partners_are_weighed_again(vilnius: Node) -> None:
    """What goes out is the case as it is now, which may say more than when the reason was not needed."""
    case_id, alerts = saved(vilnius, person()), vilnius.intake.alerts
    shared = alerts.publish(case_id, EVERYTHING, WORKER, partners=[LYON])
    vilnius.intake.cases.update(case_id, case(someone=marked()), 1, WORKER)
    with pytest.raises(TooIdentifying):
        alerts.update(shared.id, WORKER)
    with pytest.raises(TooIdentifying):
        alerts.add_partners(shared.id, [RIGA], WORKER)
    assert alerts.update(shared.id, WORKER, because=BECAUSE).because == BECAUSE
    assert alerts.update(shared.id, WORKER).because == BECAUSE, "the reason of before is kept"
    assert len(alerts.add_partners(shared.id, [RIGA], WORKER).shares) == 2
    assert alerts.update(shared.id, WORKER, choices=Choices(), because="").because == ""


def test_five_of_our_own_who_look_the_same_are_a_crowd(vilnius: Node) -> None:
    case_id = saved(vilnius)
    names = ("Ieva", "Ugnė", "Lina", "Rasa")
    for name in names[:3]:
        saved(vilnius, replace(marked(), given_name=name))

    def reading() -> tuple[Standing, int]:
        meter = vilnius.intake.alerts.meter(case_id, EVERYTHING.released, WORKER)
        return meter.standing, meter.alike[CaseKind.MISSING]

    assert reading() == (Standing.TOO_IDENTIFYING, 0)
    last = saved(vilnius, replace(marked(), given_name=names[3]))
    assert reading() == (Standing.FINE, 5)
    vilnius.intake.cases.update(last, case(someone=person("Rasa")), 1, WORKER)
    assert reading() == (Standing.TOO_IDENTIFYING, 0), "a changed case is read anew"


def test_counting_finds_no_case_of_another_team(vilnius: Node) -> None:
    """Four cases of one's own and one of another team read as four; the lead, who sees both, reads five."""
    first = saved(vilnius)
    for name in ("Ieva", "Ugnė", "Lina"):
        saved(vilnius, replace(marked(), given_name=name))
    vilnius.intake.cases.register(case(someone=replace(marked(), given_name="Rasa")), OTHER_TEAM)
    alerts = vilnius.intake.alerts
    assert alerts.meter(first, EVERYTHING.released, WORKER).alike[CaseKind.MISSING] == 0
    assert alerts.meter(first, EVERYTHING.released, LEAD).alike[CaseKind.MISSING] == 5


def test_who_may_ask_and_that_it_is_written_down(vilnius: Node) -> None:
    """Rules 9 and 10, case 46."""
    case_id = saved(vilnius)
    assert ADMIN.role not in WRITES_CASES
    with pytest.raises(NotAllowed):
        vilnius.intake.alerts.meter(case_id, frozenset({"sex"}), ADMIN)
    with pytest.raises(NotFound):
        vilnius.intake.alerts.meter(case_id, frozenset({"sex"}), OTHER_TEAM)
    vilnius.intake.alerts.meter(case_id, frozenset({"sex"}), WORKER)
    assert vilnius.actions()[-1] == "alert.weighed"


def test_a_case_that_cannot_be_read_stops_no_count(vilnius: Node) -> None:
    """Case 82: the damage is in one row."""
    broken, case_id = saved(vilnius), saved(vilnius)
    with vilnius.database.begin() as session:
        row = session.scalars(select(PersonRow).where(PersonRow.case_id == broken)).one()
        row.record = row.record[:-1] + bytes([row.record[-1] ^ 1])
    assert vilnius.intake.alerts.meter(case_id, EVERYTHING.released, WORKER).alike[CaseKind.MISSING] == 0
