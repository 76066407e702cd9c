"""One connection with one channel, served by a thread of its own until it breaks or is closed.

The thread answers heartbeats whatever the caller is doing, for minutes if need be. A line is used once:
whoever wants another connection opens another line.
"""

import functools
import threading
from collections.abc import Callable
from typing import Any

import pika  # type: ignore[import-untyped]  # pika ships no py.typed

from shared.bus import tls
from shared.bus.port import BrokerAddress, BrokerUnavailable
from shared.bus.rabbitmq import properties
from shared.bus.rabbitmq.troubles import explain
from shared.runtime import log

CLOSE_SECONDS = 5.0
_log = log.get("bus")


class Line:
    """Open with `open`. `prepare(channel, ready)` runs in the line's thread and calls `ready` when all is
    set up; `broken()` runs there once, when the line ends for whatever reason."""

    def __init__(
        self,
        address: BrokerAddress,
        prepare: Callable[[Any, Callable[..., None]], None],
        broken: Callable[[], None],
    ) -> None:
        self._address = address
        self._prepare = prepare
        self._broken = broken
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._thread: threading.Thread | None = None
        self._connection: Any = None
        self._ended = False
        self._closing = False
        self.channel: Any = None
        self.ready = False
        self.blocked = False
        self.problem: BrokerUnavailable | None = None

    def open(self, timeout: float) -> "Line":
        """Connect and prepare, in at most `timeout` seconds. Raises `BrokerUnavailable`."""
        properties.install(pika.spec.props)
        parameters = _parameters(self._address, timeout)
        self._thread = threading.Thread(target=self._serve, args=(parameters,), name="bus-line", daemon=True)
        self._thread.start()
        if not self._settled.wait(timeout):
            self._break(TimeoutError())
        if self.problem is not None:
            self.close()
            raise self.problem
        return self

    def call(self, action: Callable[[], None]) -> bool:
        """Run `action` in the line's thread, soon; False when the line has ended and it never will."""
        with self._lock:
            if self._ended or self._connection is None:
                return False
            self._connection.ioloop.add_callback_threadsafe(action)
            return True

    def close(self) -> None:
        """Send what was asked before, say goodbye, and end the thread. May be called twice."""
        self._closing = True
        self.call(self._goodbye)
        if self._thread is None:
            return
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            # The broker hangs: end without its answer. Nothing unconfirmed counts as sent.
            self.call(self._connection.ioloop.stop)
            self._thread.join(CLOSE_SECONDS)

    def _goodbye(self) -> None:
        if self._connection.is_closed:
            self._connection.ioloop.stop()
        elif not self._connection.is_closing:
            self._connection.close()

    def _serve(self, parameters: Any) -> None:
        try:
            self._connection = pika.SelectConnection(
                parameters,
                on_open_callback=lambda connection: connection.channel(on_open_callback=self._opened),
                on_open_error_callback=lambda connection, problem: self._stop(problem),
                on_close_callback=lambda connection, problem: self._stop(problem),
            )
            self._connection.add_on_connection_blocked_callback(functools.partial(self._set_blocked, True))
            self._connection.add_on_connection_unblocked_callback(functools.partial(self._set_blocked, False))
            self._connection.ioloop.start()
        except Exception as problem:  # the line is lost, whatever it was; its owner opens another
            _log.exception("line_failed")
            self._break(problem)
        finally:
            with self._lock:
                self._ended = True
            self._break(ConnectionError())
            if self._connection is not None:
                self._connection.ioloop.close()
            self._broken()

    def _opened(self, channel: Any) -> None:
        self.channel = channel
        channel.add_on_close_callback(self._channel_closed)
        self._prepare(channel, self._set_ready)

    def _set_ready(self, *_frame: object) -> None:
        self.ready = True
        self._settled.set()

    def _set_blocked(self, blocked: bool, *_frame: object) -> None:
        _log.warning("broker_blocks" if blocked else "broker_accepts_again")
        self.blocked = blocked

    def _channel_closed(self, _channel: object, problem: BaseException) -> None:
        """The broker closes a channel for one forbidden or oversize message: the line is then over, too."""
        if not self._closing:
            self._break(problem)
            self._goodbye()

    def cancelled(self, *_frame: object) -> None:
        """The broker ended the subscription: the queue was deleted or lost its leader."""
        self._break(ConnectionError())
        self._goodbye()

    def _stop(self, problem: BaseException) -> None:
        self._break(problem)
        self._connection.ioloop.stop()

    def _break(self, problem: BaseException) -> None:
        """Keep the first problem: what follows is only its echo."""
        with self._lock:
            if self.problem is None:
                self.problem = explain(problem)
                self.problem.__cause__ = problem
        self.ready = False
        self._settled.set()


def persistent(content_type: str, token: str) -> Any:
    """Properties of a message that survives a restart of the broker; `token` marks it for a return."""
    return pika.BasicProperties(content_type=content_type, delivery_mode=2, message_id=token)


def is_nack(frame: Any) -> bool:
    """Whether a confirm says no."""
    return isinstance(frame.method, pika.spec.Basic.Nack)


def _parameters(address: BrokerAddress, timeout: float) -> Any:
    return pika.ConnectionParameters(
        host=address.host,
        port=address.port,
        virtual_host=address.vhost,
        credentials=pika.credentials.ExternalCredentials(),
        ssl_options=pika.SSLOptions(tls.client_context(address), address.server_name),
        heartbeat=address.heartbeat,
        blocked_connection_timeout=address.blocked_timeout,
        socket_timeout=timeout,
        stack_timeout=timeout,
        connection_attempts=1,
        # The relay need not know which Python an organisation runs.
        client_properties={"product": "Myosotis", "platform": "", "version": "", "information": ""},
    )
