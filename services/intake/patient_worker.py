"""A gunicorn worker whose threads wait for nobody: a request is given to one when it has arrived.

gunicorn's own worker reads headers and body in the thread that will answer. Without signing in, as many slow
connections as there are threads would keep everybody out; and its main loop waits up to two seconds for each
client that is slow to hang up. Here one loop watches all connections that arrive or leave. A request that
says it is large goes to a thread as soon as its headers are there: the application refuses to read it unless
somebody signed in sends it (shared.web.app).
"""

import re
import selectors
import socket
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from shared.web.app import LARGEST_FROM_STRANGERS

ARRIVES_WITHIN = 15.0
"""Seconds for headers and a small body."""
LEAVES_WITHIN = 2.0
"""Seconds for a client to hang up after its answer (RFC 9112 9.6)."""
BETWEEN_BYTES = 20.0
"""Seconds that a thread waits for the next piece of a large request, or for room to send."""
MOST_WAITING = 256
"""Connections that may be on their way in; the oldest are dropped first."""
LARGEST_HEAD = 32 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class TooLongHead(Exception):
    """The headers do not end."""


def has_arrived(seen: bytes) -> bool:
    """Whether a thread may begin: headers and small body are there, or the headers of a large one.

    Raises TooLongHead.
    """
    head, end, body = seen.partition(_END_OF_HEAD)
    if not end:
        if len(seen) >= LARGEST_HEAD:
            raise TooLongHead
        return False
    said = _LENGTH.search(head + b"\r\n")
    length = int(said[1]) if said is not None else 0
    return length > LARGEST_FROM_STRANGERS or len(body) >= length


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gthread with a waiting room. The server has no keep-alive, so a connection is one request."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadlines: dict[TConn, float] = {}
        """Connections on their way in or out, the oldest first."""
        self._seen: dict[TConn, int] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """Watch a new connection until its request is there."""
        if len(self._deadlines) >= MOST_WAITING:
            self._drop(next(iter(self._deadlines)))
        self._seen[conn] = 0
        self._watch(conn, ARRIVES_WITHIN, self._arriving)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """The answer is sent: let the client hang up, without waiting for it here."""
        if fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            self._watch(conn, LEAVES_WITHIN, self._leaving)
        except OSError:
            self._drop(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """In a thread: a client that stalls in the middle does not keep it for ever."""
        conn.sock.settimeout(BETWEEN_BYTES)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Called in every round of the loop: end what takes too long."""
        super().murder_pending()
        for conn in self._late(time.monotonic()):
            self._drop(conn)

    def _late(self, now: float) -> Iterator[TConn]:
        yield from [conn for conn, deadline in self._deadlines.items() if deadline <= now]

    def _watch(self, conn: TConn, seconds: float, readable: Any) -> None:
        conn.sock.setblocking(False)
        self._deadlines[conn] = time.monotonic() + seconds
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(readable, conn))

    def _arriving(self, conn: TConn, sock: socket.socket) -> None:
        try:
            seen = sock.recv(LARGEST_HEAD + LARGEST_FROM_STRANGERS, socket.MSG_PEEK)
            whole = has_arrived(seen)
        except BlockingIOError:
            return
        except (OSError, TooLongHead):
            self._drop(conn)
            return
        if whole:
            self._forget(conn)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            super().enqueue_req(conn)
        elif len(seen) <= self._seen[conn]:
            self._drop(conn)  # readable without anything new: the client has hung up
        else:
            self._seen[conn] = len(seen)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(seen) + 1)

    def _leaving(self, conn: TConn, sock: socket.socket) -> None:
        try:
            if sock.recv(4096):
                return
        except BlockingIOError:
            return
        except OSError:
            pass  # nothing more to wait for
        self._drop(conn)

    def _forget(self, conn: TConn) -> None:
        self._seen.pop(conn, None)
        if self._deadlines.pop(conn, None) is not None:
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()
