"""The opening half of a service with keys."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared.partners.directory import Directory
from shared.partners.rolekeys import RoleKeys
from shared.post import plain
from shared.post.incoming import Incoming
from shared.post.payload import PLAIN, SEALED, Checked, OpenOne
from shared.runtime.clock import Clock
from shared.wire import envelope
from shared.wire.envelope import HEADER_BYTES, Inner
from shared.wire.parties import Party

_SIGNED_FROM = 1 + HEADER_BYTES + 64


def _never(sender: Party, message_id: str) -> bool:
    """The inbox's unique key finds replays, in the transaction that stores the message."""
    del sender, message_id
    return False


class Recent:
    """What this process decoded a moment ago, by the bytes that its inbox keeps, so that it is done once.

    Nothing depends on it: what is not here (another process stored it, or there were too many) is decoded.
    """

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._messages: OrderedDict[bytes, Inner] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, stored: bytes, message: Inner) -> None:
        """Keep a message that passed every check; the oldest gives way."""
        with self._lock:
            self._messages[stored] = message
            if len(self._messages) > self._most:
                self._messages.popitem(last=False)

    def take(self, stored: bytes) -> Inner | None:
        """The message of these bytes, once; None if it is not here."""
        with self._lock:
            return self._messages.pop(stored, None)


@dataclass(frozen=True, slots=True)
class EnvelopeOpener:
    """Opens envelopes in the fixed order of checks, with the keys and partners of one moment."""

    me: Party
    keys: RoleKeys
    directory: Directory
    clock: Clock
    recent: Recent | None = None

    def for_batch(self, session: Session) -> OpenOne:
        """A function that opens envelopes as the keys and the directory stand now."""
        now = self.clock.now()
        ring, view = self.keys.ring(session), self.directory.view(session, now)

        def open_one(data: bytes) -> Checked:
            opened = envelope.open_envelope(
                data, keyring=ring, directory=view, me=self.me, now=now, seen=_never
            )
            stored = SEALED + opened.header + opened.raw_signature + opened.inner_bytes
            if self.recent is not None:
                self.recent.put(stored, opened.inner)
            return Checked(
                sender=str(opened.inner.sender),
                id=opened.inner.id,
                type=opened.inner.type,
                seq=opened.inner.seq,
                stored=stored,
            )

        return open_one


@dataclass(frozen=True, slots=True)
class SealedDecoder:
    """Reads back both kinds; the checks were made before the message was stored."""

    service: str
    recent: Recent | None = None

    def __call__(self, stored: bytes) -> Incoming:
        if stored[:1] == PLAIN:
            return plain.decode(stored[1:], self.service)
        inner = self.recent.take(stored) if self.recent is not None else None
        if inner is None:
            inner = envelope.decode_checked(stored[_SIGNED_FROM:])
        return Incoming(
            type=inner.type,
            sender=str(inner.sender),
            id=inner.id,
            created=inner.created,
            seq=inner.seq,
            body=inner.body,
            evidence=stored[1:],
        )
