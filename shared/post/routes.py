"""Which lane and routing key a message takes, and what its stream of numbers is called (PROTOCOL 5.1)."""

import re
from enum import StrEnum

from shared.bus import topology
from shared.wire.parties import ORGANISATION, Party

_RELAY_KEY = re.compile(rf"from\.(?P<sender>{ORGANISATION.pattern})\.to\..+")


class Lane(StrEnum):
    """The two brokers that a node speaks to."""

    RELAY = "relay"
    """Between organisations."""
    LOCAL = "local"
    """Between the three services of one node."""


def lane_between(sender: Party, to: Party) -> Lane:
    """Messages within one organisation never go to the relay."""
    return Lane.LOCAL if sender.organisation == to.organisation else Lane.RELAY


def relay_key(sender: Party, to: Party) -> str:
    """The broker lets an organisation write only keys that begin with its own id (case 75)."""
    return topology.relay_key(sender.organisation, to.organisation, to.role)


def local_key(service: str) -> str:
    """The local broker learns which service is meant, and not what about."""
    return topology.node_key(service, "message")


def stream(sender: Party, to: Party) -> str:
    """Numbers run without gaps from one party to one party."""
    return f"{sender}>{to}"


def sender_of(routing_key: str) -> str | None:
    """The organisation that wrote a relay message: the broker lets each write its own keys only."""
    found = _RELAY_KEY.fullmatch(routing_key)
    return found["sender"] if found else None
