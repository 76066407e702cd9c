"""One method over one set, each in a process: Myosotis by its command, a peer in its environment."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.matching import quality

ROOT = Path(__file__).resolve().parents[2]
PEERS_PYTHON = ROOT / "build" / "peers-venv" / "bin" / "python"
MYOSOTIS = "myosotis"
PEERS = ("jaro_winkler", "splink", "clk", "logic_v2")
_LIMIT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method reached on a set, or why it could not."""

    measured: quality.Measured | None
    seconds: float = 0.0
    memory_mb: int = 0
    costs: Mapping[str, float] = field(default_factory=dict)
    """Of Myosotis: tags_per_alert, evaluations_per_case and the like."""
    problem: str = ""
    when: str = ""
    """UTC, as YYYY-MM-DD HH:MM."""


def run(method: str, tables: Path, out: Path) -> Outcome:
    """Let a method match `tables` (a folder with cases, alerts, truth); its files go to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    pairs, report = out / f"{method}.csv", out / f"{method}.json"
    for old in (pairs, report):
        old.unlink(missing_ok=True)
    files = [
        "--left",
        tables / "cases.csv",
        "--right",
        tables / "alerts.csv",
        "--truth",
        tables / "truth.csv",
    ]
    files += ["--out", pairs, "--json", report]
    if method == MYOSOTIS:
        command = [sys.executable, "-m", "admin", "evaluate"]
    else:
        command = [str(PEERS_PYTHON), "-m", "bench.matching.peers", method]
    started = time.monotonic()
    problem = _call([*command, *map(str, files)])
    seconds = time.monotonic() - started
    if problem:
        return Outcome(None, seconds, problem=problem, when=now())
    said: dict[str, Any] = json.loads(report.read_text())
    measured = quality.measure(
        pairs, quality.truth(tables / "truth.csv"), quality.damages(tables / "damage.csv")
    )
    names = ("tags_per_alert", "keys_per_alert", "evaluations_per_case")
    costs = {name: float(said[name]) for name in names if name in said}
    return Outcome(measured, float(said["seconds"]), int(said["memory_mb"]), costs, when=now())


def now() -> str:
    """The time of a measurement."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M")


def febrl(folder: Path) -> str:
    """Write FEBRL 4; what went wrong, or nothing."""
    return _call([str(PEERS_PYTHON), "-m", "bench.matching.febrl", "--out", str(folder)])


def _call(command: list[str]) -> str:
    """Run to the end; the last line of what went wrong, or nothing."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_LIMIT_SECONDS
        )
    except FileNotFoundError:
        return f"{Path(command[0]).name} of the peers' environment is missing"
    except subprocess.TimeoutExpired:
        return f"not done after {_LIMIT_SECONDS} seconds"
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return lines[-1][:200] if lines else f"ended with {done.returncode}"
