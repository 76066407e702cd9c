"""What a partner sends beyond its allowance is named by `doctor` and counted by `status` (decisions/0014)."""

from pathlib import Path

from admin.node import Node
from services.intake.allowances import ALLOWANCES as INTAKE
from services.matching.allowances import allowances
from shared.bus.memory import MemoryBus
from shared.post.pace import Allowance, Arrived, Pace
from shared.post.routes import Lane
from shared.runtime.clock import SystemClock
from shared.store import inbox
from shared.store.engine import Database
from tests.support.command import run
from tests.support.world import MemoryWires

SENDER = "lv-riga/intake"


def test_a_partner_that_floods_is_named(node: Path) -> None:
    database, now = Database(f"sqlite:///{node}/matching/matching.db"), SystemClock().now()
    pace = Pace((Allowance("alerts", frozenset({"alert.published"}), at_once=1, a_minute=1),))
    new = [Arrived(SENDER, f"msg_{letter * 26}", "alert.published") for letter in "abcde"]
    with database.begin() as session:
        inbox.put_many(
            session, [inbox.Incoming(one.sender, one.id, one.type, b"x", now) for one in new], None
        )
        assert pace.hold(session, new, now) == 4
    database.dispose()
    rows = {
        row["check"]: row for row in run("doctor", "--json", "--only", "waiting", node=node, code=None).json
    }
    assert rows["held back matching"]["state"] == "LOOK"
    assert "lv-riga/intake sends more" in rows["held back matching"]["sentence"]
    assert "partner suspend" in rows["held back matching"]["sentence"]
    assert "held back intake" not in rows
    found = run("status", "--json", node=node).json
    assert found["held_back_in_matching"] == {SENDER: 4}
    assert found["held_back_in_intake"] == {}


def test_the_services_hold_partners_to_their_allowances_and_nobody_at_home(node: Path) -> None:
    place = Node.at(node)
    with place.intake() as intake, place.matching() as matching:
        relay, local = MemoryBus.relay(["lt-vilnius"]), MemoryBus.node("lt-vilnius")
        for app, expected in ((intake, INTAKE), (matching, allowances(2_000))):
            wires = MemoryWires("lt-vilnius", app.me.role.value, relay, local)
            office = app.office(wires)
            assert office.receiver(Lane.RELAY).pace.allowances == expected
            assert office.receiver(Lane.LOCAL).pace.allowances == ()
        assert "forget" in [loop.name for loop in intake.loops()]
