"""The three-organisation profile, brought up once for all tests that only look at it or play its act."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from demo.check import Act
from demo.client import DeskClient
from shared.runtime.ports import free_ports
from tests.compose.engine import Project, need_engine


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """The demo's containers, its desks, and how to read the mails of its mail server."""

    project: Project
    desks: dict[str, DeskClient]
    secrets: tuple[str, ...] = field(repr=False)
    """Passwords and tokens that must not appear where a stranger may look."""

    def mails(self) -> list[bytes]:
        """Everything that duty officers got so far."""
        script = (
            "import pathlib, json; print(json.dumps([one.read_bytes().hex() for one in "
            "sorted(pathlib.Path('/demo/results/mail').glob('*.eml'))]))"
        )
        found: list[str] = json.loads(self.project.exec("demo-mail", "python", "-c", script))
        return [bytes.fromhex(one) for one in found]


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker engine with Compose answers; without one, this fails and says what to do."""
    need_engine()


@pytest.fixture(scope="module")
def demo(engine: None) -> Iterator[RunningDemo]:
    """Build the images, start the profile, and remove everything at the end."""
    ports = dict(zip(("VILNIUS", "RIGA", "LYON"), free_ports(3), strict=True))
    environment = {f"{name}_DESK_PORT": str(port) for name, port in ports.items()}
    project = Project("myosotis-test", "demo", environment)
    project.down()  # what an interrupted run left
    try:
        started = time.monotonic()
        project.compose("build", "--quiet", seconds=1200)
        built = time.monotonic()
        project.up()
        print(f"\ncompose: built in {built - started:.0f} s, up in {time.monotonic() - built:.0f} s")
        yield _running(project)
    finally:
        project.down()


@pytest.fixture
def act(demo: RunningDemo) -> Act:
    """The demo's first act, played on the containers' desks."""
    return Act(demo.desks, demo.mails, lambda line: print(line, flush=True), threading.Event())


def _running(project: Project) -> RunningDemo:
    logins = json.loads(project.exec("demo-mail", "cat", "/demo/results/logins.json"))
    desks = {
        one["organisation"]: DeskClient(
            one["organisation"], f"http://127.0.0.1:{one['web_port']}", one["token"]
        )
        for one in logins
    }
    return RunningDemo(project, desks, tuple(one[name] for one in logins for name in ("password", "token")))
