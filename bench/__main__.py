"""python -m bench [--quick] [--out FILE] [--page FILE]

Measures (a) to (e) of docs/BENCHMARK.md in one run, writes build/bench.json and the table of that page.
`--quick` is a smoke run of a minute: it touches everything, and its figures mean nothing.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import compare, desk, exchange, nodes, pseudonyms, services
from bench.ending import end_everything_on_sigterm
from bench.report import Report, machine

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    alerts: int = 1500
    rounds: int = 15
    desk_alerts: int = 60
    load_seconds: float = 60.0
    pseudonym_batches: int = 4
    pseudonym_rounds: int = 9
    compare_alerts: int = 60
    sizes: tuple[int, int, int] = (1_000, 10_000, 100_000)


QUICK = Plan(60, 1, 2, 3.0, 1, 1, 3, (20, 40, 80))


def main() -> int:
    """Run everything; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures how fast Myosotis is.")
    parser.add_argument("--quick", action="store_true", help="a smoke run; its figures mean nothing")
    parser.add_argument("--out", type=Path, default=None, help="where the JSON goes (build/bench.json)")
    parser.add_argument("--page", type=Path, default=None, help="whose table is renewed (docs/BENCHMARK.md)")
    chosen = parser.parse_args()
    end_everything_on_sigterm()
    plan = QUICK if chosen.quick else Plan()
    report = Report()
    report.put(quick=chosen.quick, machine=machine())
    with tempfile.TemporaryDirectory(prefix="myosotis-bench-") as folder:
        measure(plan, Path(folder), report)
    report.write(chosen.out or ROOT / "build" / ("bench-quick.json" if chosen.quick else "bench.json"))
    page = chosen.page or (None if chosen.quick else ROOT / "docs" / "BENCHMARK.md")
    if page is not None:
        report.write_table(page)
    print(report.table())
    return 0


def measure(plan: Plan, folder: Path, report: Report) -> None:
    """All five, from the one that needs least to the one that needs most."""
    found = pseudonyms.measure(plan.pseudonym_batches, plan.pseudonym_rounds, _say("c pseudonyms"))
    report.put(pseudonym_ratio=found.ratio, pseudonyms_per_second=found.ours)
    sizes = dict(zip(compare.SIZES, plan.sizes, strict=True))
    for name, one in compare.measure(sizes, folder, plan.compare_alerts, _say("d compare")).items():
        report.put(
            **{
                f"compare_ms_{name}": one.milliseconds,
                f"compare_cpu_ms_{name}": one.processor,
                f"compare_mb_{name}": one.megabytes,
            }
        )
    with nodes.broker(folder / "broker") as broker:
        with nodes.circle(folder / "exchange", broker) as (sender, partner):
            logs = _folder(folder / "exchange-logs")
            fast = exchange.measure(
                sender, partner, broker, logs, plan.alerts, plan.rounds, _say("a exchange")
            )
        report.put(
            exchange_ratio=fast.ratio,
            exchange_per_second=fast.ours,
            exchange_floor_per_second=fast.floor,
        )
    with (
        nodes.broker(folder / "broker-of-desks") as broker,
        nodes.circle(folder / "desks", broker) as (sender, partner),
        services.running((sender, partner), _folder(folder / "desk-logs")) as children,
    ):
        report.put(rss_mb=services.memory(children, partner))
        _desks(plan, desk.Desk(sender, partner, _say("b desk")), fast.ours / 2, report)


def _desks(plan: Plan, desks: desk.Desk, half: float, report: Report) -> None:
    desks.prepare(2 * plan.desk_alerts)
    idle = desks.measure(plan.desk_alerts)
    report.put(desk_ms_p50=idle.p50, desk_ms_p99=idle.p99)
    _say("b desk")(
        f"now with {desks.load(half, plan.load_seconds)} alerts at {half:.0f} a second beside them"
    )
    loaded = desks.measure(plan.desk_alerts, plan.load_seconds)
    report.put(desk_ms_p50_half_load=loaded.p50, desk_ms_p99_half_load=loaded.p99)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _say(part: str) -> Callable[[str], None]:
    start = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - start:6.1f} s] {part}: {text}", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
