"""Alerts handled together do exactly what they do one after the other."""

from typing import Any

import pytest
from sqlalchemy import select

from shared.post.incoming import Incoming, Refuse
from shared.runtime.clock import to_wire
from shared.store.tables import AuditRow
from shared.wire import messages
from shared.wire.codes import PartnerStatus
from shared.wire.local import PartnerChanged
from shared.wire.messages import Body
from tests.support.matching_world import VILNIUS, World, tombstone, withdrawn

BATCH = "alert.published"


def incoming(world: World, bodies: list[Body]) -> list[Incoming]:
    return [world.incoming(body) for body in bodies]


def together(world: World, bodies: list[Body]) -> None:
    with world.database.begin() as session:
        world.handlers.batches[BATCH](session, incoming(world, bodies))


def one_by_one(world: World, bodies: list[Body]) -> None:
    for body in bodies:
        world.handle(body)


def kept(world: World) -> dict[str, Any]:
    """Everything but what is random: content, message ids, references of matches, hashes."""
    with world.database.read() as session:
        audit = session.execute(select(AuditRow.index, AuditRow.actor, AuditRow.action)).all()
    return {
        "alerts": sorted((row["alert"], row["state"], row["version"]) for row in world.rows("alert")),
        "matches": sorted((row["alert"], row["own_case"]) for row in world.rows("possible_match")),
        "due": sorted((row["alert"], row["version"], row["outcome"]) for row in world.rows("receipt_due")),
        "audit": sorted((row.actor, row.action) for row in audit),
        "indexes": [row.index for row in audit],
        "told": sorted(sent.body.TYPE for sent in world.post.sent),
        "woken": sorted(set(world.post.woken)),
    }


def story(world: World) -> list[Body]:
    """New alerts between one that comes twice, one that ended, one for other keys, and one that is over."""
    past = to_wire(world.clock.now().replace(microsecond=0))
    return [
        world.alert("ona"),
        world.alert("jonas"),
        world.alert("ona"),
        world.alert("ona", 2),
        world.alert("ended"),
        world.alert("erased"),
        world.alert("other keys", keys_version=1),
        world.alert("over", expires=past),
        world.alert("petras"),
    ]


def test_a_batch_is_no_different(world: World, twin: World) -> None:
    """Cases 3, 70 and 71: with matches, repetitions, placeholders and refusals among them."""
    for each in (world, twin):
        each.intake = None
        for first in (each.case("ona"), each.case("petras"), withdrawn("ended", 3), tombstone("erased", 1)):
            each.handle(first)
    together(world, story(world))
    one_by_one(twin, story(twin))
    assert kept(world) == kept(twin)
    assert [each.answer() for each in (world, twin)] == [3, 3], "two versions of one, and another"
    assert kept(world) == kept(twin)
    assert len(kept(world)["matches"]) == 2


def test_a_batch_of_a_suspended_partner_is_refused(world: World) -> None:
    """The processor then handles one by one, so that each message gets its own outcome."""
    world.handle(world.alert("before"))
    suspended = PartnerStatus.SUSPENDED
    change = PartnerChanged(organisation=VILNIUS, status=suspended, card="", prekeys=[], revocations=[])
    world.handle(change)
    with pytest.raises(Refuse):
        together(world, [world.alert("after")])
    assert [row["alert"] for row in world.rows("alert")] == []


def test_the_newest_of_a_batch_wins_with_an_update_after_it(world: World) -> None:
    """Case 70: what follows a batch sees it."""
    together(world, [world.alert("ona"), world.alert("jonas")])
    world.handle(world.alert("ona", 2, kind=messages.AlertUpdated))
    assert sorted(row["version"] for row in world.rows("alert")) == [1, 2]
