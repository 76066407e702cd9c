"""(a) Alerts a second, ours and the floor's in turn, so that a noisy neighbour meets both."""

import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bench.children import Child, ChildFailed
from bench.nodes import PARTNER, SENDER, Node
from bench.samples import Found, alert, case_pseudonyms, found
from services.matching.store import partners, tables
from shared.bus.private_node import PrivateBroker
from shared.runtime.ports import free_ports
from shared.wire.parties import Party, Role

OWN_CASES = 1_000
WORKERS = 1
"""Matching workers of the partner. On one SQLite file a second one was slower (docs/BENCHMARK.md)."""
KNOWN_EVERY = 100
"""Every hundredth alert is about a person of an own case, and so asks intake about it, which does not run."""
POLL_SECONDS = 0.02
PATIENCE_SECONDS = 300.0
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was measured; rates are alerts a second."""

    ratio: float
    ours: float
    floor: float
    rounds: int
    alerts: int


def measure(
    sender: Node,
    partner: Node,
    broker: PrivateBroker,
    logs: Path,
    alerts: int,
    rounds: int,
    say: Callable[[str], None],
) -> Exchange:
    """Send `alerts` through both ways `rounds` times; the first round of each is a rehearsal."""
    chance = random.Random(2)
    cases = found(OWN_CASES, chance)
    floor = ["bench.exchange.floor"]
    place = [str(broker.ports.tls), str(broker.folder)]
    with (
        Child([*floor, "receive", *place], logs / "floor-receive.log") as floor_receiver,
        Child([*floor, "send", *place], logs / "floor-send.log") as floor_sender,
        Child(["bench.exchange.sender", str(sender.folder / "intake")], logs / "sender.log") as relay,
        _matching(partner, logs),
    ):
        for child in (floor_receiver, floor_sender, relay):
            child.expect("ready")
        _tell_cases(partner, cases)
        floors: list[float] = []
        ours: list[float] = []
        for number in range(rounds + 1):
            _prepare(sender, cases, alerts, chance)
            # The floor before and after: a machine that becomes slower, or is held back after some seconds
            # of work, is so for both.
            before = _floor_round(floor_sender, floor_receiver, alerts)
            ours.append(alerts / _our_round(relay, partner, alerts))
            after = _floor_round(floor_sender, floor_receiver, alerts)
            floors.append(2 * alerts / (before + after))
            label = f"round {number}" if number else "rehearsal"
            say(f"{label}: {ours[-1]:.0f} of {floors[-1]:.0f} alerts a second, {ours[-1] / floors[-1]:.2f}")
    ratio = statistics.median(mine / bare for mine, bare in zip(ours[1:], floors[1:], strict=True))
    return Exchange(ratio, statistics.median(ours[1:]), statistics.median(floors[1:]), rounds, alerts)


@contextmanager
def _matching(partner: Node, logs: Path) -> Iterator[None]:
    """The partner's matching workers, which share its inbox and its database."""
    with ExitStack() as stack:
        for number, port in enumerate(free_ports(WORKERS)):
            log, folder = logs / f"matching-{number}.log", partner.folder / "matching"
            stack.enter_context(Child(["services.matching", "worker"], log, folder, health_port=port))
        yield


def _floor_round(sender: Child, receiver: Child, alerts: int) -> float:
    """Seconds."""
    receiver.say(f"go {alerts}")
    start = time.perf_counter()
    sender.say(f"go {alerts}")
    receiver.expect("all")
    seconds = time.perf_counter() - start
    sender.expect("sent")
    return seconds


def _our_round(relay: Child, partner: Node, alerts: int) -> float:
    """Seconds until the last one is stored and compared, which is one transaction at the partner."""
    # The driver alone: looking must take no time from the processes that are measured.
    path = f"file:{partner.matching.database.engine.url.database}?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as watch:

        def stored() -> int:
            number: int = watch.execute("SELECT count(*) FROM alert").fetchone()[0]
            return number

        wanted = stored() + alerts
        start = time.perf_counter()
        relay.say("go")
        _wait(lambda: stored() >= wanted)
    seconds = time.perf_counter() - start
    relay.expect("sent")
    return seconds


def _wait(reached: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        if time.monotonic() > until:
            raise ChildFailed("the alerts did not arrive; see the logs")
        time.sleep(POLL_SECONDS)


def _tell_cases(partner: Node, cases: list[Found]) -> None:
    """Lyon's own cases, from its intake to its matching over the local broker."""
    intake = partner.intake
    post = intake.use_cases.context.post
    for start in range(0, len(cases), _AT_ONCE):
        with intake.database.begin() as session:
            for case in cases[start : start + _AT_ONCE]:
                post.tell(session, case_pseudonyms(case, SENDER))
        partner.send_local()
    database = partner.matching.database

    def known() -> bool:
        with database.read() as session:
            count = session.execute(select(func.count()).select_from(tables.own_case)).scalar_one()
            # What the workers are told of the sender may come after the cases: they share the work.
            return count >= len(cases) and partners.known(session, SENDER).may_speak

    _wait(known)


def _prepare(sender: Node, cases: list[Found], alerts: int, chance: random.Random) -> None:
    """Sealed alerts in the sender's outbox."""
    intake = sender.intake
    post, to = intake.use_cases.context.post, Party(PARTNER, Role.MATCHING)
    for start in range(0, alerts, _AT_ONCE):
        with intake.database.begin() as session:
            for number in range(start, min(start + _AT_ONCE, alerts)):
                person = chance.choice(cases) if number % KNOWN_EVERY == 0 else None
                post.send(session, to, alert(chance, intake.clock.now(), person))
