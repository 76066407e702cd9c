"""A broker inside one process, for unit tests. The contract suite runs over it and over RabbitMQ."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.bus import topology
from shared.bus.port import (
    BrokerUnavailable,
    Delivery,
    HandleBatch,
    Outgoing,
    PublishOutcome,
    Trouble,
    Verdict,
)
from shared.bus.settling import checked
from shared.bus.topology import Vhost

_POLL_SECONDS = 0.01


@dataclass
class _Queue:
    binding: str
    max_bytes: int
    waiting: deque[Delivery] = field(default_factory=deque)
    dead: list[Delivery] = field(default_factory=list)

    def is_full(self) -> bool:
        return sum(len(delivery.body) for delivery in self.waiting) >= self.max_bytes


class MemoryBus:
    """The queues and bindings of one vhost. `away` set to True is a broker that cannot be reached."""

    def __init__(self, vhost: Vhost) -> None:
        self.away = False
        self._changed = threading.Condition()
        self._queues = {
            queue.name: _Queue(queue.binding, queue.max_bytes)
            for queue in vhost.queues
            if queue.exchange == vhost.exchange
        }

    @classmethod
    def relay(cls, organisations: Iterable[str]) -> "MemoryBus":
        """A relay of these members."""
        return cls(topology.relay(organisations))

    @classmethod
    def node(cls, organisation: str) -> "MemoryBus":
        """The local broker of one organisation."""
        return cls(topology.node(organisation))

    def publisher(self) -> "MemoryPublisher":
        """A way in for messages, without the rights that a real broker checks."""
        return MemoryPublisher(self)

    def consumer(self, queue_name: str, batch: int = 50, *, again_pause: float = 0.01) -> "MemoryConsumer":
        """A way out; KeyError when the topology has no such queue."""
        return MemoryConsumer(self, queue_name, batch, again_pause)

    def waiting(self, queue_name: str) -> list[Delivery]:
        """What lies in a queue now."""
        with self._changed:
            return list(self._queues[queue_name].waiting)

    def dead(self, queue_name: str) -> list[Delivery]:
        """What was taken from a queue with the verdict DEAD."""
        with self._changed:
            return list(self._queues[queue_name].dead)

    def limit(self, queue_name: str, max_bytes: int) -> None:
        """Make a queue small, so that a test can fill it."""
        with self._changed:
            self._queues[queue_name].max_bytes = max_bytes

    def route(self, message: Outgoing) -> PublishOutcome:
        """Put one message where its routing key leads."""
        if self.away:
            return PublishOutcome.UNKNOWN
        if len(message.body) > topology.MAX_MESSAGE_BYTES:
            return PublishOutcome.REFUSED
        with self._changed:
            bound = [queue for queue in self._queues.values() if matches(queue.binding, message.routing_key)]
            if not bound:
                return PublishOutcome.RETURNED
            if any(queue.is_full() for queue in bound):
                return PublishOutcome.NACKED
            for queue in bound:
                queue.waiting.append(Delivery(message.routing_key, message.body, message.content_type))
            self._changed.notify_all()
        return PublishOutcome.CONFIRMED

    def take(self, queue_name: str, limit: int) -> list[Delivery]:
        """Up to `limit` messages, waiting a moment for the first; none while the broker is away."""
        with self._changed:
            queue = self._queues[queue_name]
            if self.away or not queue.waiting:
                self._changed.wait(_POLL_SECONDS)
            count = 0 if self.away else min(limit, len(queue.waiting))
            return [queue.waiting.popleft() for _ in range(count)]

    def give_back(self, queue_name: str, deliveries: Sequence[Delivery]) -> None:
        """To the front of the queue, in their old order."""
        with self._changed:
            self._queues[queue_name].waiting.extendleft(reversed(deliveries))

    def bury(self, queue_name: str, deliveries: Sequence[Delivery]) -> None:
        """To the dead letters of this queue."""
        with self._changed:
            self._queues[queue_name].dead.extend(deliveries)


class MemoryPublisher:
    """`shared.bus.port.Publisher` over a `MemoryBus`."""

    def __init__(self, bus: MemoryBus) -> None:
        self._bus = bus

    def publish(self, batch: Sequence[Outgoing], timeout: float = 30.0) -> list[PublishOutcome]:
        """See the port; never waits."""
        del timeout
        return [self._bus.route(message) for message in batch]

    def check(self) -> None:
        """See the port."""
        _check(self._bus)

    def close(self) -> None:
        """See the port; there is nothing to close."""


class MemoryConsumer:
    """`shared.bus.port.Consumer` over one queue of a `MemoryBus`."""

    def __init__(self, bus: MemoryBus, queue_name: str, batch: int, again_pause: float) -> None:
        bus.waiting(queue_name)
        self._bus = bus
        self._queue_name = queue_name
        self._batch = batch
        self._again_pause = again_pause

    def run(self, handle_batch: HandleBatch, stop: threading.Event) -> None:
        """See the port."""
        while not stop.is_set():
            batch = self._bus.take(self._queue_name, self._batch)
            if not batch:
                time.sleep(0)
                continue
            try:
                verdicts = checked(handle_batch(list(batch)), batch)
            except BaseException:
                self._bus.give_back(self._queue_name, batch)
                raise
            judged = list(zip(batch, verdicts, strict=True))
            self._bus.bury(self._queue_name, [each for each, verdict in judged if verdict is Verdict.DEAD])
            again = [each for each, verdict in judged if verdict is Verdict.AGAIN]
            if again:
                stop.wait(self._again_pause)
                self._bus.give_back(self._queue_name, again)

    def check(self) -> None:
        """See the port."""
        _check(self._bus)


def matches(binding: str, routing_key: str) -> bool:
    """Whether a topic binding covers a routing key: `*` is one word, `#` any number (AMQP 0-9-1, 3.1.3.3)."""
    return _words_match(binding.split("."), routing_key.split("."))


def _words_match(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_words_match(pattern[1:], words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _words_match(pattern[1:], words[1:])


def _check(bus: MemoryBus) -> None:
    if bus.away:
        raise BrokerUnavailable(Trouble.UNREACHABLE, "The broker in memory was set to be away.")
