"""python -m bench.pages [--cases 10000] [--out FILE] [--page FILE]

Every page that a caseworker opens, at so many cases of a node of its own: kilobytes with styles and scripts,
milliseconds without the network, and the same as a ratio to a bare Flask page of this process.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask, render_template_string
from flask.testing import FlaskClient

from bench.pages.house import LOGIN, PASSWORD, Filled, filled
from services.intake import web
from shared.runtime import settings as settings_files

ROOT = Path(__file__).resolve().parent.parent.parent
BEGIN, END = "<!-- pages: begin -->", "<!-- pages: end -->"
ROUNDS = 9
NOT_PAGES = ("static", "api.", "health.")
MOST_KILOBYTES, MOST_MILLISECONDS = 100.0, 100.0
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@dataclass(frozen=True, slots=True)
class Weighed:
    """One page."""

    page: str
    kilobytes: float
    milliseconds: float
    ratio: float


def main() -> int:
    """Measure, write, and say which pages miss the aims; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description="Weighs and times the pages.")
    parser.add_argument("--cases", type=int, default=10_000, help="how many own cases (10000)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_pages.json")
    parser.add_argument("--page", type=Path, default=None, help="whose table is renewed (docs/BENCHMARK.md)")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="myosotis-bench-pages-") as folder,
        filled(Path(folder), chosen.cases) as house,
    ):
        weighed = measure(house)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    kept = {"cases": chosen.cases, "pages": [asdict(one) for one in weighed]}
    chosen.out.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    text = table(weighed, chosen.cases)
    if chosen.page is not None:
        write_table(chosen.page, text)
    print(text)
    return 0


def measure(house: Filled) -> list[Weighed]:
    """Every page that opens, the slowest first."""
    app = web.create(house.node.intake.use_cases, settings_files.load(house.node.folder / "intake"))
    client, bare = app.test_client(), _bare().test_client()
    _sign_in(client)
    found = []
    for page, path in _addresses(app, house.of):
        if client.get(path, buffered=True).status_code != 200:
            print(f"left out, it does not open: {page}")
            continue
        ours, floor = [], []
        for _ in range(ROUNDS):
            floor.append(_milliseconds(bare, "/"))
            ours.append(_milliseconds(client, path))
        mine, base = statistics.median(ours), statistics.median(floor)
        found.append(Weighed(page, round(_weight(client, path), 1), round(mine, 1), round(mine / base, 1)))
    return sorted(found, key=lambda one: -one.milliseconds)


def table(weighed: list[Weighed], cases: int) -> str:
    """Markdown, with a sentence on what misses the aims."""
    lines = [
        f"At {cases:,} own cases:",
        "",
        "| page | KB | ms | to a bare page |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [f"| `{one.page}` | {one.kilobytes} | {one.milliseconds} | {one.ratio} |" for one in weighed]
    missed = [
        one.page
        for one in weighed
        if one.kilobytes >= MOST_KILOBYTES or one.milliseconds >= MOST_MILLISECONDS
    ]
    lines += ["", f"Beyond 100 KB or 100 ms: {', '.join(f'`{one}`' for one in missed) or 'none'}."]
    return "\n".join(lines)


def write_table(page: Path, text: str) -> None:
    """Replace what stands between the two marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _addresses(app: Flask, of: dict[str, str]) -> list[tuple[str, str]]:
    """Pages without parts in their address that we have no id for; a case without an alert is shared."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(NOT_PAGES):
            continue
        parts = of | ({"case_id": of["unshared"]} if rule.endpoint == "share.share" else {})
        if rule.arguments <= set(parts):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<{name}>", parts[name])
            found.append((rule.rule, path))
    found += [("/cases?page=100", "/cases?page=100"), ("/cases?state=all", "/cases?state=all")]
    return sorted(found)


def _weight(client: FlaskClient, path: str) -> float:
    """Kilobytes of a page with its styles, scripts and picture, each once; photos are no part of it."""
    html = client.get(path, buffered=True).get_data()
    assets = set(_ASSET.findall(html.decode(errors="replace")))
    return (len(html) + sum(len(client.get(one, buffered=True).get_data()) for one in assets)) / 1000


def _milliseconds(client: FlaskClient, path: str) -> float:
    start = time.perf_counter()
    client.get(path, buffered=True).get_data()
    return (time.perf_counter() - start) * 1000


def _sign_in(client: FlaskClient) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    mark = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    client.post("/sign-in", data={"csrf_token": mark, "login": LOGIN, "password": PASSWORD})


def _bare() -> Flask:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: render_template_string("<h1>{{ title }}</h1>", title="bare"))
    return app


if __name__ == "__main__":
    sys.exit(main())
