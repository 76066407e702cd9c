"""(d) One alert against 1,000, 10,000 and 100,000 own cases, through matching's own code.

What is timed is what the worker does with an alert that was stored in the inbox: decode it, look it up in the
columns of 24 pseudonyms a case, read the candidates from the database, score them. Each size is a process of
its own, so that its memory is its own:

    python -m bench.compare COUNT FOLDER ALERTS     prints "ms cpu mb": medians by the clock on the
                                                    wall and of processor time, memory that the cases take
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.children import Child
from bench.figures import rss_mb
from bench.samples import GROUPS, Found, alert, found
from services.matching.columns import Columns
from services.matching.comparing import Comparing
from services.matching.store import partners, tables
from services.matching.store.cases import Cases, OwnCase
from services.matching.store.content import facts_of, stored
from shared.crypto.rest import RestCipher, new_key
from shared.crypto.signing import SigningKey, key_id
from shared.runtime import ids
from shared.runtime.clock import SystemClock
from shared.store.engine import Database
from shared.wire import envelope
from shared.wire.codes import CaseKind
from shared.wire.messages import AlertContent, AlertPublished
from shared.wire.parties import Party, Role

PARTNER = "lt-vilnius"
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
_AT_ONCE = 5_000
_PATIENCE = 900.0


@dataclass(frozen=True, slots=True)
class Compared:
    """Milliseconds for one alert, waited and worked, and megabytes that the own cases add to the process."""

    milliseconds: float
    processor: float
    megabytes: float


def measure(
    sizes: dict[str, int], folder: Path, alerts: int, say: Callable[[str], None]
) -> dict[str, Compared]:
    """One process for each size, one after the other."""
    results: dict[str, Compared] = {}
    for name, count in sizes.items():
        arguments = ["bench.compare", str(count), str(folder / name), str(alerts)]
        with Child(arguments, folder / f"compare-{name}.log") as child:
            one = Compared(*map(float, child.hear(_PATIENCE).split()))
        results[name] = one
        say(
            f"{count:,} own cases: {one.milliseconds:.2f} ms an alert, "
            f"{one.processor:.2f} ms of processor time, {one.megabytes:.0f} MB more"
        )
    return results


def main(count: int, folder: Path, alerts: int) -> None:
    """Fill a database, load the columns, compare."""
    folder.mkdir(parents=True)
    chance, cipher = random.Random(4), RestCipher(new_key())
    database = Database(f"sqlite:///{folder / 'matching.db'}")
    tables.metadata.create_all(database.engine)
    cases = Cases(cipher)
    known = fill(database, cipher, count, chance, PARTNER)
    comparing = Comparing(cases, Columns(cases))
    messages = [message(alert(chance, SystemClock().now(), chance.choice(known))) for _ in range(alerts + 1)]
    before = rss_mb(os.getpid())
    _compare(database, comparing, messages[0])  # loads the columns
    added = rss_mb(os.getpid()) - before
    waited, worked = [], []
    for each in messages[1:]:
        start = time.process_time()
        waited.append(_compare(database, comparing, each))
        worked.append(time.process_time() - start)
    medians = (1000 * statistics.median(times) for times in (waited, worked))
    print(*(f"{median:.4f}" for median in medians), f"{added:.1f}", flush=True)
    database.dispose()


def _compare(database: Database, comparing: Comparing, message: bytes) -> float:
    """Seconds for one alert, whose person is one of the own cases."""
    start = time.perf_counter()
    body = envelope.decode_checked(message).body
    if not isinstance(body, AlertContent):
        raise TypeError("the benchmark made another message than an alert")
    with database.read() as session:
        partner = partners.known(session, PARTNER)
        results = comparing.alert_with_cases(session, partner, stored(PARTNER, body), facts_of(body))
    seconds = time.perf_counter() - start
    if not results:
        raise ValueError("an alert for a known person found nothing: what was measured is not the comparison")
    return seconds


def fill(
    database: Database, cipher: RestCipher, count: int, chance: random.Random, partner: str, epoch: int = 1
) -> list[Found]:
    """Own cases as `case.pseudonyms` leaves them, written many at once; returns some of them."""
    kept: list[Found] = []
    cases = Cases(cipher)
    for start in range(0, count, _AT_ONCE):
        made = found(min(_AT_ONCE, count - start), chance)
        kept += made[:50]
        with database.begin() as session:
            revision = partners.known(session, partner).revision
            rows = [
                {**cases.values(own_case(one, partner, epoch)), "revision": revision + number}
                for number, one in enumerate(made, start=1)
            ]
            session.execute(tables.own_case.insert(), rows)
            partners.change(session, partner, revision=revision + len(made))
    return kept


def own_case(case: Found, partner: str, epoch: int = 1, version: int = 1) -> OwnCase:
    """One own case towards a partner."""
    return OwnCase(
        partner=partner,
        epoch=epoch,
        own_case=case.reference,
        version=version,
        kind=CaseKind.FOUND,
        groups=GROUPS,
        pseudonyms=b"".join(case.pseudonyms),
        description=case.description,
    )


def message(body: AlertPublished, partner: str = PARTNER) -> bytes:
    """The inner bytes, as the inbox keeps them."""
    now = SystemClock().now().replace(microsecond=0)
    return envelope.encode_inner(
        envelope.Inner(
            id=ids.new_id("msg"),
            sender=Party(partner, Role.INTAKE),
            skid=key_id(SigningKey.generate().verify_key),
            to=Party("fr-lyon", Role.MATCHING),
            created=now,
            expires=now + timedelta(days=30),
            seq=1,
            body=body,
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
