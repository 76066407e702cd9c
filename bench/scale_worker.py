"""One process of `bench.scale`: matching's own handlers, inbox and processor, without keys and broker."""

import json
import os
import random
import statistics
import sys
import threading
import time
from base64 import b64decode
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from bench.figures import rss_mb
from bench.samples import alert
from services.matching.columns import Columns
from services.matching.comparing import Comparing
from services.matching.handlers import Handlers
from services.matching.store import partners
from services.matching.store.cases import Cases
from services.matching.store.content import facts_of, stored
from shared.crypto.rest import RestCipher
from shared.post.handover import Handover
from shared.post.incoming import Incoming
from shared.post.processor import Processor
from shared.post.routes import Lane
from shared.runtime import ids
from shared.runtime.clock import SystemClock
from shared.store import inbox, outbox
from shared.store.audit import Audit
from shared.store.engine import Database
from shared.store.outbox import Priority
from shared.wire import canonical, envelope
from shared.wire.messages import Body
from shared.wire.parties import Party, Role

KEY = bytes(32)
"""Of the database that the benchmark makes and deletes."""
ME = Party("fr-lyon", Role.MATCHING)
_ENVELOPE_BYTES = 5_400
"""About as long as what the real post puts into the outbox."""


class _Post:
    """Puts something as long as an envelope into the outbox; nothing is sealed."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock

    def tell(self, session: Session, body: Body, *, priority: int = Priority.NORMAL) -> str:
        message, now = ids.new_id("msg"), self._clock.now()
        sealed = canonical.dumps(body.to_wire()).ljust(_ENVELOPE_BYTES)
        outbox.put(
            session,
            outbox.Outgoing(
                lane=Lane.LOCAL,
                routing_key="bench",
                body=sealed,
                content_type="application/octet-stream",
                message_id=message,
                recipient="intake",
                created=now,
                priority=priority,
            ),
        )
        return message

    def wake(self, session: Session, key: str) -> int:
        return inbox.wake(session, key, self._clock.now())

    def send(
        self,
        session: Session,
        to: Party,
        body: Body,
        *,
        priority: int = Priority.NORMAL,
        not_before: datetime | None = None,
        keep: timedelta | None = None,
    ) -> str:
        raise NotImplementedError("the benchmark sends no receipts")


def database_of(folder: Path) -> Database:
    """The database in this folder."""
    return Database(f"sqlite:///{folder / 'matching.db'}")


def one_partner(number: int) -> str:
    """The name of one of many partners."""
    return f"lt-partner-{number}"


def run_worker(folder: Path) -> None:
    """Says "ready"; takes a message a line, in base64, until the end; to "?" it says what it used so far."""
    clock, cipher, database = SystemClock(), RestCipher(KEY), database_of(folder)
    handlers = Handlers(
        database=database,
        post=_Post(clock),
        clock=clock,
        cipher=cipher,
        audit=Audit(str(ME), clock),
        me=ME,
        receipt_slot_seconds=60,
    )
    handover = Handover(f"bench-{os.getpid()}")
    processor = Processor(
        database,
        handlers.handlers,
        _decode,
        cipher,
        clock,
        handover.owner,
        batches=handlers.batches,
        handover=handover,
    )
    stop, handled = threading.Event(), 0

    def work() -> None:
        nonlocal handled
        while not stop.is_set():
            done = processor.process_due()
            handled += done
            if not done:
                handover.wait(processor.poll_seconds)

    worker = threading.Thread(target=work)
    worker.start()
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "?":
            used = {"cpu": time.process_time(), "mb": rss_mb(os.getpid()), "handled": handled}
            print(json.dumps(used), flush=True)
            continue
        with database.begin() as session:
            item = inbox.put_and_claim(
                session, [_arrived(b64decode(line), clock.now())], cipher, handover.owner, clock.now()
            )[0]
        if item is not None:
            handover.put([item])
            handover.wake()
    stop.set()
    worker.join()
    database.dispose()


def compare_partners(folder: Path, count: int) -> dict[str, float]:
    """An alert of each of so many partners: read for the first time, in memory, and with room for half."""
    cipher, database, chance = RestCipher(KEY), database_of(folder), random.Random(6)
    cases = Cases(cipher)
    names = [one_partner(number) for number in range(count)]
    columns = Columns(cases)
    before = rss_mb(os.getpid())
    cold = _each(database, Comparing(cases, columns), names, chance)
    added = rss_mb(os.getpid()) - before
    warm = _each(database, Comparing(cases, columns), names, chance)
    tight = Columns(cases, most_bytes=columns.nbytes // 2)
    for _ in range(2):
        turns = _each(database, Comparing(cases, tight), names, chance)
    database.dispose()
    return {
        "scale_partners_mb": round(added, 1),
        "scale_partners_cold_cpu_ms": statistics.median(cold),
        "scale_partners_cpu_ms": statistics.median(warm),
        "scale_partners_half_memory_cpu_ms": statistics.median(turns),
    }


def _each(database: Database, comparing: Comparing, names: list[str], chance: random.Random) -> list[float]:
    """Milliseconds of processor time for one alert of each."""
    times = []
    for name in names:
        body = alert(chance, SystemClock().now())
        start = time.process_time()
        with database.read() as session:
            known = partners.known(session, name)
            comparing.alert_with_cases(session, known, stored(name, body), facts_of(body))
        times.append(1000 * (time.process_time() - start))
    return times


def _arrived(inner: bytes, now: datetime) -> inbox.Incoming:
    message = envelope.decode_checked(inner)
    return inbox.Incoming(str(message.sender), message.id, message.type, inner, now, lane=Lane.RELAY)


def _decode(inner: bytes, received: datetime) -> Incoming:
    message = envelope.decode_checked(inner)
    return Incoming(
        type=message.type,
        sender=str(message.sender),
        id=message.id,
        created=message.created,
        seq=message.seq,
        body=message.body,
        received=received,
    )
