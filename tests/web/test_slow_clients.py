"""Clients that are slow, or never finish, keep nobody out: the real server, with a few threads."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from services.intake.app import IntakeApp
from services.intake.patient_worker import LARGEST_HEAD, TooLongHead, has_arrived
from services.intake.serving import DeskServer
from shared.runtime.ports import free_ports
from shared.web.app import LARGEST_FROM_STRANGERS
from tests.web.house import empty_house, settings

HOST, THREADS = "127.0.0.1", 2
FORM = "Content-Type: application/x-www-form-urlencoded"
HEAD = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
SLOW = {
    "no headers": "GET /sign-in HTTP/1.1\r\nHost: loc",
    "half a form": f"{HEAD}{FORM}\r\nContent-Length: 9000\r\n\r\nlogin=",
    "a large form": f"{HEAD}{FORM}\r\nContent-Length: 400000\r\n\r\nlogin=",
    "without end": f"{HEAD}{FORM}\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nlogin",
    "does not hang up": "GET /sign-in HTTP/1.0\r\nHost: localhost\r\n\r\n",
}


def _serve(folder: Path, ports: list[int]) -> None:
    house = empty_house(folder)
    made = settings(
        folder,
        web_host=HOST,
        web_port=ports[0],
        web_health_port=ports[1],
        health_host=HOST,
        web_threads=THREADS,
    )
    app = SimpleNamespace(settings=made, use_cases=house.node.intake, database=house.node.database)
    DeskServer(cast(IntakeApp, app)).run()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the desk listens."""
    ports = free_ports(2)
    process = get_context("fork").Process(target=_serve, args=(tmp_path_factory.mktemp("desk"), ports))
    process.start()
    try:
        until = time.monotonic() + 30
        while not _is_listening(ports[0]):
            assert time.monotonic() < until
            time.sleep(0.1)
        yield ports[0]
    finally:
        process.terminate()
        process.join(30)
        assert not process.is_alive()


def _is_listening(port: int) -> bool:
    try:
        return ask(port) == 200
    except OSError:
        return False


def ask(port: int) -> int:
    """Open the sign-in page; an OSError when there is no answer within two seconds."""
    line = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        line.request("GET", "/sign-in", headers={"Host": "localhost"})
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_keep_nobody_out(port: int, kind: str) -> None:
    slow = [socket.create_connection((HOST, port)) for _ in range(3 * THREADS)]
    ended = threading.Event()

    def dribble() -> None:
        while not ended.wait(0.1):
            for line in slow:
                try:
                    line.sendall(b"a")
                except OSError:
                    continue  # it was refused, as it should be

    thread = threading.Thread(target=dribble)
    try:
        for line in slow:
            line.sendall(SLOW[kind].encode())
        if "GET /sign-in HTTP/1.0" not in SLOW[kind]:
            thread.start()
        time.sleep(0.3)
        for _ in range(3):
            assert ask(port) == 200
    finally:
        ended.set()
        if thread.ident is not None:
            thread.join()
        for line in slow:
            line.close()


def test_a_form_in_pieces_arrives(port: int) -> None:
    body = b"login=rasa&password=" + b"x" * 9000
    with socket.create_connection((HOST, port), timeout=5) as line:
        head = f"{HEAD}{FORM}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        for piece in (head[:20], head[20:], body[:100], body[100:5000], body[5000:]):
            line.sendall(piece)
            time.sleep(0.05)
        assert line.recv(12) == b"HTTP/1.1 400"  # no mark of a form of ours: it was read and judged


@pytest.mark.parametrize(
    ("seen", "whole"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\ncontent-LENGTH:  3 \r\n\r\nab", False),
        (b"POST / HTTP/1.1\r\ncontent-LENGTH:  3 \r\n\r\nabc", True),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % LARGEST_FROM_STRANGERS, False),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_FROM_STRANGERS + 1), True),
    ],
)
def test_when_a_request_has_arrived(seen: bytes, whole: bool) -> None:
    assert has_arrived(seen) is whole


def test_headers_end_somewhere() -> None:
    with pytest.raises(TooLongHead):
        has_arrived(b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD)
