"""(f) 10 alerts a second against 100,000 own cases on two matching workers, and 50 partners of 2,000 cases.

    python -m bench.scale [--quick]                  three to five minutes; adds scale_* to build/bench.json
    python -m bench.scale worker FOLDER              one worker; takes stored messages line by line
    python -m bench.scale partners FOLDER COUNT      alerts of so many partners, in one process
    python -m bench.scale changes FOLDER PARTNER     new cases and a new epoch, in one process

What a worker does is what it does in production from the moment in which an envelope is open: store it in the
inbox and claim it, decode, compare, store, audit, owe the receipt, commit durably. Opening envelopes and the
broker are in (a). Processor time tells the same on a busy machine; what the clock on the wall tells does not.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bench import compare, scale_changes
from bench.children import Child
from bench.ending import end_everything_on_sigterm
from bench.figures import percentile
from bench.report import Report, machine
from bench.samples import Found, alert
from bench.scale_worker import KEY, compare_partners, database_of, one_partner, run_worker
from services.matching.store import tables
from shared.crypto.rest import RestCipher
from shared.runtime.clock import SystemClock
from shared.store.engine import Database
from shared.store.tables import InboxRow, SharedBase
from shared.wire import envelope
from shared.wire.messages import AlertPublished

ROOT = Path(__file__).resolve().parent.parent
SENDER = "lt-vilnius"
WORKERS = 2
WANTED_A_SECOND = 10.0
WITHOUT_BAND_EVERY = 5
"""Every so many-th alert says no birth decade, and so is compared with every own case."""
KNOWN_EVERY = 10
"""Every so many-th is about a person who is here, and so asks intake."""
PATIENCE_SECONDS = 150.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    cases: int = 100_000
    seconds: float = 25.0
    burst: int = 100
    partners: int = 50
    cases_each: int = 2_000


QUICK = Plan(200, 2.0, 10, 3, 20)


def main() -> int:
    """Run as one of the four; returns the exit code."""
    if sys.argv[1:2] == ["worker"]:
        run_worker(Path(sys.argv[2]))
        return 0
    if sys.argv[1:2] == ["partners"]:
        print(json.dumps(compare_partners(Path(sys.argv[2]), int(sys.argv[3]))), flush=True)
        return 0
    if sys.argv[1:2] == ["changes"]:
        print(json.dumps(scale_changes.measure(Path(sys.argv[2]), sys.argv[3])), flush=True)
        return 0
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Measures matching at scale.")
    parser.add_argument("--quick", action="store_true", help="a smoke run; its figures mean nothing")
    parser.add_argument("--out", type=Path, default=None, help="the JSON (build/bench.json)")
    chosen = parser.parse_args()
    end_everything_on_sigterm()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="myosotis-scale-") as folder:
        measure(QUICK if chosen.quick else Plan(), Path(folder), report)
    out = chosen.out or ROOT / "build" / ("bench-quick.json" if chosen.quick else "bench.json")
    earlier = json.loads(out.read_text()) if out.exists() else {}
    measured = {**report.values, "scale_machine": machine()}
    Report({**earlier, **measured}).write(out)
    print(report.table())
    return 0


def measure(plan: Plan, folder: Path, report: Report) -> None:
    """All three parts; the last one has a database of its own."""
    say = _say()
    chance = random.Random(5)
    database, cipher = _new(folder / "one"), RestCipher(KEY)
    known = compare.fill(database, cipher, plan.cases, chance, SENDER)
    database.dispose()
    say(f"{plan.cases:,} own cases are stored")
    _steadily(plan, folder, known, chance, report, say)
    report.put(**_child(["changes", str(folder / "one"), SENDER], folder, say))
    database = _new(folder / "many")
    for number in range(plan.partners):
        compare.fill(database, cipher, plan.cases_each, chance, one_partner(number))
    database.dispose()
    say(f"{plan.partners} partners of {plan.cases_each:,} own cases are stored")
    report.put(**_child(["partners", str(folder / "many"), str(plan.partners)], folder, say))


def _child(arguments: list[str], folder: Path, say: Callable[[str], None]) -> dict[str, float]:
    """The figures of a part that is a process of its own, so that its memory is its own."""
    with Child(["bench.scale", *arguments], folder / f"{arguments[0]}.log") as child:
        figures: dict[str, float] = json.loads(child.hear(PATIENCE_SECONDS))
    say(f"{arguments[0]}: {figures}")
    return figures


def _steadily(
    plan: Plan,
    folder: Path,
    known: list[Found],
    chance: random.Random,
    report: Report,
    say: Callable[[str], None],
) -> None:
    arguments = ["bench.scale", "worker", str(folder / "one")]
    workers = [Child(arguments, folder / f"worker-{number}.log") for number in range(WORKERS)]
    try:
        for worker in workers:
            worker.expect("ready", PATIENCE_SECONDS)
        before = _totals(workers)
        _send(workers, [_alert(chance, known, n) for n in range(WORKERS)], 0.0)
        _settled(workers, WORKERS)
        loaded = _totals(workers)
        say(f"loaded: {loaded['cpu'] - before['cpu']:.1f} s of processor time in {WORKERS} workers")
        bodies = [_alert(chance, known, n) for n in range(int(plan.seconds * WANTED_A_SECOND))]
        sent = _send(workers, bodies, 1 / WANTED_A_SECOND)
        _settled(workers, WORKERS + len(bodies))
        steady = _totals(workers)
        ends = _ends(folder / "one")
        waited = [1000 * (ends[one] - at) for one, at in sent.items()]
        rate = (len(sent) - 1) / (max(ends[one] for one in sent) - min(sent.values()))
        burst = _send(workers, [_alert(chance, known, n) for n in range(plan.burst)], 0.0)
        _settled(workers, WORKERS + len(bodies) + len(burst))
        ends = _ends(folder / "one")
        most = len(burst) / (max(ends[one] for one in burst) - min(burst.values()))
    finally:
        for worker in workers:
            worker.end()
    report.put(
        scale_load_cpu_s=(loaded["cpu"] - before["cpu"]) / WORKERS,
        scale_mb=(loaded["mb"] - before["mb"]) / WORKERS,
        scale_cpu_ms=1000 * (steady["cpu"] - loaded["cpu"]) / len(sent),
        scale_processors=WANTED_A_SECOND * (steady["cpu"] - loaded["cpu"]) / len(sent),
        scale_ms_p50=percentile(waited, 50),
        scale_ms_p99=percentile(waited, 99),
        scale_ratio=rate / WANTED_A_SECOND,
        scale_most_per_second=most,
        scale_share_of_second_worker=min(_shares(steady)) / max(1, sum(_shares(steady))),
    )
    say(f"{rate:.2f} of {WANTED_A_SECOND:.0f} alerts a second; {most:.0f} when {len(burst)} came at once")


def _alert(chance: random.Random, known: list[Found], number: int) -> AlertPublished:
    person = chance.choice(known) if number % KNOWN_EVERY == 0 else None
    made = alert(chance, SystemClock().now(), person)
    if number % WITHOUT_BAND_EVERY == 1:
        vague = made.description.model_copy(update={"birth_decade": None})
        made = made.model_copy(update={"description": vague})
    return made


def _send(workers: list[Child], bodies: list[AlertPublished], pause: float) -> dict[str, float]:
    """One after the other, to each worker in turn, as a queue would; when each was sent, by its id."""
    messages = [compare.message(body, SENDER) for body in bodies]
    sent: dict[str, float] = {}
    begin = time.monotonic()
    for number, inner in enumerate(messages):
        time.sleep(max(0.0, begin + number * pause - time.monotonic()))
        sent[envelope.decode_checked(inner).id] = time.time()
        workers[number % len(workers)].say(b64encode(inner).decode())
    return sent


def _settled(workers: list[Child], count: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while sum(_shares(_totals(workers))) < count:
        if time.monotonic() > until:
            raise TimeoutError("the alerts were not all handled; see the logs of the workers")
        time.sleep(0.2)


def _totals(workers: list[Child]) -> dict[str, float]:
    """Seconds of processor time, megabytes and messages, of all workers together and of each."""
    totals: dict[str, float] = {"cpu": 0.0, "mb": 0.0}
    for number, worker in enumerate(workers):
        worker.say("?")
        said = json.loads(worker.hear(PATIENCE_SECONDS))
        totals["cpu"] += said["cpu"]
        totals["mb"] += said["mb"]
        totals[f"handled {number}"] = said["handled"]
    return totals


def _shares(totals: dict[str, float]) -> list[float]:
    return [value for name, value in totals.items() if name.startswith("handled")]


def _ends(folder: Path) -> dict[str, float]:
    """When each message's effect was written, in seconds since 1970."""
    database = database_of(folder)
    with database.read() as session:
        rows = session.execute(select(InboxRow.message_id, InboxRow.done)).all()
    database.dispose()
    return {message: done.timestamp() for message, done in rows if done is not None}


def _new(folder: Path) -> Database:
    folder.mkdir()
    database = database_of(folder)
    SharedBase.metadata.create_all(database.engine)
    tables.metadata.create_all(database.engine)
    return database


def _say() -> Callable[[str], None]:
    start = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - start:6.1f} s] f scale: {text}", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
