"""python -m bench.matching [--sets missing febrl4] [--methods myosotis splink] [--politicians FOLDER]

Matches every set with Myosotis and the peers. Writes build/bench-matching.json, where what was not measured
anew is kept from earlier runs, and, once it has all the usual sets, the tables of docs/MATCHING-QUALITY.md.
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path

from bench.ending import end_everything_on_sigterm
from bench.matching import kept, page, politicians
from bench.matching.generator.sets import VARIANTS, make, write
from bench.matching.runner import MYOSOTIS, PEERS, ROOT, Outcome, febrl, now, run

USUAL = ("missing", "nodates", "scripts", "febrl4")
POLITICIANS = "politicians"
SEEDS = {"missing": (1, 2, 3), POLITICIANS: (1, 2, 3)}
SLOW = ("splink", "logic_v2")
"""Methods that match only the first of the `missing` sets."""
_BUILD = ROOT / "build" / "bench-matching"


def main() -> int:
    """Run everything that is asked for; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.matching", description="How well matching finds people."
    )
    parser.add_argument("--sets", nargs="+", choices=[*VARIANTS, "febrl4", POLITICIANS])
    parser.add_argument("--methods", nargs="+", choices=[MYOSOTIS, *PEERS], default=[MYOSOTIS, *PEERS])
    parser.add_argument("--politicians", type=Path, help="a folder with names.csv of EveryPolitician's")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-matching.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "MATCHING-QUALITY.md")
    chosen = parser.parse_args()
    end_everything_on_sigterm()
    failed = False
    for name in chosen.sets or [*USUAL, *([POLITICIANS] if chosen.politicians else [])]:
        for seed in SEEDS.get(name, (1,)):
            folder = _BUILD / "sets" / f"{name}-{seed}"
            problem = _make(name, seed, folder, chosen.politicians)
            for method in chosen.methods:
                if method in SLOW and name == "missing" and seed != 1:
                    continue
                outcome = Outcome(None, problem=problem, when=now()) if problem else _run(method, folder)
                failed = failed or bool(outcome.problem)
                kept.add(chosen.out, (name, seed, method), outcome)
    results = kept.read(chosen.out)
    text = page.text(results)
    wanted = {(name, method) for name in USUAL for method in (MYOSOTIS, *PEERS)}
    if wanted <= {(name, method) for name, _, method in results}:
        page.renew(chosen.page, text)
    print(text)
    return 1 if failed else 0


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


def _say(text: str) -> None:
    print(f"[{time.monotonic() - _START:6.1f} s] {text}", flush=True)


_START = time.monotonic()


if __name__ == "__main__":
    sys.exit(main())
