"""Publish batches with pipelined confirms.

All messages of a batch are written at once and the broker's confirms are collected as they come: one round
trip a batch instead of one a message.
"""

import functools
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from shared.bus.backoff import Backoff
from shared.bus.port import BrokerAddress, BrokerUnavailable, Outgoing, PublishOutcome, Trouble
from shared.bus.rabbitmq.line import Line, is_nack, persistent
from shared.runtime import log

_log = log.get("bus")
_A_MESSAGE_IS_AT_FAULT = frozenset({Trouble.FORBIDDEN, Trouble.TOO_LARGE})
_UNBLOCK_POLL_SECONDS = 0.05


class RabbitPublisher:
    """`shared.bus.port.Publisher` for one exchange of one vhost. Connects at the first use, never before."""

    def __init__(self, address: BrokerAddress, exchange: str, connect_timeout: float = 15.0) -> None:
        self._address = address
        self._exchange = exchange
        self._connect_timeout = connect_timeout
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._backoff = Backoff()
        self._not_before = 0.0
        self._line: Line | None = None
        self._flight = _Flight(0)
        self._published = 0

    def publish(self, batch: Sequence[Outgoing], timeout: float = 30.0) -> list[PublishOutcome]:
        """See the port. A batch with a forbidden message goes out again one by one, to find it."""
        with self._lock:
            deadline = time.monotonic() + timeout
            outcomes, trouble = self._fly(batch, deadline)
            if trouble not in _A_MESSAGE_IS_AT_FAULT:
                return outcomes
            for index, message in enumerate(batch):
                if outcomes[index] is PublishOutcome.UNKNOWN and time.monotonic() < deadline:
                    self._not_before = 0.0  # that line was closed for a known reason: no need to wait
                    alone, trouble = self._fly([message], deadline)
                    refused = trouble in _A_MESSAGE_IS_AT_FAULT
                    outcomes[index] = PublishOutcome.REFUSED if refused else alone[0]
            return outcomes

    def check(self) -> None:
        """See the port."""
        with self._lock:
            self._connected(time.monotonic() + self._connect_timeout)

    def close(self) -> None:
        """See the port."""
        self._closed.set()
        with self._lock:
            self._drop()

    def _fly(self, batch: Sequence[Outgoing], deadline: float) -> tuple[list[PublishOutcome], Trouble | None]:
        """Send once. Whatever has no answer at the deadline, or when the line breaks, is UNKNOWN."""
        try:
            line = self._connected(deadline)
        except BrokerUnavailable as away:
            _log.warning("broker_away", code=away.code)
            return [PublishOutcome.UNKNOWN] * len(batch), None
        flight = self._flight = _Flight(len(batch))
        first_tag = self._published + 1
        self._published += len(batch)
        line.call(functools.partial(flight.depart, line.channel, self._exchange, batch, first_tag))
        if line.problem is not None:
            flight.done.set()
        arrived = flight.done.wait(max(0.0, deadline - time.monotonic()))
        if line.problem is not None or not arrived:
            self._drop()
        trouble = line.problem.code if line.problem is not None and flight.open else None
        return flight.result(), trouble

    def _connected(self, deadline: float) -> Line:
        """The line, opened if need be. Waits for back-off and blocked broker, but not beyond `deadline`."""
        while self._line is not None and self._line.problem is None and self._line.blocked:
            if time.monotonic() > deadline or self._closed.wait(_UNBLOCK_POLL_SECONDS):
                raise BrokerUnavailable(
                    Trouble.BLOCKED, "The broker accepts nothing: its disk or memory is full."
                )
        if self._line is not None and self._line.problem is None:
            return self._line
        self._drop()
        patience = min(self._not_before, deadline) - time.monotonic()
        if self._closed.wait(max(0.0, patience)):
            raise BrokerUnavailable(Trouble.LOST, "This publisher was closed.")
        left = min(self._connect_timeout, max(0.1, deadline - time.monotonic()))
        try:
            self._published = 0
            self._line = Line(self._address, self._prepare, self._line_broke).open(left)
        except BrokerUnavailable:
            self._not_before = time.monotonic() + self._backoff.pause()
            raise
        return self._line

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _prepare(self, channel: Any, ready: Callable[..., None]) -> None:
        channel.add_on_return_callback(
            lambda _channel, _how, props, _body: self._flight.returned(props.message_id)
        )
        channel.confirm_delivery(self._confirmed, callback=ready)

    def _confirmed(self, frame: Any) -> None:
        self._backoff.reset()
        self._flight.confirmed(frame.method.delivery_tag, frame.method.multiple, is_nack(frame))

    def _line_broke(self) -> None:
        self._flight.done.set()


class _Flight:
    """One batch under way. Changed in the line's thread only, read after `done`."""

    def __init__(self, size: int) -> None:
        self.done = threading.Event()
        self.open: dict[int, int] = {}
        self._outcomes = [PublishOutcome.UNKNOWN] * size
        self._tokens: dict[str, int] = {}
        self._came_back: set[int] = set()

    def depart(self, channel: Any, exchange: str, batch: Sequence[Outgoing], first_tag: int) -> None:
        """Write all messages; the broker numbers them in this order, from 1 on each channel."""
        for index, message in enumerate(batch):
            # Chance, not a count: the receiver could read from a count how much we send to others.
            token = secrets.token_hex(8)
            self.open[first_tag + index] = index
            self._tokens[token] = index
            channel.basic_publish(
                exchange,
                message.routing_key,
                message.body,
                persistent(message.content_type, token),
                mandatory=True,
            )
        if not self.open:
            self.done.set()

    def returned(self, token: str) -> None:
        """No queue took it. The broker still acknowledges it afterwards."""
        index = self._tokens.get(token)
        if index is not None:
            self._came_back.add(index)

    def confirmed(self, tag: int, multiple: bool, negative: bool) -> None:
        """The broker's word on one message, or on all up to it."""
        tags = [each for each in self.open if each <= tag] if multiple else [tag]
        for each in tags:
            index = self.open.pop(each, None)
            if index is None:
                continue
            if negative:
                self._outcomes[index] = PublishOutcome.NACKED
            elif index in self._came_back:
                self._outcomes[index] = PublishOutcome.RETURNED
            else:
                self._outcomes[index] = PublishOutcome.CONFIRMED
        if not self.open:
            self.done.set()

    def result(self) -> list[PublishOutcome]:
        """One outcome a message, in order."""
        return list(self._outcomes)
