"""Case 70: whatever the relay does with the order and the number of messages, the end is the same."""

import random
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.matching import app as matching_app
from services.matching.store import candidates, tables
from shared.bus.port import Delivery, Verdict
from shared.bus.topology import inbox_queue
from shared.post.incoming import Handler
from shared.post.receiver import Receiver as PostReceiver
from shared.post.routes import Lane, stream
from shared.runtime import settings as settings_files
from shared.store import sequence
from shared.store.engine import Database
from shared.wire import local, messages
from shared.wire.parties import Party, Role
from tests.scenario.play import LYON, VILNIUS
from tests.support.matching_world import World as Bodies
from tests.support.matching_world import agreement, matching_database, reference, tombstone, withdrawn
from tests.support.world import MemoryWires, Node, Post, world

ALERTS = 300
"""With their updates and ends these make 1,000 messages."""
QUEUE = inbox_queue(LYON, "matching")


def story(bodies: Bodies) -> list[messages.Body]:
    """What one publisher sends about 300 alerts, in order: 1,000 messages."""
    told: list[messages.Body] = []
    for number in range(ALERTS):
        name = f"person {number}"
        told.append(bodies.alert(name, 1))
        updates = number % 4
        for version in range(2, 2 + updates):
            told.append(bodies.alert(name, version, kind=messages.AlertUpdated))
        if number % 3 == 0:
            told.append(withdrawn(name, 2 + updates))
        if number % 6 == 0:
            told.append(tombstone(name, 3 + updates))
        if number % 3 == 1:
            told.append(bodies.alert(name, 1))  # sent anew, as after a gap
    return told[:1000]


class Receiver:
    """Lyon's matching from one and the same beginning, as often as wanted."""

    def __init__(self, node: Node, deliveries: list[Delivery], bodies: Bodies) -> None:
        self.node, self.deliveries, self.bodies = node, deliveries, bodies
        self.file = node.folder / "matching" / "matching.db"
        node.matching.database.dispose()
        with sqlite3.connect(self.file) as line:
            line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        line.close()
        self.beginning = self.file.read_bytes()

    def serve_gaps(self, database: Database, numbers: str, receiver: PostReceiver) -> None:
        """What is still asked for comes once more, as from the publisher's outbox. Of very many gaps only so
        many are remembered, and the rest as one, so that numbers that are known are asked for as well.
        """
        for _ in range(20):
            with database.read() as session:
                gaps = sequence.missing(session, numbers)
            if not gaps:
                return
            for gap in gaps:
                receiver.take([self.deliveries[number - 1] for number in gap])

    def answer(self, app: matching_app.MatchingApp) -> int:
        """Let Lyon's intake know its person in every pair that waits (decisions/0019); how many waited."""
        asked = candidates.table
        with app.database.begin() as session:
            waiting = session.execute(select(asked).where(asked.c.agreement.is_(None))).all()
            for pair in waiting:
                body = local.CandidateCompared(
                    alert=pair.alert,
                    alert_version=pair.alert_version,
                    partner=pair.partner,
                    case=pair.own_case,
                    case_version=pair.case_version,
                    agreement=agreement(),
                )
                known = replace(self.bodies.incoming(body), sender=f"{LYON}/intake")
                app.handlers.handlers["candidate.compared"](session, known)
        return len(waiting)

    def end_after(self, order: list[int], batches: list[int]) -> dict[str, Any]:
        """Deliver in this order, in batches of these sizes, handling in between; what there is at the end."""
        self.file.write_bytes(self.beginning)
        for leftover in self.file.parent.glob("matching.db-*"):
            leftover.unlink()
        app = matching_app.build(settings_files.load(self.node.folder / "matching"), self.node.clock)
        wires = MemoryWires(LYON, "matching", self.node.posts[1].wires.relay, self.node.local)
        post = Post(app.office(wires), wires)
        receiver, processor = post.office.receiver(Lane.RELAY), post.office.processor()
        try:
            place, turn = 0, 0
            while place < len(order):
                size = batches[turn % len(batches)]
                batch = [self.deliveries[index] for index in order[place : place + size]]
                assert receiver.take(batch) == [Verdict.ACK] * len(batch)
                if turn % 3 == 0:
                    processor.process_due()
                    self.answer(app)
                place, turn = place + size, turn + 1
            numbers = stream(Party(VILNIUS, Role.INTAKE), Party(LYON, Role.MATCHING))
            self.serve_gaps(app.database, numbers, receiver)
            while processor.process_due() or self.answer(app) or app.handlers.compare_more():
                pass
            with app.database.read() as session:
                alerts = session.execute(
                    select(tables.alert.c.alert, tables.alert.c.state, tables.alert.c.version)
                ).all()
                contents = set(
                    session.execute(
                        select(tables.alert.c.alert).where(tables.alert.c.content.is_not(None))
                    ).scalars()
                )
                pairs = session.execute(select(tables.match.c.alert, tables.match.c.own_case)).all()
                gaps = sequence.missing(session, numbers)
            return {
                "alerts": sorted(map(tuple, alerts)),
                "contents": contents,
                "matches": sorted(map(tuple, pairs)),
                "gaps": gaps,
            }
        finally:
            app.database.dispose()


@pytest.fixture(scope="module")
def lyon(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Lyon, which holds every tenth person, and what Vilnius sent: 1,000 envelopes."""
    folder: Path = tmp_path_factory.mktemp("order")
    with world(folder / "world", (VILNIUS, LYON)) as made:
        made.befriend(VILNIUS, LYON)
        made.pump()
        bodies = Bodies(matching_database("sqlite", folder))
        told = story(bodies)
        assert len(told) == 1000
        with made[LYON].matching.database.begin() as session:
            handler: Handler = made[LYON].matching.handlers.handlers["case.pseudonyms"]
            for number in range(0, ALERTS, 10):
                name = f"person {number}"
                known = replace(bodies.incoming(bodies.case(name)), sender=f"{LYON}/intake")
                handler(session, known)
        vilnius = made[VILNIUS].intake
        with vilnius.database.begin() as session:
            for body in told:
                vilnius.use_cases.context.post.send(session, Party(LYON, Role.MATCHING), body)
        while made[VILNIUS].posts[0].office.outbox_relay(Lane.RELAY).publish_due():
            pass
        deliveries = made.relay.take(QUEUE, 2000)
        assert len(deliveries) == 1000
        yield Receiver(made[LYON], deliveries, bodies)
        bodies.database.dispose()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def in_order(lyon: Receiver) -> dict[str, Any]:
    """What there is when everything comes once and in order."""
    end = lyon.end_after(list(range(1000)), [50])
    assert len(end["alerts"]) == ALERTS
    assert {state for _, state, _ in end["alerts"]} == {"live", "withdrawn", "tombstone"}
    assert len(end["matches"]) == len([n for n in range(0, ALERTS, 10) if n % 3])
    assert reference("alert", "person 0") not in end["contents"]
    assert end["gaps"] == []
    return end


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a thousand messages cannot be made fewer in any useful time
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), batches=st.lists(st.integers(1, 120), min_size=1, max_size=5))
def test_random_order_and_duplicates_end_in_the_same_state(
    lyon: Receiver, in_order: dict[str, Any], seed: int, batches: list[int]
) -> None:
    """Cases 70 and 71: 1,000 messages shuffled, 300 of them twice."""
    chance = random.Random(seed)
    order = [*range(1000), *chance.sample(range(1000), 300)]
    chance.shuffle(order)
    assert lyon.end_after(order, batches) == in_order
