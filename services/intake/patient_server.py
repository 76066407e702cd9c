"""waitress, with bounds on time and memory for clients that nobody knows.

waitress gives a request to a thread when it has arrived, so slow clients take no thread. What it leaves open:
a client that sends a byte now and then keeps its connection for ever; one that does not read its answer is
never hung up on; and bodies are read whoever sends them. So connections end here, the oldest make room
for new ones, and of a large body nothing is kept until the application knows who sends it.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask
from waitress.utilities import Error

from services.intake.strict_request import LARGEST_HEAD, StrictRequest
from shared.web.app import LARGEST_FROM_STRANGERS, LARGEST_REQUEST

ARRIVES_WITHIN = 15.0
"""Seconds for a request, unless it is a large one of somebody who is known."""
MOVES_WITHIN = 20.0
"""Seconds between two pieces of such a large request, or of an answer."""
ENDS_WITHIN = 600.0
"""Seconds for a connection, but for the time in which its answer is being made."""
FINISHES_WITHIN = 18.0
"""Seconds after `stop` for the answers that are being made."""
LOOKS_EVERY = 0.1
"""Seconds between two looks at all connections; a round of the loop can be a single byte."""
MOST_WAITING = 256
"""Connections on their way in or out; the oldest are dropped first."""
MOST_LARGE = 4
"""Large requests that are read at a time, each up to LARGEST_REQUEST in memory."""
LIMITS = {
    "connection_limit": 2 * MOST_WAITING,
    "max_request_header_size": LARGEST_HEAD,
    "max_request_body_size": 8 * LARGEST_REQUEST,  # not kept: who sends too much is told when it has arrived
    "inbuf_overflow": 2 * LARGEST_REQUEST,  # never: what people send is not written to a disk
    "outbuf_overflow": 2**31,  # nor is what they are shown
    "asyncore_loop_timeout": 1,
    "asyncore_use_poll": True,
    "log_socket_errors": False,
    "ident": None,
}
"""Settings of waitress that the promises here rest on."""


class _Busy(Error):  # type: ignore[misc]
    code, reason = 503, "Service Unavailable"


class _Nowhere:
    """Takes in a body without keeping it."""

    def append(self, data: bytes) -> None:
        """Forget it."""

    def getfile(self) -> BytesIO:
        return BytesIO()

    def close(self) -> None:
        """Nothing was opened."""


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, which is one request."""

    parser_class = StrictRequest
    asking = asked = known = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.began = time.monotonic()
        super().__init__(*arguments, **named)

    def readable(self) -> bool:
        """Nothing more is read until it is clear who sends it."""
        return not self.asking and bool(super().readable())

    def received(self, data: bytes) -> bool:
        """Take in the next piece; ask who sends it when it will be large."""
        going_on = bool(super().received(data))
        arriving = None if self.requests or self.asked else self.request
        if arriving is not None and arriving.content_length > LARGEST_FROM_STRANGERS:
            self.asked = self.asking = True
            self.server.add_task(_Question(self))
        return going_on

    def del_channel(self, map: Any = None) -> None:  # noqa: A002 - waitress's name
        """The connection is closed."""
        super().del_channel(map)
        if self.known:
            self.known = False
            self.server.large.release()

    def handle_close(self) -> None:
        """Hang up. What is not read yet would make that a reset, which can take the answer with it."""
        if self.socket is not None:
            with suppress(OSError):
                self.socket.recv(64 * 1024)
        super().handle_close()

    def in_hand(self) -> bool:
        """Whether a thread has it, or will have it."""
        return bool(self.asking or self.requests)

    def is_late(self) -> bool:
        """Whether it has taken too long, on its way in or out."""
        age = time.monotonic() - self.began
        stands = time.time() - self.last_activity > MOVES_WITHIN
        if self.in_hand():  # a thread may wait for room to write
            return stands and bool(self.total_outbufs_len > self.adj.outbuf_high_watermark)
        if self.known or self.close_when_flushed:
            return stands or age > ENDS_WITHIN
        return age > ARRIVES_WITHIN


class _Question:
    """A task for a thread, because the answer takes a look into the database."""

    def __init__(self, channel: _Channel) -> None:
        self._channel = channel

    def service(self) -> None:
        """Keep what arrives of somebody who is known. Of others nothing is kept; the application refuses."""
        channel, request = self._channel, self._channel.request
        server, keep = channel.server, request.body_rcv.buf
        request.body_rcv.buf = _Nowhere()
        try:
            fits = request.content_length <= LARGEST_REQUEST
            if fits and server.knows(WSGITask(channel, request).get_environment()):
                channel.known = server.large.acquire(blocking=False)
                if channel.known:
                    request.body_rcv.buf = keep
                else:
                    request.error = _Busy("")
        finally:
            channel.asking = False
            server.pull_trigger()

    def cancel(self) -> None:
        """The server ends."""
        self._channel.cancel()


class PatientServer(TcpWSGIServer):  # type: ignore[misc]
    """Listens from the moment it is made. `knows` says, from the headers alone, who may send much."""

    channel_class = _Channel

    def __init__(self, application: Any, knows: Callable[[dict[str, Any]], bool], **adjustments: Any) -> None:
        self.knows = knows
        self.large = BoundedSemaphore(MOST_LARGE)
        self._stopping, self._next_look = False, 0.0
        super().__init__(application, **LIMITS, **adjustments)

    def maintenance(self, now: float) -> None:
        """Ours is done between two rounds: a connection closed within one leaves its number to a new one."""

    def stop(self) -> None:
        """End `run` when the answers that are being made are sent; may be called in a signal handler."""
        self._stopping = True
        self.pull_trigger()

    def run(self) -> None:
        """Serve until `stop`."""
        while not self._stopping:
            self._drop_late()
            self._round()
        wasyncore.dispatcher.close(self)  # not self.close(): threads still pull the trigger
        until = time.monotonic() + FINISHES_WITHIN
        while self._unfinished() and time.monotonic() < until:
            self._round()
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        self.task_dispatcher.shutdown(timeout=1)

    def _round(self) -> None:
        wasyncore.loop(self.adj.asyncore_loop_timeout, self.adj.asyncore_use_poll, self._map, 1)

    def _drop_late(self) -> None:
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOKS_EVERY
        waiting = []
        for channel in list(self.active_channels.values()):
            if channel.is_late():
                channel.handle_close()
            elif not channel.in_hand() and not channel.known:
                waiting.append(channel)
        for channel in waiting[:-MOST_WAITING]:
            channel.handle_close()

    def _unfinished(self) -> bool:
        for channel in list(self.active_channels.values()):
            if not channel.in_hand() and not channel.close_when_flushed:
                channel.handle_close()
        return bool(self.active_channels)
