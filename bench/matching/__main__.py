"""python -m bench.matching [--sets missing febrl4] [--methods myosotis splink] [--politicians FOLDER]

Matches every set with Myosotis and the peers; writes build/bench-matching.json and, if the sets are the usual
ones, the tables of docs/MATCHING-QUALITY.md.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from bench.matching import page, politicians
from bench.matching.generator.sets import VARIANTS, make, write
from bench.matching.runner import MYOSOTIS, PEERS, ROOT, Outcome, febrl, run

USUAL = ("missing", "nodates", "scripts", "febrl4")
POLITICIANS = "politicians"
SEEDS = {"missing": (1, 2, 3), POLITICIANS: (1, 2, 3)}
_BUILD = ROOT / "build" / "bench-matching"


def main() -> int:
    """Run everything that is asked for; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.matching", description="How well matching finds people."
    )
    parser.add_argument("--sets", nargs="*", choices=[*VARIANTS, "febrl4", POLITICIANS], default=None)
    parser.add_argument("--methods", nargs="+", choices=[MYOSOTIS, *PEERS], default=[MYOSOTIS, *PEERS])
    parser.add_argument("--politicians", type=Path, help="a folder with names.csv of EveryPolitician's")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-matching.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "MATCHING-QUALITY.md")
    chosen = parser.parse_args()
    sets = chosen.sets or [*USUAL, *([POLITICIANS] if chosen.politicians else [])]
    outcomes: dict[str, list[tuple[str, Outcome]]] = {}
    for name in sets:
        for seed in SEEDS.get(name, (1,)):
            folder = _BUILD / "sets" / f"{name}-{seed}"
            problem = _make(name, seed, folder, chosen.politicians)
            for method in chosen.methods:
                outcome = Outcome(None, problem=problem) if problem else _run(method, folder)
                outcomes.setdefault(name, []).append((method, outcome))
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(_plain(outcomes), indent=2) + "\n", encoding="utf-8")
    text = _text(outcomes)
    if set(USUAL) <= set(sets) and len(chosen.methods) == 1 + len(PEERS):
        page.renew(chosen.page, text)
    print(text)
    return 1 if any(outcome.problem for of_set in outcomes.values() for _, outcome in of_set) else 0


def _make(name: str, seed: int, folder: Path, lists: Path | None) -> str:
    """Make a set; what went wrong, or nothing."""
    _say(f"{folder.name}: the tables")
    today = date.today()  # noqa: DTZ011 - an age in a table is one of today, wherever this runs
    if name == "febrl4":
        return febrl(folder)
    if name == POLITICIANS:
        if lists is None:
            return "no folder with lists of politicians was named"
        write(politicians.make(politicians.names(lists), seed, today), folder)
    else:
        write(make(VARIANTS[name], seed, today), folder)
    return ""


def _run(method: str, folder: Path) -> Outcome:
    _say(f"{folder.name}: {method} ...")
    outcome = run(method, folder, _BUILD / "out" / folder.name)
    measured = outcome.measured
    if measured is None:
        _say(f"{folder.name}: {method} failed: {outcome.problem}")
    else:
        _say(
            f"{folder.name}: {method} F1 {measured.f1:.3f}, "
            f"recall at precision 0.95 {measured.recall['0.95']:.3f}, {outcome.seconds:.0f} s"
        )
    return outcome


def _text(outcomes: page.Outcomes) -> str:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = [
        f"Measured {when} on {os.cpu_count()} processors.",
        page.quality_table(outcomes),
        page.costs_table(outcomes),
    ]
    if "missing" in outcomes:
        parts.append(page.damage_table(outcomes, ["missing"]))
    return "\n\n".join(parts)


def _plain(outcomes: page.Outcomes) -> dict[str, object]:
    return {
        name: [{"method": method} | asdict(outcome) for method, outcome in of_set]
        for name, of_set in outcomes.items()
    }


def _say(text: str) -> None:
    print(f"[{time.monotonic() - _START:6.1f} s] {text}", flush=True)


_START = time.monotonic()


if __name__ == "__main__":
    sys.exit(main())
