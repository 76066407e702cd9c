"""The desk's server against clients that nobody knows: the real server, with a small application."""

import http.client
import io
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from waitress.buffers import OverflowableBuffer

from services.intake import patient_server
from services.intake.patient_server import MOST_LARGE, PatientServer
from services.intake.strict_request import LARGEST_HEAD
from shared.runtime import log
from shared.web.app import LARGEST_FROM_STRANGERS, LARGEST_REQUEST

HOST, THREADS = "127.0.0.1", 2
MANY = 3 * THREADS
NAME = "Kanarele-Petraite"
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class App:
    """Says how much of the body it was given; /slow waits for `go`, /much answers 60 MB, /fail fails."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.began = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/fail"):
            raise RuntimeError(NAME)
        if path == "/slow":
            self.began.set()
            assert self.go.wait(20)
        start_response("200 OK", [("Content-Type", "text/plain")])
        if path == "/much":
            return (b"x" * 1_000_000 for _ in range(60))
        return [str(len(environ["wsgi.input"].read())).encode()]


@contextmanager
def serving(app: App, knows: Callable[[dict[str, Any]], bool] = lambda _: False) -> Iterator[PatientServer]:
    server = PatientServer(app, knows, host=HOST, port=0, threads=THREADS)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        app.go.set()
        server.stop()
        thread.join(30)
        server.trigger.close()
        assert not thread.is_alive()


@pytest.fixture
def app() -> App:
    return App()


def connect(server: PatientServer) -> socket.socket:
    return socket.create_connection((HOST, int(server.effective_port)), timeout=5)


def answer(line: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    with line.makefile("rb") as reader:
        return reader.read()


def send(server: PatientServer, request: bytes) -> bytes:
    with connect(server) as line:
        line.sendall(request)
        return answer(line)


def post(length: int, more: str = "") -> bytes:
    return f"POST / HTTP/1.1\r\nHost: localhost\r\n{more}Content-Length: {length}\r\n\r\n".encode()


def all_end(server: PatientServer, lines: list[socket.socket], piece: bytes = b"") -> bool:
    """Whether the server closes every connection within five seconds, although each goes on sending."""
    until = time.monotonic() + 5
    while server.active_channels and time.monotonic() < until:
        for line in lines if piece else []:
            with suppress(OSError):
                line.sendall(piece)
        time.sleep(0.05)
    return not server.active_channels


@pytest.mark.parametrize(
    "start", [b"GET / HT", GET[:-2] + b"X: ", post(9_000), post(400_000), post(LARGEST_REQUEST)]
)
def test_what_does_not_arrive_ends(app: App, monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    monkeypatch.setattr(patient_server, "ARRIVES_WITHIN", 0.6)
    with serving(app) as server:
        lines = [connect(server) for _ in range(MANY)]
        for line in lines:
            line.sendall(start)
        time.sleep(0.2)
        assert send(server, GET).endswith(b"\r\n\r\n0")
        assert len(server.active_channels) >= MANY
        assert all_end(server, lines, b"a")
        for line in lines:
            line.close()


def test_what_somebody_known_sends_slowly_ends_too(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_server, "ARRIVES_WITHIN", 0.1)
    monkeypatch.setattr(patient_server, "ENDS_WITHIN", 1.5)
    with serving(app, lambda _: True) as server, connect(server) as line:
        line.sendall(post(400_000))
        time.sleep(0.7)
        line.sendall(b"a")
        time.sleep(0.2)
        assert len(server.active_channels) == 1
        assert all_end(server, [line], b"a")


def test_who_does_not_read_the_answer_takes_no_thread_for_ever(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_server, "MOVES_WITHIN", 0.6)
    with serving(app) as server:
        lines = [connect(server) for _ in range(THREADS)]
        for line in lines:
            line.sendall(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert send(server, GET).endswith(b"\r\n\r\n0")  # after those before it were dropped
        assert all_end(server, lines)
        for line in lines:
            line.close()


def test_the_oldest_make_room(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_server, "MOST_WAITING", 5)
    with serving(app) as server:
        lines = [connect(server) for _ in range(12)]
        until = time.monotonic() + 5
        while len(server.active_channels) > 5 and time.monotonic() < until:
            time.sleep(0.05)
        assert answer(lines[0]) == b""
        lines[-1].sendall(GET)
        assert answer(lines[-1]).endswith(b"\r\n\r\n0")
        for line in lines:
            line.close()


@pytest.mark.parametrize("length", [LARGEST_FROM_STRANGERS + 1, LARGEST_REQUEST, 3 * LARGEST_REQUEST])
def test_of_a_strangers_large_body_nothing_is_kept(
    app: App, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    kept = watch_memory(monkeypatch)
    with serving(app) as server:
        assert send(server, post(length) + b"x" * length).endswith(b"\r\n\r\n0")
    assert max(kept) <= LARGEST_FROM_STRANGERS


def watch_memory(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How large waitress's buffers for bodies and answers become."""
    kept, append = [0], OverflowableBuffer.append

    def watched(self: Any, data: bytes) -> None:
        append(self, data)
        kept.append(len(self))

    monkeypatch.setattr(OverflowableBuffer, "append", watched)
    return kept


def test_a_large_body_of_somebody_known_arrives_and_is_written_to_no_disk(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_disk(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(OverflowableBuffer, "_set_large_buffer", on_disk)
    with serving(app, lambda environ: environ.get("HTTP_X_KNOWN") == "yes") as server:
        sent = post(LARGEST_REQUEST, "X-Known: yes\r\n") + b"x" * LARGEST_REQUEST
        assert send(server, sent).endswith(b"\r\n\r\n%d" % LARGEST_REQUEST)
        too_much = post(LARGEST_REQUEST + 1, "X-Known: yes\r\n") + b"x" * (LARGEST_REQUEST + 1)
        assert send(server, too_much).endswith(b"\r\n\r\n0")


def test_few_large_bodies_are_read_at_a_time(app: App) -> None:
    with serving(app, lambda _: True) as server:
        lines = [connect(server) for _ in range(MOST_LARGE)]
        for line in lines:
            line.sendall(post(100_000))
        time.sleep(0.3)
        request = post(20_000) + b"x" * 20_000
        assert send(server, request).startswith(b"HTTP/1.1 503 ")
        for line in lines:
            line.close()
        time.sleep(0.3)
        assert send(server, request).endswith(b"\r\n\r\n20000")


def test_when_nobody_can_say_who_it_is_nothing_is_kept(app: App) -> None:
    def fails(_: dict[str, Any]) -> bool:
        raise OSError

    with serving(app, fails) as server:
        assert send(server, post(20_000) + b"x" * 20_000).endswith(b"\r\n\r\n0")


MALFORMED = {
    "two lengths": post(3, "Content-Length: 4\r\n"),
    "length and chunks": post(3, "Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n",
    "chunks": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "other chunks": post(3, "transfer-encoding: identity\r\n"),
    "chunks of old": b"POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": post(-3),
    "endless length": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
    "bare line feed": b"GET / HTTP/1.1\r\nHost: localhost\nX-Name: " + NAME.encode() + b"\r\n\r\n",
    "folded from the start": b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n",
    "blank before the colon": b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "control character": b"GET / HTTP/1.1\r\nHost: local\x00host\r\n\r\n",
    "address of another": b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "broken address": b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "tab in the path": b"GET /\t/[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "long path": b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "long headers": b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD + b"\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "version 2": b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "no request": b"\x16\x03\x01\x02\x00\r\n\r\n",
    "endless": post(9 * LARGEST_REQUEST),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_what_is_malformed_gets_a_clear_answer_and_nothing_else(app: App, kind: str) -> None:
    with serving(app) as server:
        said = send(server, MALFORMED[kind])
    assert said.startswith((b"HTTP/1.0 4", b"HTTP/1.1 4"))
    assert said.count(b"HTTP/1.") == 1
    assert b"200 OK" not in said
    for never in (b"aitress", b"\r\nServer:", NAME.encode(), b"xxxx", b"elsewhere"):
        assert never not in said


def test_the_rest_of_what_is_refused_is_not_asked_for(app: App) -> None:
    with serving(app) as server:
        for request in (MALFORMED["chunks"], MALFORMED["endless"]):
            said = send(server, request.replace(b"Host:", b"Expect: 100-continue\r\nHost:"))
            assert said.startswith((b"HTTP/1.0 4", b"HTTP/1.1 4"))
        asked = send(server, post(3, "Expect: 100-continue\r\n") + b"abc")
        assert asked.startswith(b"HTTP/1.1 100 ")
        assert asked.endswith(b"\r\n\r\n3")


def test_a_header_of_blanks_stops_nobody(app: App) -> None:
    head = b"GET / HTTP/1.1\r\nX:" + b" " * (LARGEST_HEAD - 100) + b"\x01\r\n\r\n"
    begin = time.monotonic()
    with serving(app) as server:
        assert send(server, head).startswith(b"HTTP/1.0 400 ")
    assert time.monotonic() - begin < 2


def test_a_connection_is_one_request_and_no_software_is_named(app: App) -> None:
    with serving(app) as server:
        said = send(server, GET + GET)
    assert said.count(b"HTTP/1.1 200 OK") == 1
    assert b"\r\nConnection: close\r\n" in said
    assert b"Server:" not in said
    assert b"aitress" not in said


def test_no_line_of_the_log_says_what_was_asked_for(app: App) -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        log.configure("intake", stream, level="debug")
        with serving(app) as server:
            said = send(server, f"GET /fail/{NAME}?name={NAME} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert said.startswith(b"HTTP/1.1 500 ")
            assert NAME.encode() not in said
            send(server, MALFORMED["bare line feed"])
            with connect(server) as line:  # hangs up while it is answered
                line.sendall(f"GET /much?{NAME} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.3)
    finally:
        root.handlers[:], root.level = before[0], before[1]
    assert '"logger": "waitress"' in stream.getvalue()
    assert "RuntimeError" in stream.getvalue()
    assert NAME not in stream.getvalue()


def test_what_is_under_way_is_finished_and_nothing_else(app: App) -> None:
    with serving(app) as server, connect(server) as under_way, connect(server) as half:
        half.sendall(GET[:20])
        under_way.sendall(GET.replace(b"/ ", b"/slow ", 1))
        assert app.began.wait(5)
        server.stop()
        assert answer(half) == b""
        with pytest.raises(ConnectionRefusedError):
            connect(server)
        app.go.set()
        assert answer(under_way).endswith(b"\r\n\r\n0")
    assert not server.active_channels


def test_who_does_not_read_the_answer_does_not_hold_up_the_end(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_server, "FINISHES_WITHIN", 0.5)
    with serving(app) as server:
        line = connect(server)
        line.sendall(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.3)
        begin = time.monotonic()
    assert 0.5 <= time.monotonic() - begin < 5
    line.close()


def test_a_program_may_send_with_the_standard_library(app: App) -> None:
    with serving(app) as server:
        line = http.client.HTTPConnection(HOST, int(server.effective_port), timeout=5)
        for _ in range(2):  # it connects anew by itself
            line.request("POST", "/", body=b"abc", headers={"Host": "localhost"})
            assert line.getresponse().read() == b"3"
        line.close()
