"""A node of its own over SQLite, without a broker: invented cases, alerts and possible matches."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench import nodes
from bench.nodes import PARTNER, Node
from bench.people import case, person
from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind
from services.intake.handlers.actor import Actor, UserRole
from shared.post.incoming import Incoming
from shared.runtime import ids
from shared.runtime.clock import to_wire
from shared.wire import codes
from shared.wire.local import MatchProposed, Reason
from shared.wire.messages import Description

LOGIN, PASSWORD = "rasa", "four unrelated words do well"
AT_ONCE = 250
ALERTS, MATCHES = 200, 300


@dataclass(frozen=True, slots=True)
class Filled:
    """One organisation with much in it. `of` has an id for each part of an address."""

    node: Node
    of: dict[str, str]


@contextmanager
def filled(folder: Path, cases: int) -> Iterator[Filled]:
    """A node with so many cases, half of them people who are with us, and alerts and matches of some."""
    with nodes.circle(folder, None) as (node, _):
        intake, chance = node.intake.use_cases, random.Random(11)
        user = intake.users.create(LOGIN, PASSWORD, "Rasa (invented)", UserRole.CASEWORKER)
        by = Actor(user.id, UserRole.CASEWORKER, "main")
        made = _cases(node, by, cases, chance)
        alerts = [
            intake.alerts.publish(one, Choices(), by, partners=[PARTNER]).id
            for one in made[CaseKind.MISSING][:ALERTS]
        ]
        matches = [_match(node, one) for one in made[CaseKind.FOUND][:MATCHES]]
        yield Filled(
            node,
            {
                "case_id": made[CaseKind.MISSING][0],
                "alert_id": alerts[0],
                "match_id": matches[0],
                "organisation": PARTNER,
                "unshared": made[CaseKind.MISSING][-1],
            },
        )


def _cases(node: Node, by: Actor, count: int, chance: random.Random) -> dict[CaseKind, list[str]]:
    made: dict[CaseKind, list[str]] = {CaseKind.MISSING: [], CaseKind.FOUND: []}
    for start in range(0, count, AT_ONCE):
        with node.intake.database.begin() as session:
            for number in range(start, min(start + AT_ONCE, count)):
                kind = CaseKind.FOUND if number % 2 else CaseKind.MISSING
                row = node.intake.use_cases.cases.add(session, case(kind, person(chance)), by)
                made[kind].append(row.id)
    return made


def _match(node: Node, case_id: str) -> str:
    now = node.intake.clock.now()
    body = MatchProposed(
        match=ids.new_id("match"),
        version=1,
        partner=PARTNER,
        alert=ids.new_id("alert"),
        alert_version=1,
        case=case_id,
        score=1800,
        strength=codes.Strength.VERY_LIKELY,
        reasons=[
            Reason(
                comparator="family_name_sound",
                verdict=codes.Verdict.FOR,
                weight=50,
                parameters={"one_in": 500},
            )
        ],
        facts="0" * 64,
        kind=codes.CaseKind.MISSING,
        category=codes.Category.ADULT,
        urgency=codes.Urgency.FUTURE,
        status=codes.MsgStatus.ACTUAL,
        tlp=codes.Tlp.AMBER_STRICT,
        permitted_use=codes.PermittedUse.ASK_PARTNER,
        description=Description(sex=codes.Sex.FEMALE, birth_decade=2000),
        expires=to_wire(now + timedelta(days=30)),
    )
    incoming = Incoming(body.TYPE, f"{node.id}/matching", ids.new_id("msg"), now, 1, body, b"")
    with node.intake.database.begin() as session:
        node.intake.use_cases.handlers[body.TYPE](session, incoming)
    return body.match
