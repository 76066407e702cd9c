"""The whole way of one case, its alert and its pseudonyms, on SQLite and on PostgreSQL alike."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import inspect

from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind
from services.intake.handlers.actor import UserRole
from services.intake.handlers.comparisons import MOST_A_DAY
from services.intake.handlers.errors import EditConflict, NotProved
from services.intake.handlers.matches import SHOWN_ALIKE
from services.intake.handlers.signin import SignIn
from services.intake.store import IntakeBase
from shared.runtime.clock import ManualClock, to_wire
from shared.store import schema
from shared.wire.codes import ReceiptOutcome
from shared.wire.local import CasePseudonyms, DutyState
from shared.wire.messages import AlertPublished, Receipt, ReceiptItem, Tombstone
from tests.support.clock import manual_clock
from tests.support.database import KINDS
from tests.unit.intake.test_comparisons import ask, question
from tests.unit.intake.test_floods import flood
from tests.unit.intake.world import LYON, PASSWORD, VILNIUS, WORKER, Node, case, deliver, node, person


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.database) for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def clock() -> ManualClock:
    return manual_clock()


@pytest.fixture
def vilnius(kind: str, tmp_path: Path, clock: ManualClock) -> Iterator[Node]:
    made = node(VILNIUS, tmp_path, clock, kind=kind, partners=(VILNIUS, LYON))
    yield made
    made.database.dispose()


@pytest.fixture
def lyon(kind: str, tmp_path: Path, clock: ManualClock) -> Iterator[Node]:
    made = node(LYON, tmp_path, clock, kind=kind, partners=(VILNIUS, LYON))
    yield made
    made.database.dispose()


def test_migration_makes_every_table_and_has_nothing_left_to_do(vilnius: Node) -> None:
    """Case 80: run again, it finds nothing to do."""
    assert set(IntakeBase.metadata.tables) <= set(inspect(vilnius.database.engine).get_table_names())
    assert not schema.needs_migration(vilnius.database, "services.intake")
    schema.migrate(vilnius.database, "services.intake")


def test_the_way_of_one_case(vilnius: Node, lyon: Node) -> None:
    searched = vilnius.intake.cases.register(case(), WORKER, source_id="V-1").summary.id
    found = lyon.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    lyon.intake.asker.tick(lyon.clock.now())
    deliver(lyon, vilnius)
    deliver(vilnius, lyon)
    assert [one.case for one in lyon.bodies(CasePseudonyms)] == [found]
    alert = vilnius.intake.alerts.publish(searched, Choices(), WORKER)
    [body] = vilnius.bodies(AlertPublished)
    at = to_wire(vilnius.clock.now())
    item = ReceiptItem(alert=body.alert, version=1, outcome=ReceiptOutcome.COMPARED, at=at)
    vilnius.handle(Receipt(items=[item], missing=[], resend=False), f"{LYON}/matching")
    assert vilnius.intake.alerts.get(alert.id, WORKER).shares[0].state == "compared"
    assert [one.id for one in vilnius.intake.cases.search("v 1", WORKER)] == [searched]
    vilnius.intake.cases.erase(searched, WORKER)
    assert len(vilnius.bodies(Tombstone)) == 1


def test_a_flood_hides_nothing_on_either_database(vilnius: Node) -> None:
    """decisions/0014: the foremost of each case and partner are listed, and the states of their notices."""
    found = vilnius.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    bodies = flood(vilnius, found, 8, partner=LYON)
    at = to_wire(vilnius.clock.now())
    told = DutyState(reference=bodies[0].match, state="told", channel="email", told=1, at=at)
    vilnius.handle(told, "notify")
    listed = vilnius.intake.matches.overview(WORKER, waiting_only=True)
    assert (len(listed), sum(one.more for one in listed)) == (SHOWN_ALIKE, 8 - SHOWN_ALIKE)
    assert {one.duty_state for one in listed} == {"told"}
    assert len(vilnius.intake.matches.overview(WORKER, case_id=found)) == 8
    assert [one.reference for one in vilnius.intake.duty.entries(WORKER)] == [bodies[0].match]


def test_of_two_editors_at_once_one_gets_a_conflict(vilnius: Node) -> None:
    """Case 59, with two threads that start together."""
    saved = vilnius.intake.cases.register(case(), WORKER).summary.id
    start, outcomes = threading.Barrier(2), []

    def edit(name: str) -> None:
        start.wait()
        try:
            vilnius.intake.cases.update(saved, case(someone=person(name)), 1, WORKER)
            outcomes.append("saved")
        except EditConflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=edit, args=(name,)) for name in ("Rasa", "Rūta")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "saved"]
    assert vilnius.intake.cases.get(saved, WORKER).summary.version == 2


def test_comparisons_are_counted_on_either_database(lyon: Node) -> None:
    """decisions/0019: the limit of a day, counted in the database, and the rarity of the own names."""
    found = lyon.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    first = question(found)
    before = ask(lyon, first)
    assert before.agreement.given == "same"
    assert before.agreement.given_one_in > 0
    for _ in range(MOST_A_DAY - 1):
        ask(lyon, question(found))
    assert ask(lyon, question(found)).agreement.given == "unknown"
    assert ask(lyon, first) == before
    assert lyon.alarms() == {"comparison_limit"}
    lyon.clock.advance(timedelta(days=1))
    assert ask(lyon, question(found)).agreement.given == "same"


@pytest.mark.parametrize("kind_of_code", ["app", "paper"])
def test_of_two_who_send_one_code_at_the_same_time_one_gets_in(vilnius: Node, kind_of_code: str) -> None:
    """Case 56: a code is good once, also for who looked over the shoulder and is as quick."""
    intake = vilnius.intake
    user = intake.users.create("rasa", PASSWORD, "Rasa", UserRole.CASEWORKER, team="main")
    first = intake.sign_ins.begin(user.id)
    device = intake.second_steps.prepare(first)
    app = pyotp.TOTP(device.secret)
    paper = intake.second_steps.confirm(app.at(int(vilnius.clock.now().timestamp())), first, "here")
    vilnius.clock.advance(timedelta(seconds=30))
    code = paper[0] if kind_of_code == "paper" else app.at(int(vilnius.clock.now().timestamp()))
    both, outcomes = [intake.sign_ins.begin(user.id) for _ in range(2)], []
    start = threading.Barrier(2)

    def send(who: SignIn) -> None:
        start.wait()
        try:
            intake.second_steps.prove(who, code, "here")
        except NotProved:
            outcomes.append("refused")
        else:
            outcomes.append("in")

    threads = [threading.Thread(target=send, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "refused"]
