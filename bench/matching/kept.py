"""What was measured, in build/bench-matching.json: a run of one method or set keeps the others' figures."""

import json
from dataclasses import asdict
from pathlib import Path

from bench.matching.quality import Measured
from bench.matching.runner import Outcome

Results = dict[tuple[str, int, str], Outcome]
"""By set, seed and method."""


def read(path: Path) -> Results:
    """The results of earlier runs; none if there is no such file."""
    if not path.exists():
        return {}
    found: Results = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        key = row.pop("set"), row.pop("seed"), row.pop("method")
        measured = row.pop("measured")
        found[key] = Outcome(Measured(**measured) if measured else None, **row)
    return found


def add(path: Path, key: tuple[str, int, str], outcome: Outcome) -> None:
    """Keep one more result at once: a run that is interrupted, or has another beside it, loses nothing."""
    write(path, read(path) | {key: outcome})


def write(path: Path, results: Results) -> None:
    """Write all results, one object each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {"set": name, "seed": seed, "method": method} | asdict(outcome)
        for (name, seed, method), outcome in results.items()
    ]
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
