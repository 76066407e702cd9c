"""Clients that are slow, or never finish, keep nobody out: the real server, with a few threads."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.web.running import HOST, ask, running

THREADS = 2
FORM = "Content-Type: application/x-www-form-urlencoded"
HEAD = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
SLOW = {
    "no headers": "GET /sign-in HTTP/1.1\r\nHost: loc",
    "half a form": f"{HEAD}{FORM}\r\nContent-Length: 9000\r\n\r\nlogin=",
    "a large form": f"{HEAD}{FORM}\r\nContent-Length: 400000\r\n\r\nlogin=",
    "without end": f"{HEAD}{FORM}\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nlogin",
    "does not hang up": "GET /sign-in HTTP/1.0\r\nHost: localhost\r\n\r\n",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the desk listens."""
    with running(tmp_path_factory.mktemp("desk"), THREADS) as desk:
        yield desk.port


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
