"""Take batches from one queue and settle them."""

import functools
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from shared.bus.backoff import Backoff
from shared.bus.port import BrokerAddress, BrokerUnavailable, Delivery, HandleBatch, Trouble, Verdict
from shared.bus.rabbitmq.line import Line
from shared.bus.settling import Settlement, checked, settle
from shared.runtime import log

_log = log.get("bus")
_STOP_POLL_SECONDS = 0.2
_Arrivals = queue.SimpleQueue[tuple[int, Delivery] | None]


class RabbitConsumer:
    """`shared.bus.port.Consumer` for one queue of one vhost.

    `prefetch` messages at most are on their way to us unsettled. A batch has at most `batch` of them, ends
    with the one that brings it to `batch_bytes`, and waits at most `linger_ms` milliseconds for company.
    While more is waiting, `in_hand` batches are handled at a time, and settled in the order in which they
    came. `again_pause` is in seconds.
    """

    def __init__(
        self,
        address: BrokerAddress,
        queue_name: str,
        prefetch: int = 200,
        batch: int = 100,
        linger_ms: int = 20,
        *,
        in_hand: int = 1,
        batch_bytes: int = 8 * 1024 * 1024,
        again_pause: float = 1.0,
        connect_timeout: float = 15.0,
    ) -> None:
        if not 1 <= batch <= prefetch:
            raise ValueError("batch must be between 1 and prefetch")
        if in_hand < 1:
            raise ValueError("one batch at a time is the least")
        self._address = address
        self._queue_name = queue_name
        self._prefetch = prefetch
        self._batch = batch
        self._linger = linger_ms / 1000
        self._in_hand = in_hand
        self._batch_bytes = batch_bytes
        self._again_pause = again_pause
        self._connect_timeout = connect_timeout
        self._line: Line | None = None
        self._trouble = BrokerUnavailable(Trouble.LOST, "The consumer has not connected yet.")

    def run(self, handle_batch: HandleBatch, stop: threading.Event) -> None:
        """See the port."""
        backoff = Backoff()
        while not stop.is_set():
            arrivals: _Arrivals = queue.SimpleQueue()
            prepare = functools.partial(self._prepare, arrivals)
            line = Line(self._address, prepare, functools.partial(arrivals.put, None))
            try:
                self._line = line.open(self._connect_timeout)
                backoff.reset()
                self._serve(line, arrivals, handle_batch, stop)
            except BrokerUnavailable as trouble:
                self._trouble = trouble
                _log.warning("broker_away", code=trouble.code)
                stop.wait(backoff.pause())
            finally:
                self._line = None
                line.close()

    def check(self) -> None:
        """See the port."""
        line = self._line
        if line is None or line.problem is not None:
            raise self._trouble

    def _serve(
        self, line: Line, arrivals: _Arrivals, handle_batch: HandleBatch, stop: threading.Event
    ) -> None:
        pending: deque[tuple[list[int], Future[Sequence[Verdict]]]] = deque()

        def settle_oldest() -> None:
            tags, verdicts = pending.popleft()
            self._settle(line, tags, verdicts.result(), stop)

        try:
            while not stop.is_set():
                batch = self._collect(line, arrivals, stop)
                if not batch:
                    continue
                pending.append(([tag for tag, _ in batch], _begin(handle_batch, [one for _, one in batch])))
                # Nobody waits for a next batch that may never come.
                while pending and (len(pending) >= self._in_hand or arrivals.empty()):
                    settle_oldest()
            while pending:
                settle_oldest()
        finally:
            # A new line would bring the same messages while they are still being stored.
            for _, verdicts in pending:
                failure = verdicts.exception()
                if failure is not None:
                    _log.warning("batch_failed", error=failure)

    def _settle(
        self, line: Line, tags: Sequence[int], verdicts: Sequence[Verdict], stop: threading.Event
    ) -> None:
        now, later = settle(tags, verdicts)
        line.call(functools.partial(_send, line, now))
        if later:
            stop.wait(self._again_pause)
            line.call(functools.partial(_send, line, later))

    def _collect(self, line: Line, arrivals: _Arrivals, stop: threading.Event) -> list[tuple[int, Delivery]]:
        """The next batch; empty when `stop` was set first. Raises the line's problem when it broke, because
        what it still holds will be delivered again."""
        batch: list[tuple[int, Delivery]] = []
        size, until = 0, float("inf")
        while len(batch) < self._batch and size < self._batch_bytes and not stop.is_set():
            try:
                arrival = arrivals.get(timeout=min(_STOP_POLL_SECONDS, max(0.0, until - time.monotonic())))
            except queue.Empty:
                if batch and time.monotonic() >= until:
                    break
                continue
            if line.problem is not None:
                raise line.problem
            if arrival is not None:
                batch.append(arrival)
                size += len(arrival[1].body)
                until = min(until, time.monotonic() + self._linger)
        return batch

    def _prepare(self, arrivals: _Arrivals, channel: Any, ready: Callable[..., None]) -> None:
        def arrived(_channel: Any, how: Any, props: Any, body: bytes) -> None:
            arrivals.put((how.delivery_tag, Delivery(_text(how.routing_key), body, props.content_type)))

        def consume(_frame: Any) -> None:
            channel.basic_consume(self._queue_name, arrived, callback=ready)

        channel.add_on_cancel_callback(lambda frame: self._cancelled())
        channel.basic_qos(prefetch_count=self._prefetch, callback=consume)

    def _cancelled(self) -> None:
        if self._line is not None:
            self._line.cancelled()


def _begin(handle_batch: HandleBatch, deliveries: list[Delivery]) -> Future[Sequence[Verdict]]:
    """Hand a batch to a thread; a daemon, because one that hangs must not keep the process alive."""
    outcome: Future[Sequence[Verdict]] = Future()

    def handle() -> None:
        try:
            outcome.set_result(checked(handle_batch(deliveries), deliveries))
        except BaseException as failure:  # the loop raises it, as if it had called
            outcome.set_exception(failure)

    threading.Thread(target=handle, name="batch", daemon=True).start()
    return outcome


def _send(line: Line, settlements: Sequence[Settlement]) -> None:
    """In the line's thread. On a line that broke meanwhile nothing is sent: those come again."""
    if line.problem is not None:
        return
    for each in settlements:
        if each.verdict is Verdict.ACK:
            line.channel.basic_ack(each.tag, each.multiple)
        else:
            line.channel.basic_nack(each.tag, requeue=each.verdict is Verdict.AGAIN)


def _text(routing_key: str | bytes) -> str:
    """pika leaves a routing key that is not UTF-8 as bytes; it must not crash a handler."""
    return routing_key if isinstance(routing_key, str) else routing_key.decode("ascii", errors="replace")
