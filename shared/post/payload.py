"""What the inbox keeps of a checked message, and how a handler gets it back.

    stored = kind 1 | rest      kind 0: a plain event; kind 1: header 14 | signature 64 | inner bytes

For a sealed message that is exactly what its sender signed, so it can be shown to somebody else later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from shared.post import plain
from shared.post.incoming import Incoming
from shared.store.outbox import Priority
from shared.wire.reject import Code, Reject

PLAIN = b"\x00"
SEALED = b"\x01"


@dataclass(frozen=True, slots=True)
class Checked:
    """A message that passed every check but that for replays."""

    sender: str
    id: str
    type: str
    seq: int | None
    stored: bytes


OpenAll = Callable[[Sequence[bytes]], list[Checked | Code]]
"""Checks deliveries; for each the message, or why it is refused."""


class Opener(Protocol):
    """Reads one content type. The one for envelopes is in shared.post.sealed_opener, which needs keys."""

    def for_batch(self, session: Session) -> OpenAll:
        """A function that checks deliveries as keys and partners stand now."""
        ...


@dataclass(frozen=True, slots=True)
class PlainOpener:
    """Reads plain local events for one service."""

    service: str

    def for_batch(self, session: Session) -> OpenAll:
        """Needs nothing from the database."""
        del session
        return lambda bodies: [self._open(data) for data in bodies]

    def _open(self, data: bytes) -> Checked | Code:
        try:
            event = plain.decode(data, self.service)
        except Reject as refusal:
            return refusal.code
        return Checked(event.sender, event.id, event.type, None, PLAIN + data)


Decoder = Callable[[bytes, datetime], Incoming]
"""Turns what the inbox stored, and when, back into a message."""


@dataclass(frozen=True, slots=True)
class PlainDecoder:
    """For a service that holds no key and so stores plain events only."""

    service: str

    def __call__(self, stored: bytes, received: datetime) -> Incoming:
        return replace(plain.decode(stored[1:], self.service), received=received)


_FIRST = frozenset({"alert.withdrawn", "tombstone", "key.revoked", "partner.changed", "case.closed"})
_LAST = frozenset({"pseudonym.request", "case.pseudonyms"})


def priority_of(message_type: str) -> int:
    """What takes something back goes before what adds something; bulk goes last."""
    if message_type in _FIRST:
        return Priority.URGENT
    return Priority.BULK if message_type in _LAST else Priority.NORMAL
