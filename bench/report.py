"""What is kept of a run: build/bench.json, and a table between two markers in docs/BENCHMARK.md."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
LIBRARIES = ("cryptography", "numpy", "pika", "pydantic", "pynacl", "sqlalchemy", "voprf")

Value = float | int | str | bool | Mapping[str, float] | Mapping[str, str]


class NoPlaceForFigures(Exception):
    """The page has lost its two markers; put them back where the table belongs."""


@dataclass(slots=True)
class Report:
    """Figures by their keys, in the order in which they were measured."""

    values: dict[str, Value] = field(default_factory=dict)

    def put(self, **values: Value) -> None:
        """Add figures; numbers keep four significant digits."""
        self.values |= {name: _rounded(value) for name, value in values.items()}

    def write(self, path: Path) -> None:
        """Write the JSON file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.values, indent=2) + "\n", encoding="utf-8")

    def write_table(self, page: Path) -> None:
        """Replace the table in a page. Raises NoPlaceForFigures."""
        text = page.read_text(encoding="utf-8")
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            raise NoPlaceForFigures(f"{page} needs a line {BEGIN} and, below it, a line {END}")
        page.write_text(f"{before}{begin}\n{self.table()}\n{end}{after}", encoding="utf-8")

    def table(self) -> str:
        """One line a figure, in Markdown; figures of several parts have a line for each."""
        lines = ["", "| key | value |", "| --- | ---: |"]
        for name, value in self.values.items():
            parts = value.items() if isinstance(value, Mapping) else [("", value)]
            lines += [f"| `{name}`{f' {part}' if part else ''} | {each} |" for part, each in parts]
        return "\n".join([*lines, ""])


def machine() -> dict[str, str]:
    """What the figures depend on."""
    found = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{os.cpu_count()} x {_processor()}",
        "load": f"{os.getloadavg()[0]:.1f}",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }
    return found | {name: version(name) for name in LIBRARIES} | {"rabbitmq": _rabbitmq()}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _rabbitmq() -> str:
    """The version of the installed package, without starting anything."""
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", "rabbitmq-server"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def _rounded(value: Value) -> Value:
    return float(f"{value:.4g}") if isinstance(value, float) else value
