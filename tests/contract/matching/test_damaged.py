"""Case 82, in matching: a damaged row fails by itself, and every other alert and case is compared."""

import pytest
from sqlalchemy import Table

from services.matching.store import candidates, tables, unfinished
from services.matching.store.kept import Kept, KeptDecisions
from services.matching.store.kept import table as kept_table
from shared.crypto.rest import RestCipher
from shared.wire.codes import MatchState, Strength
from shared.wire.local import MatchProposed
from tests.support.matching_world import VILNIUS, World, reference

BROKEN = b"damaged" * 30


def proposed(world: World) -> set[tuple[str, str]]:
    found = [body for body in world.post.bodies(MatchProposed) if isinstance(body, MatchProposed)]
    return {(body.alert, body.case) for body in found}


def damage(world: World, table: Table, column: str, **where: str) -> None:
    with world.database.begin() as session:
        session.execute(table.update().filter_by(**where).values({column: BROKEN}))


def test_an_alert_that_cannot_be_read_keeps_no_own_case_from_the_others(world: World) -> None:
    """The whole message of an own case failed, and with it its pseudonyms were lost."""
    for name in ("ona", "jonas"):
        world.handle(world.alert(name, person="ona"))
    damage(world, tables.alert, "content", alert=reference("alert", "jonas"))
    world.handle(world.case())
    world.compare_all()
    assert proposed(world) == {(reference("alert", "ona"), reference("case", "ona"))}


def test_a_page_of_damaged_alerts_is_passed_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.matching.continuing.ALERTS", 2)
    for name in range(6):
        world.handle(world.alert(f"{name}", person="ona"))
    ordered = sorted(row["alert"] for row in world.rows("alert"))
    for alert in ordered[:4]:
        damage(world, tables.alert, "content", alert=alert)
    world.handle(world.case())
    world.compare_all()
    assert {alert for alert, _ in proposed(world)} == set(ordered[4:])


def test_an_own_case_that_cannot_be_read_keeps_no_alert_from_the_others(world: World) -> None:
    """A worker that started anew read no column of this partner any more, and lost all its alerts."""
    for name in ("ona", "jonas"):
        world.handle(world.case(name, person="ona"))
    damage(world, tables.own_case, "description", own_case=reference("case", "jonas"))
    world.handle(world.alert(), by=world.another_worker())
    world.compare_all()
    assert proposed(world) == {(reference("alert", "ona"), reference("case", "ona"))}


def test_an_answer_that_cannot_be_read_holds_up_no_other_pair(world: World) -> None:
    for name in ("ona", "jonas"):
        world.handle(world.case(name, person="ona"))
    world.handle(world.alert())
    world.compare_all()
    first = reference("case", "jonas")
    damage(world, candidates.table, "agreement", own_case=first)
    changed = world.alert(version=1, name="another", person="ona")
    world.handle(changed)
    with world.database.begin() as session:
        unfinished.put_off(session, VILNIUS, reference("alert", "ona"), [first, reference("case", "ona")])
    world.compare_all()
    assert world.rows("unfinished_comparison") == []
    assert (changed.alert, first) in proposed(world)


def test_a_kept_decision_that_cannot_be_read_is_left_out(world: World) -> None:
    kept = KeptDecisions(RestCipher(world.key))
    row = Kept(202611, MatchState.PROBABLE, Strength.LIKELY, 100, True, 2, "00000000", {})
    with world.database.begin() as session:
        first, _ = kept.add(session, row), kept.add(session, row)
    damage(world, kept_table, "content", id=first)
    with world.database.read() as session:
        assert kept.everything(session) == [row]
