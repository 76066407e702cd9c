"""The topology as RabbitMQ definitions: what `load_definitions` reads at every start of the broker.

Understood by RabbitMQ 3.10 (Debian 12) and 4.x. Queue types are per queue, because a default queue type
per vhost is newer than 3.10.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from shared.bus import topology
from shared.bus.topology import Queue, User, Vhost

DELIVERY_LIMIT = 1_000_000
"""Attempts are counted in the inbox table; the broker must never give up. (4.x gives up after 20 unless told,
and -1 for "never" is not understood by 3.10.)"""

Definitions = dict[str, list[dict[str, Any]]]


def generate(
    organisations: Sequence[str], *, nodes: Sequence[str] | None = None, relay: bool = True
) -> Definitions:
    """Definitions of one broker: the relay of a circle, local vhosts, or both.

    `organisations` are the members of the relay; `nodes` those whose local vhost lives on this broker as well
    (default: all of them). Raises `BadOrganisationId`.
    """
    vhosts = [topology.relay(organisations)] if relay else []
    vhosts += [topology.node(organisation) for organisation in (organisations if nodes is None else nodes)]
    return {
        "vhosts": [{"name": vhost.name} for vhost in vhosts],
        "users": [_user(user) for vhost in vhosts for user in vhost.users],
        "permissions": [_permission(vhost, user) for vhost in vhosts for user in vhost.users],
        "topic_permissions": [_topic_permission(vhost, user) for vhost in vhosts for user in vhost.users],
        "exchanges": [exchange for vhost in vhosts for exchange in _exchanges(vhost)],
        "queues": [_queue(vhost, queue) for vhost in vhosts for queue in vhost.queues],
        "bindings": [_binding(vhost, queue) for vhost in vhosts for queue in vhost.queues],
    }


def as_text(definitions: Definitions) -> str:
    """The file's text: stable, so that a change of the table shows as a change of lines."""
    return json.dumps(definitions, indent=2, sort_keys=True) + "\n"


def users(definitions: Definitions) -> Iterable[str]:
    """The names for which certificates are needed."""
    return [user["name"] for user in definitions["users"]]


def _user(user: User) -> dict[str, Any]:
    """An empty password hash: no password opens this account, only a certificate (EXTERNAL)."""
    return {
        "name": user.name,
        "password_hash": "",  # nosec B105: none, on purpose
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
        "limits": {
            "max-connections": topology.CONNECTIONS_OF_A_USER,
            "max-channels": topology.CHANNELS_OF_A_USER,
        },
    }


def _permission(vhost: Vhost, user: User) -> dict[str, Any]:
    return {
        "user": user.name,
        "vhost": vhost.name,
        "configure": topology.NOTHING,
        "write": user.write,
        "read": user.read,
    }


def _topic_permission(vhost: Vhost, user: User) -> dict[str, Any]:
    """Rights on routing keys are open until one is defined; this defines it."""
    return {
        "user": user.name,
        "vhost": vhost.name,
        "exchange": vhost.exchange,
        "write": user.topic_write,
        "read": topology.NOTHING,
    }


def _exchanges(vhost: Vhost) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "vhost": vhost.name,
            "type": "topic",
            "durable": True,
            "auto_delete": False,
            "internal": False,
            "arguments": {},
        }
        for name in (vhost.exchange, topology.DEAD_EXCHANGE)
    ]


def _queue(vhost: Vhost, queue: Queue) -> dict[str, Any]:
    """A full queue refuses (`reject-publish`) instead of dropping its oldest; without that, dead lettering at
    least once is not possible either.

    A full dead letter queue drops its oldest: nobody reads it as a matter of course, and if it refused, dead
    letters would stay in the inbox and count there, until the inbox refuses honest senders, too.
    """
    is_dead = queue.dead_letter_key is None
    arguments: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-overflow": "drop-head" if is_dead else "reject-publish",
        "x-max-length-bytes": queue.max_bytes,
        "x-message-ttl": queue.life_ms,
        "x-delivery-limit": DELIVERY_LIMIT,
    }
    if queue.dead_letter_key is not None:
        arguments |= {
            "x-dead-letter-exchange": topology.DEAD_EXCHANGE,
            "x-dead-letter-routing-key": queue.dead_letter_key,
            "x-dead-letter-strategy": "at-least-once",
        }
    return {
        "name": queue.name,
        "vhost": vhost.name,
        "durable": True,
        "auto_delete": False,
        "arguments": arguments,
    }


def _binding(vhost: Vhost, queue: Queue) -> dict[str, Any]:
    return {
        "source": queue.exchange,
        "vhost": vhost.name,
        "destination": queue.name,
        "destination_type": "queue",
        "routing_key": queue.binding,
        "arguments": {},
    }
