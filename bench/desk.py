"""(b) From "publish" at one desk to the possible match on the other, with every process of two nodes."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from bench.children import ChildFailed
from bench.figures import percentile
from bench.nodes import PARTNER, Node
from bench.people import case, person
from bench.samples import alert
from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind, MsgStatus
from services.intake.domain.person import Person
from services.intake.store.matches import MatchRow
from services.matching.store import tables
from shared.wire.parties import Party, Role

LOOK_SECONDS = 0.005
PAUSE_SECONDS = (0.0, 1.0)
"""Between two alerts, by chance, so that none of the loops' pauses falls into step with us."""
LEAD_SECONDS = 2.0
_PATIENCE = 300.0
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Latency":
        """From measured seconds."""
        return cls(percentile(seconds, 50) * 1000, percentile(seconds, 99) * 1000)


class Desk:
    """Publishes on one side and looks on the other, through the use cases that the two desks call."""

    def __init__(self, sender: Node, partner: Node, say: Callable[[str], None]) -> None:
        self._sender = sender
        self._partner = partner
        self._say = say
        self._chance = random.Random(5)
        self._known: list[tuple[str, Person]] = []

    def prepare(self, count: int) -> None:
        """Register so many found people and wait until matching has their pseudonyms, asked for blindly."""
        cases, actor = self._partner.intake.use_cases.cases, self._partner.actor()
        for _ in range(count):
            someone = person(self._chance)
            view = cases.register(case(CaseKind.FOUND, someone), actor)
            self._known.append((view.summary.id, someone))
        database = self._partner.matching.database

        def ready() -> bool:
            with database.read() as session:
                return (
                    session.execute(select(func.count()).select_from(tables.own_case)).scalar_one() >= count
                )

        _wait(ready, 0.2)
        self._say(f"the partner has the pseudonyms of its {count} own cases")

    def measure(self, count: int, at_most: float = float("inf")) -> Latency:
        """Publish so many alerts, one after the other, each for a person whom the partner found.

        Stops after `at_most` seconds, when the load ends.
        """
        seconds: list[float] = []
        end = time.monotonic() + at_most
        while len(seconds) < count and (time.monotonic() < end or not seconds):
            time.sleep(self._chance.uniform(*PAUSE_SECONDS))
            seconds.append(self._once())
        result = Latency.of(seconds)
        self._say(
            f"{len(seconds)} alerts: half within {result.p50:.0f} ms, 99 of 100 within {result.p99:.0f} ms"
        )
        return result

    def load(self, rate: float, seconds: float) -> int:
        """Put sealed alerts into the sender's outbox that fall due at `rate` a second; returns how many."""
        intake = self._sender.intake
        count, to = int(rate * seconds), Party(PARTNER, Role.MATCHING)
        begin = intake.clock.now() + timedelta(seconds=LEAD_SECONDS + count * 0.002)
        for start in range(0, count, _AT_ONCE):
            with intake.database.begin() as session:
                for number in range(start, min(start + _AT_ONCE, count)):
                    due = begin + timedelta(seconds=number / rate)
                    body = alert(self._chance, begin)
                    intake.use_cases.context.post.send(session, to, body, not_before=due)
        time.sleep(max(0.0, (begin - intake.clock.now()).total_seconds()))
        return count

    def _once(self) -> float:
        """Seconds from the call of `publish` until the match is in what the other desk shows."""
        own_case, someone = self._known.pop()
        cases, alerts = self._sender.intake.use_cases.cases, self._sender.intake.use_cases.alerts
        missing = cases.register(case(CaseKind.MISSING, someone), self._sender.actor())
        choices = Choices(status=MsgStatus.EXERCISE)
        start = time.perf_counter()
        alerts.publish(missing.summary.id, choices, self._sender.actor(), partners=[PARTNER])
        database = self._partner.intake.database

        def shown() -> bool:
            with database.read() as session:
                chosen = select(MatchRow.id).where(MatchRow.case_id == own_case).limit(1)
                return session.execute(chosen).first() is not None

        _wait(shown, LOOK_SECONDS)
        overview = self._partner.intake.use_cases.matches.overview(self._partner.actor(), case_id=own_case)
        if not overview:
            raise ChildFailed("the possible match is stored, and the desk does not show it")
        return time.perf_counter() - start


def _wait(reached: Callable[[], bool], pause: float) -> None:
    until = time.monotonic() + _PATIENCE
    while not reached():
        if time.monotonic() > until:
            raise ChildFailed("what was waited for did not come; see the logs")
        time.sleep(pause)
