"""Every exchange, queue, binding and right on the brokers. The broker's definitions are generated from here.

| vhost        | exchange    | routing key                   | queue                | user                 |
| ------------ | ----------- | ----------------------------- | -------------------- | -------------------- |
| `relay`      | `envelopes` | `from.<org>.to.<org>.<role>`  | `inbox.<org>.<role>` | `<org>`              |
| `relay`      | `dead`      | `<org>`                       | `dead.<org>`         | nobody: the operator |
| `node.<org>` | `events`    | `<to service>.<message type>` | `<service>`          | `<org>.<service>`    |
| `node.<org>` | `dead`      | `<service>`                   | `dead`               | nobody: the operator |

A user writes one exchange, with routing keys of its own only, reads its own queues and configures nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

RELAY_VHOST = "relay"
RELAY_EXCHANGE = "envelopes"
NODE_EXCHANGE = "events"
DEAD_EXCHANGE = "dead"
ROLES = ("intake", "matching")
SERVICES = ("intake", "matching", "notify")

DAY_MS = 24 * 60 * 60 * 1000
MESSAGE_LIFE_MS = 60 * DAY_MS
"""The longest life of an envelope (PROTOCOL: times)."""
DEAD_LIFE_MS = 7 * DAY_MS
"""The grace after it: then the keys that could open a dead letter are destroyed (60 + 7 days)."""
MIB = 1024 * 1024
INBOX_BYTES = 512 * MIB
DEAD_BYTES = 64 * MIB
MAX_MESSAGE_BYTES = 400 * 1024
"""Above the largest envelope (256 KiB and its seal), so that the largest one always fits."""
CONNECTIONS_OF_A_USER = 32
CHANNELS_OF_A_USER = 64

NOTHING = r"^\b$"
"""Matches no name. `^$` would match a name that is a single line feed."""
ORGANISATION = re.compile(r"[a-z]{2}-[a-z0-9-]{2,30}")


class BadOrganisationId(ValueError):
    """An organisation id is two letters of the country, a hyphen and 2 to 30 of a-z, 0-9 and hyphen."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A quorum queue; `dead_letter_key` is None for the dead letter queues themselves."""

    name: str
    exchange: str
    binding: str
    max_bytes: int
    life_ms: int
    dead_letter_key: str | None


@dataclass(frozen=True, slots=True)
class User:
    """A user without a password: the common name of its certificate. Rights are regular expressions."""

    name: str
    write: str
    read: str
    topic_write: str


@dataclass(frozen=True, slots=True)
class Vhost:
    """One virtual host with everything in it; `exchange` is where its users write."""

    name: str
    exchange: str
    queues: tuple[Queue, ...]
    users: tuple[User, ...]


def relay(organisations: Iterable[str]) -> Vhost:
    """The meeting place of a circle. Raises `BadOrganisationId`."""
    known = [checked(organisation) for organisation in organisations]
    queues = [_inbox(organisation, role) for organisation in known for role in ROLES]
    queues += [_dead_queue(f"dead.{organisation}", organisation) for organisation in known]
    return Vhost(RELAY_VHOST, RELAY_EXCHANGE, tuple(queues), tuple(_relay_user(one) for one in known))


def node(organisation: str) -> Vhost:
    """The local broker of one organisation's three services. Raises `BadOrganisationId`."""
    checked(organisation)
    queues = [
        Queue(service, NODE_EXCHANGE, f"{service}.#", INBOX_BYTES, MESSAGE_LIFE_MS, service)
        for service in SERVICES
    ]
    queues.append(_dead_queue("dead", "#"))
    users = tuple(_node_user(organisation, service) for service in SERVICES)
    return Vhost(node_vhost(organisation), NODE_EXCHANGE, tuple(queues), users)


def node_vhost(organisation: str) -> str:
    """The name of an organisation's local vhost."""
    return f"node.{organisation}"


def node_user(organisation: str, service: str) -> str:
    """The broker user of one service of a node; also the common name of its certificate."""
    return f"{organisation}.{service}"


def inbox_queue(organisation: str, role: str) -> str:
    """The relay queue from which one role of an organisation reads."""
    return f"inbox.{organisation}.{role}"


def relay_key(sender: str, recipient: str, role: str) -> str:
    """The routing key of an envelope. Sender and recipient are organisation ids."""
    return f"from.{sender}.to.{recipient}.{role}"


def node_key(service: str, message_type: str) -> str:
    """The routing key of a local event to `service`."""
    return f"{service}.{message_type}"


def checked(organisation: str) -> str:
    """The id itself, if it is one: names of queues and patterns of rights are built from it."""
    if ORGANISATION.fullmatch(organisation) is None:
        raise BadOrganisationId(
            "use two letters of the country, a hyphen and 2 to 30 of a-z, 0-9 and hyphen: lt-vilnius"
        )
    return organisation


def _inbox(organisation: str, role: str) -> Queue:
    return Queue(
        name=inbox_queue(organisation, role),
        exchange=RELAY_EXCHANGE,
        binding=f"from.*.to.{organisation}.{role}",
        max_bytes=INBOX_BYTES,
        life_ms=MESSAGE_LIFE_MS,
        dead_letter_key=organisation,
    )


def _dead_queue(name: str, binding: str) -> Queue:
    return Queue(name, DEAD_EXCHANGE, binding, DEAD_BYTES, DEAD_LIFE_MS, None)


def _relay_user(organisation: str) -> User:
    return User(
        name=organisation,
        write=rf"^{RELAY_EXCHANGE}\z",
        read=rf"^inbox\.{organisation}\.({'|'.join(ROLES)})\z",
        topic_write=rf"^from\.{organisation}\.to\.[a-z0-9-]+\.({'|'.join(ROLES)})\z",
    )


def _node_user(organisation: str, service: str) -> User:
    others = "|".join(other for other in SERVICES if other != service)
    return User(
        name=node_user(organisation, service),
        write=rf"^{NODE_EXCHANGE}\z",
        read=rf"^{service}\z",
        topic_write=rf"^({others})\.[a-z]+(\.[a-z_]+)*\z",
    )
