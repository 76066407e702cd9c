"""Case 70: in whatever order and however often messages arrive, the end is the same."""

import random
from typing import Any

import pytest

from services.matching.store.alerts import Alerts
from services.matching.store.content import AlertContentSealer
from shared.crypto.rest import RestCipher
from shared.wire import local, messages
from shared.wire.messages import Body
from tests.support.matching_world import VILNIUS, World, reference, tombstone, withdrawn


def story(world: World, people: int) -> list[Body]:
    """Alerts and own cases of so many people, in the order in which they were sent."""
    sent: list[Body] = []
    for index in range(people):
        name = f"person {index}"
        fate = index % 8
        # One fact changes for good with the second version; versions between leave no trace.
        eyes = {"sex": "female", "birth_decade": 1990, "eye_colour": "green"}
        sent.append(world.case(name))
        sent.append(world.alert(name))
        if fate in (1, 2, 3, 4):
            sent.append(world.alert(name, 2, kind=messages.AlertUpdated, description=eyes))
            sent.append(world.alert(name, 3, kind=messages.AlertUpdated, description=eyes))
        if fate in (2, 3):
            sent.append(withdrawn(name, 4))
        if fate in (3, 5):
            sent.append(tombstone(name, 5))
        if fate == 4:
            sent.append(world.case(name, 2, description=eyes))
        if fate == 6:
            sent.append(local.CaseClosed(case=reference("case", name)))
        if fate == 7:
            sent.append(world.case(name, 2, person="somebody else"))
    return sent


def final(world: World) -> dict[str, Any]:
    """Everything that is kept, without what is random, when nothing is left to compare."""
    world.compare_all()
    with world.database.read() as session:
        alerts, _ = alerts_of(world).live(session, VILNIUS, "", 10_000)
        opened = sorted((a.alert, a.version, a.values) for a in alerts)
    shown = {m.match: (m.alert, m.case, m.facts, m.score) for m in shown_matches(world)}
    return {
        "alerts": sorted((r["alert"], r["state"], r["version"]) for r in world.rows("alert")),
        "opened": opened,
        "cases": sorted(
            (r["own_case"], r["version"], r["groups"], r["pseudonyms"])
            for r in world.rows("own_case")
            if r["pseudonyms"]
        ),
        "closed": sorted(r["own_case"] for r in world.rows("closed_case")),
        "matches": sorted(
            (*shown[r["match"]], r["state"])
            for r in world.rows("possible_match")
            if r["state"] != "withdrawn"
        ),
    }


def alerts_of(world: World) -> Alerts:
    return Alerts(AlertContentSealer(RestCipher(world.key)))


def shown_matches(world: World) -> list[local.MatchProposed]:
    return [m for m in world.post.bodies(local.MatchProposed) if isinstance(m, local.MatchProposed)]


@pytest.mark.slow
def test_a_thousand_messages_in_random_order(world: World, twin: World) -> None:
    """Case 70: 1,000 messages, 30 % of them twice."""
    in_order = story(world, 400)[:1000]
    in_order = in_order[: next(i for i in range(len(in_order) - 1, 0, -1) if is_case(in_order[i]))]
    assert len(in_order) > 990
    chance = random.Random(70)
    mixed = in_order + chance.sample(in_order, k=len(in_order) * 3 // 10)
    chance.shuffle(mixed)
    world.deliver(in_order)
    twin.deliver(mixed)
    expected = final(world)
    assert len(expected["matches"]) > 50
    assert final(twin) == expected


def is_case(body: Body) -> bool:
    return isinstance(body, local.CasePseudonyms) and body.version == 1
