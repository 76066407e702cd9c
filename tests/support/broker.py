"""One private RabbitMQ node for a whole test run, and what tests need around it.

The first test that asks for `broker` starts it (5 s), the end of the run stops it. With pytest-xdist every
worker process has a node of its own: no lock, nothing shared. A missing rabbitmq-server fails the tests, and
the message says how to install it.
"""

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pika
import pytest

from shared.bus import topology
from shared.bus.definitions import Definitions
from shared.bus.port import ENVELOPE_CONTENT_TYPE, BrokerAddress, Delivery, HandleBatch, Outgoing, Verdict
from shared.bus.private_node import BrokerPorts, PrivateBroker
from shared.bus.rabbitmq import RabbitConsumer, RabbitPublisher
from shared.bus.tls import client_context

ORGANISATIONS = ("lt-vilnius", "lv-riga", "fr-lyon", "ee-small")
"""The last one has inboxes and dead letters of 20,000 bytes."""
SMALL_BYTES = 20_000
INSPECTOR = "tests.inspector"
"""A user that exists in tests only and may do everything: it empties queues and looks at dead letters."""


def _adapt(made: Definitions) -> None:
    made["users"].append({**made["users"][0], "name": INSPECTOR, "limits": {}})
    made["permissions"] += [
        {"user": INSPECTOR, "vhost": vhost["name"], "configure": ".*", "write": ".*", "read": ".*"}
        for vhost in made["vhosts"]
    ]
    for queue in made["queues"]:
        if queue["name"].startswith(("inbox.ee-small.", "dead.ee-small")):
            queue["arguments"]["x-max-length-bytes"] = SMALL_BYTES


@pytest.fixture(scope="session")
def broker_node() -> Iterator[PrivateBroker]:
    """The node itself, started once. Its folder is not pytest's, which a second run would tidy away."""
    with tempfile.TemporaryDirectory(prefix="myosotis-broker-") as folder:
        node = PrivateBroker(Path(folder), BrokerPorts.free(), ORGANISATIONS, _adapt)
        node.start()
        try:
            yield node
        finally:
            node.stop()


@pytest.fixture
def broker(broker_node: PrivateBroker) -> PrivateBroker:
    """The running node with empty queues, whatever the test before did to it."""
    broker_node.resume()
    if not broker_node.running:
        broker_node.start()
    empty(broker_node, [queue.name for queue in topology.relay(ORGANISATIONS).queues])
    empty(
        broker_node,
        [queue.name for queue in topology.node("lt-vilnius").queues],
        topology.node_vhost("lt-vilnius"),
    )
    return broker_node


@contextlib.contextmanager
def raw_connection(address: BrokerAddress) -> Iterator[pika.BlockingConnection]:
    """A connection without our adapter: what a hostile or broken client could do."""
    parameters = pika.ConnectionParameters(
        address.host,
        address.port,
        address.vhost,
        pika.credentials.ExternalCredentials(),
        ssl_options=pika.SSLOptions(client_context(address), address.server_name),
        heartbeat=0,
    )
    connection = pika.BlockingConnection(parameters)
    try:
        yield connection
    finally:
        if connection.is_open:
            connection.close()


@contextlib.contextmanager
def raw_channel(address: BrokerAddress) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """A channel of such a connection."""
    with raw_connection(address) as connection:
        yield connection.channel()


def take_all(node: PrivateBroker, queue_name: str, vhost: str = topology.RELAY_VHOST) -> list[bytes]:
    """Take every message out of a queue and return the bodies."""
    bodies = []
    with raw_channel(node.address(INSPECTOR, vhost)) as channel:
        while True:
            how, _, body = channel.basic_get(queue_name, auto_ack=True)
            if how is None:
                return bodies
            bodies.append(body)


def empty(node: PrivateBroker, queue_names: Sequence[str], vhost: str = topology.RELAY_VHOST) -> None:
    """Throw away what is in queues; a quorum queue may need a moment to find its leader after a restart."""
    waiting = list(queue_names)

    def purged() -> bool:
        try:
            with raw_channel(node.address(INSPECTOR, vhost)) as channel:
                while waiting:
                    channel.queue_purge(waiting[-1])
                    waiting.pop()
        except pika.exceptions.AMQPError:
            return False
        return True

    wait_for(purged, 60, every=0.2)


def wait_for(condition: Callable[[], bool], seconds: float = 10.0, every: float = 0.02) -> None:
    """Wait until `condition` holds, asked `every` so many seconds; an AssertionError after `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"this did not happen within {seconds} s"
        time.sleep(every)


def envelope(
    body: bytes = b"sealed", *, sender: str = "lt-vilnius", to: str = "lv-riga", role: str = "matching"
) -> Outgoing:
    """A message for the relay; its content does not matter here."""
    return Outgoing(topology.relay_key(sender, to, role), body, ENVELOPE_CONTENT_TYPE)


@contextlib.contextmanager
def publishing(node: PrivateBroker, organisation: str = "lt-vilnius") -> Iterator[RabbitPublisher]:
    """An organisation's publisher to the relay."""
    publisher = RabbitPublisher(node.relay_address(organisation), topology.RELAY_EXCHANGE)
    try:
        yield publisher
    finally:
        publisher.close()


@contextlib.contextmanager
def consuming(
    consumer: RabbitConsumer, handle_batch: HandleBatch, stop: threading.Event | None = None
) -> Iterator[threading.Event]:
    """Run a consumer in a thread of its own until the block ends."""
    stop = stop or threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            consumer.run(handle_batch, stop)
        except BaseException as problem:  # reported below, in the test's own thread
            failures.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


class Recorder:
    """A handler that keeps what it was given and returns one verdict for all."""

    def __init__(self, verdict: Verdict = Verdict.ACK) -> None:
        self.verdict = verdict
        self.seen: list[Delivery] = []
        self.batches: list[int] = []

    def __call__(self, batch: list[Delivery]) -> list[Verdict]:
        self.batches.append(len(batch))
        self.seen += batch
        return [self.verdict] * len(batch)

    @property
    def bodies(self) -> list[bytes]:
        """The bodies in the order of arrival."""
        return [delivery.body for delivery in self.seen]


def bodies(messages: Sequence[Outgoing]) -> list[bytes]:
    """The bodies of messages."""
    return [message.body for message in messages]
