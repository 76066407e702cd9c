"""A desk in a process of its own, as `python -m services.intake web` runs it, without key files."""

import http.client
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from services.intake.app import IntakeApp
from services.intake.serving import DeskServer
from shared.runtime import log
from shared.runtime.ports import free_ports
from tests.web.house import empty_house, settings

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A desk that answers. `log`: what it wrote so far; `token`: an access for the API."""

    process: SpawnProcess
    port: int
    health_port: int
    folder: Path

    @property
    def token(self) -> str:
        return (self.folder / "token").read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


@contextmanager
def running(folder: Path, threads: int) -> Iterator[Running]:
    """Until the end of the block; then it is asked to end, and does."""
    port, health_port = free_ports(2)
    # Not forked: what other tests left behind in this process (its log, above all) is not there.
    process = get_context("spawn").Process(target=_serve, args=(folder, port, health_port, threads))
    process.start()
    try:
        until = time.monotonic() + 30
        while not _is_listening(port):
            assert time.monotonic() < until
            time.sleep(0.1)
        yield Running(process, port, health_port, folder)
    finally:
        process.terminate()
        process.join(30)
        assert not process.is_alive()


def _serve(folder: Path, port: int, health_port: int, threads: int) -> None:
    sys.stderr = (folder / "log").open("w", encoding="utf-8", buffering=1)
    log.configure("intake", sys.stderr)
    house = empty_house(folder)
    (folder / "token").write_text(house.token("rasa"), encoding="utf-8")
    made = settings(
        folder,
        web_host=HOST,
        web_port=port,
        web_health_port=health_port,
        health_host=HOST,
        web_threads=threads,
    )
    app = SimpleNamespace(settings=made, use_cases=house.node.intake, database=house.node.database)
    DeskServer(cast(IntakeApp, app)).run()


def _is_listening(port: int) -> bool:
    try:
        return ask(port) == 200
    except OSError:
        return False


def ask(port: int, path: str = "/sign-in", host: str = "localhost") -> int:
    """Open a page; an OSError when there is no answer within two seconds."""
    line = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        line.request("GET", path, headers={"Host": host})
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()
