"""What changes while a worker runs: a new case, a changed one, and a new epoch among 100,000 own cases.

What is timed is one alert that comes next: it reads what changed, is compared, and finds its person. How long
the others take that are in memory already shows what an alert costs when nothing changed.
"""

import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from bench import compare
from bench.figures import rss_mb
from bench.samples import Found, alert, found, tag_set
from bench.scale_worker import KEY, database_of
from services.matching.columns import Columns
from services.matching.comparing import Comparing
from services.matching.store import partners, tables
from services.matching.store.cases import Cases
from services.matching.store.content import facts_of, stored
from shared.crypto.rest import RestCipher
from shared.runtime.clock import SystemClock
from shared.store.engine import Database
from shared.wire.messages import AlertPublished

TIMES = 30
PIECES = 100
"""A new epoch comes in so many pieces, with an alert after each."""


def measure(folder: Path, partner: str) -> dict[str, float]:
    """Milliseconds of processor time for one alert, and megabytes of a second epoch."""
    database = database_of(folder)
    worker = _Worker(database, partner)
    count = worker.count()
    worker.time(None, 1)  # reads the column
    nothing = [worker.time(None, 1) for _ in range(TIMES)]
    all_decades = [worker.time(None, 1, decade=False) for _ in range(TIMES)]
    added, changed = [], []
    for one in found(TIMES, worker.chance):
        worker.put(one, 1)
        added.append(worker.time(one, 1))
        worker.put(one, 2)
        changed.append(worker.time(one, 1))
    before = rss_mb(os.getpid())
    turning = list(worker.new_epoch(count))
    grown = rss_mb(os.getpid()) - before
    both = [worker.time(None, 1, decade=False) for _ in range(TIMES)]
    database.dispose()
    return {
        "scale_alert_cpu_ms": statistics.median(nothing),
        "scale_alert_all_decades_cpu_ms": statistics.median(all_decades),
        "scale_new_case_cpu_ms": statistics.median(added),
        "scale_changed_case_cpu_ms": statistics.median(changed),
        "scale_new_epoch_cpu_ms": statistics.median(turning),
        "scale_both_epochs_cpu_ms": statistics.median(both),
        "scale_second_epoch_mb": round(grown, 1),
    }


class _Worker:
    """Compares as a worker does; its column stays in memory."""

    def __init__(self, database: Database, partner: str) -> None:
        self._database, self._partner = database, partner
        self._cipher = RestCipher(KEY)
        self._cases = Cases(self._cipher)
        self._comparing = Comparing(self._cases, Columns(self._cases))
        self.chance = random.Random(7)

    def count(self) -> int:
        """Own cases towards the partner."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(tables.own_case)) or 0

    def put(self, case: Found, version: int) -> None:
        """Store a case or its next version, as any worker may."""
        with self._database.begin() as session:
            self._cases.put(session, compare.own_case(case, self._partner, 1, version))

    def new_epoch(self, count: int) -> Iterator[float]:
        """Every case in the second epoch as well, piece by piece, with an alert after each."""
        each = max(1, count // PIECES)
        old = found(1, self.chance)[0]
        self.put(old, 1)
        for _ in range(PIECES):
            new = compare.fill(self._database, self._cipher, each, self.chance, self._partner, epoch=2)
            yield self.time(self.chance.choice(new), 2)
            self.time(old, 1)  # by the old epoch people are found as before

    def time(self, person: Found | None, epoch: int, *, decade: bool = True) -> float:
        """Milliseconds for one alert with tags of both epochs, about somebody who is known in one of them.

        Raises ValueError if that person is not found, or somebody else is.
        """
        body = self._alert(person, epoch, decade=decade)
        start = time.process_time()
        with self._database.read() as session:
            known = partners.known(session, self._partner)
            results = self._comparing.alert_with_cases(
                session, known, stored(self._partner, body), facts_of(body)
            )
        spent = 1000 * (time.process_time() - start)
        if list(results) != ([person.reference] if person else []):
            raise ValueError("an alert did not find its person and nobody else: nothing was measured")
        return spent

    def _alert(self, person: Found | None, epoch: int, *, decade: bool) -> AlertPublished:
        made = alert(self.chance, SystemClock().now(), person)
        sets = [tag_set(self.chance, person if one == epoch else None, one) for one in (1, 2)]
        description = (
            made.description if decade else made.description.model_copy(update={"birth_decade": None})
        )
        return made.model_copy(update={"tag_sets": sets, "description": description})
