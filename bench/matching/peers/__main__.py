"""python -m bench.matching.peers NAME --left FILE --right FILE --truth FILE --out FILE --json FILE

Runs in the peers' environment. Writes the pairs with their scores, and what they cost.
"""

import argparse
import csv
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.matching.peers import clk, jaro_winkler, logic_v2, splink_trained
from bench.matching.peers.rows import Scored, Tables, read

PEERS: dict[str, Callable[[Tables], Scored]] = {
    "jaro_winkler": jaro_winkler.run,
    "splink": splink_trained.run,
    "clk": clk.run,
    "logic_v2": logic_v2.run,
}


def main() -> int:
    """Run one peer over one set; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching.peers")
    parser.add_argument("name", choices=PEERS)
    for option in ("--left", "--right", "--truth", "--out", "--json"):
        parser.add_argument(option, type=Path, required=True)
    chosen = parser.parse_args()
    tables = read(chosen.left, chosen.right, chosen.truth)
    started = time.monotonic()
    pairs = PEERS[chosen.name](tables)
    seconds = time.monotonic() - started
    with chosen.out.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["left_id", "right_id", "score"])
        rows.writerows(pairs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    chosen.json.write_text(json.dumps({"seconds": round(seconds, 1), "memory_mb": memory}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
