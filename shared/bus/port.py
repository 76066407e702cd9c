"""What the rest of Myosotis knows of a message broker: publish a batch, consume batches, settle each message.

The broker only carries. Attempts, back-off and parking are rows of the outbox and the inbox, so nothing here
counts deliveries, and no header of a message is shown to anybody: a sender can write what it likes into one.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

ENVELOPE_CONTENT_TYPE = "application/vnd.myosotis.envelope"
EVENT_CONTENT_TYPE = "application/vnd.myosotis.event+json"
LONGEST_NAME = 255
"""Bytes in an AMQP short string."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker is and which certificate opens it; the user is the certificate's common name.

    `heartbeat` and `blocked_timeout` are seconds. `server_name` is the name that the server's certificate
    must carry; on a private network it need not be the `host` that is dialled.
    """

    host: str
    port: int
    vhost: str
    ca_file: Path
    cert_file: Path
    key_file: Path
    server_name: str
    heartbeat: int = 30
    blocked_timeout: int = 60


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way out; the exchange belongs to the publisher, not to the message."""

    routing_key: str
    body: bytes = field(repr=False)
    content_type: str

    def __post_init__(self) -> None:
        """A key that AMQP cannot carry must not travel as far as the connection and break it."""
        if len(self.routing_key.encode()) > LONGEST_NAME or len(self.content_type.encode()) > LONGEST_NAME:
            raise ValueError(f"a routing key and a content type have at most {LONGEST_NAME} bytes")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message taken from a queue: all that a handler may know of it. Headers are left out on purpose.

    `content_type` is an empty string when the sender gave none.
    """

    routing_key: str
    body: bytes = field(repr=False)
    content_type: str


class PublishOutcome(StrEnum):
    """What became of one published message. Only `CONFIRMED` may be written down as sent."""

    CONFIRMED = "confirmed"
    """The broker holds it safely."""
    RETURNED = "returned"
    """No queue is bound for its routing key; the broker dropped it (case 65)."""
    NACKED = "nacked"
    """The queue is full or its leader is away; try again later (case 68)."""
    REFUSED = "refused"
    """The broker forbids it and will again: a routing key that is not ours, or a body that is too large."""
    UNKNOWN = "unknown"
    """The line broke first, or was never there. It may have arrived: send it again (case 62)."""


class Verdict(StrEnum):
    """What the broker shall do with one delivery after it was handled."""

    ACK = "ack"
    """Done or stored: forget it."""
    DEAD = "dead"
    """Can never be handled: to the dead letter queue, after this first try."""
    AGAIN = "again"
    """Cannot be handled now: back to the queue after a pause."""


class Trouble(StrEnum):
    """Why there is no line to the broker, or why it ended; a word that may be logged."""

    UNREACHABLE = "unreachable"
    TLS = "tls"
    LOGIN = "login"
    VHOST = "vhost"
    FORBIDDEN = "forbidden"
    TOO_LARGE = "too-large"
    MISSING = "missing"
    BLOCKED = "blocked"
    LOST = "lost"


class BusError(Exception):
    """Something went wrong between this service and its message broker."""


class BrokerUnavailable(BusError):
    """The message broker cannot be reached or does not let this service in."""

    def __init__(self, code: Trouble, advice: str) -> None:
        super().__init__(advice)
        self.code = code


class BadVerdicts(BusError):
    """The handler did not return exactly one verdict for each delivery; this is a programming error."""


HandleBatch = Callable[[list[Delivery]], list[Verdict]]
"""Takes deliveries in the order of the queue and returns one verdict for each, in the same order."""


class Publisher(Protocol):
    """The way out. One thread at a time; a second caller waits for the first."""

    def publish(self, batch: Sequence[Outgoing], timeout: float = 30.0) -> list[PublishOutcome]:
        """Publish all and wait at most `timeout` seconds for the broker's word; one outcome each, in order.

        Never raises for a broker that is away: such messages are `UNKNOWN`, and the next call connects again.
        """
        ...

    def check(self) -> None:
        """For the readiness page: connect if needed; raises `BrokerUnavailable` when there is no line."""
        ...

    def close(self) -> None:
        """Close the connection; the publisher may not be used again."""
        ...


class Consumer(Protocol):
    """The way in."""

    def run(self, handle_batch: HandleBatch, stop: threading.Event) -> None:
        """Hand over batches until `stop` is set; the batch in hand is finished and settled first.

        Connects again for ever with back-off. What `handle_batch` raises is raised here, and every message
        that was not settled by then is delivered again.
        """
        ...

    def check(self) -> None:
        """For the readiness page: raises `BrokerUnavailable` unless messages can arrive now."""
        ...
