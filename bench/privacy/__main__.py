"""python -m bench.privacy [--alerts 2000] [--populations Lithuania]

Attacks what Myosotis sends and keeps; writes build/bench-privacy.json and the tables of
docs/MATCHING-PRIVACY.md.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from bench.matching.page import renew
from bench.privacy import page
from bench.privacy.campaign import POPULATIONS, Campaign, attack

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2


def main() -> int:
    """Run all attacks; returns the exit code: 0 whether or not the target is met, since that is a finding."""
    parser = argparse.ArgumentParser(prog="python -m bench.privacy", description="What can be read back.")
    parser.add_argument("--alerts", type=int, default=2_000, help="alerts of each population")
    parser.add_argument("--populations", nargs="+", choices=list(POPULATIONS), default=list(POPULATIONS))
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-privacy.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "MATCHING-PRIVACY.md")
    chosen = parser.parse_args()
    started, campaigns = time.monotonic(), []
    with ProcessPoolExecutor(WORKERS) as workers:
        tasks = {name: workers.submit(attack, name, chosen.alerts) for name in chosen.populations}
        for name, task in tasks.items():
            campaigns.append(task.result())
            print(f"[{time.monotonic() - started:5.0f} s] {name}: {page.in_short(campaigns[-1])}", flush=True)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(list(map(asdict, campaigns)), indent=2) + "\n", encoding="utf-8")
    text = page.tables(campaigns, time.monotonic() - started)
    if set(chosen.populations) == set(POPULATIONS):
        renew(chosen.page, text)
    print(text)
    return 0


__all__ = ["Campaign", "main"]

if __name__ == "__main__":
    sys.exit(main())
