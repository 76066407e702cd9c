"""All processes of a node, as in production, and (e) how much memory each of them has."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.children import Child, ChildFailed
from bench.figures import rss_mb
from bench.nodes import Node

COMMANDS = {
    "web": ("services.intake", "web"),
    "intake": ("services.intake", "worker"),
    "matching": ("services.matching", "worker"),
    "notify": ("services.notify", "worker"),
}
LABELS = {"web": "intake_web", "intake": "intake_worker", "matching": "matching", "notify": "notify"}
"""How the processes are called in the results."""
START_SECONDS = 120.0


@contextmanager
def running(nodes: tuple[Node, ...], logs: Path) -> Iterator[dict[str, Child]]:
    """Every process of these nodes, ready; by "<organisation> <process>"."""
    with ExitStack() as stack:
        children = {
            f"{node.id} {name}": stack.enter_context(
                Child(command, logs / f"{node.id}-{name}.log", node.folder / _service(name))
            )
            for node in nodes
            for name, command in COMMANDS.items()
        }
        for node in nodes:
            for name in COMMANDS:
                _wait(node.health[name], logs / f"{node.id}-{name}.log")
        yield children


def memory(children: dict[str, Child], node: Node) -> dict[str, float]:
    """Megabytes of each process of a node, with those that it started itself."""
    return {LABELS[name]: round(rss_mb(children[f"{node.id} {name}"].pid), 1) for name in COMMANDS}


def _service(process: str) -> str:
    return "intake" if process == "web" else process


def _wait(port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ChildFailed(f"a service does not become ready; see {log}")
