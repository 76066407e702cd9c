"""The opening half of a service with keys."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from shared.partners.directory import Directory
from shared.partners.rolekeys import RoleKeys
from shared.post import plain
from shared.post.handover import MOST
from shared.post.incoming import Incoming
from shared.post.opening.aide import Aide
from shared.post.opening.frames import Bare
from shared.post.opening.terms import Terms
from shared.post.payload import PLAIN, SEALED, Checked, OpenAll
from shared.runtime.clock import Clock
from shared.wire import envelope
from shared.wire.envelope import HEADER_BYTES, Inner, Opened
from shared.wire.parties import Party
from shared.wire.reject import Code

_SIGNED_FROM = 1 + HEADER_BYTES + 64


class Recent:
    """What this process decoded a moment ago, by the bytes that its inbox keeps, so that it is done once.

    Nothing depends on it: what is not here (another process stored it, or there were too many) is decoded.
    """

    def __init__(self, most: int = MOST, most_bytes: int = 16 * 1024 * 1024) -> None:
        self._most = most
        self._most_bytes = most_bytes
        """How long a message is its sender chose."""
        self._messages: OrderedDict[bytes, Inner] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, stored: bytes, message: Inner) -> None:
        """Keep a message that passed every check; the oldest give way."""
        with self._lock:
            if stored not in self._messages:
                self._bytes += len(stored)
            self._messages[stored] = message
            while len(self._messages) > self._most or self._bytes > self._most_bytes:
                self._bytes -= len(self._messages.popitem(last=False)[0])

    def take(self, stored: bytes) -> Inner | None:
        """The message of these bytes, once; None if it is not here."""
        with self._lock:
            message = self._messages.pop(stored, None)
            self._bytes -= len(stored) if message is not None else 0
            return message


@dataclass(frozen=True, slots=True)
class EnvelopeOpener:
    """Opens envelopes in the fixed order of checks, with the keys and partners of one moment."""

    me: Party
    keys: RoleKeys
    directory: Directory
    clock: Clock
    recent: Recent | None = None
    aide: Aide | None = None
    """For large batches."""

    def for_batch(self, session: Session) -> OpenAll:
        """A function that opens envelopes as the keys and the directory stand now."""
        now = self.clock.now()
        terms = Terms(self.me, self.keys.ring(session).keys, self.directory.view(session, now).signers())

        def open_all(bodies: Sequence[bytes]) -> list[Checked | Code]:
            helped = None if self.aide is None else self.aide.open(bodies, terms, now)
            if helped is None:
                return [self._here(outcome) for outcome in terms.open(bodies, now)]
            return [self._beside(data, outcome) for data, outcome in zip(bodies, helped, strict=True)]

        return open_all

    def _here(self, outcome: Opened | Code) -> Checked | Code:
        if isinstance(outcome, Code):
            return outcome
        return self._checked(outcome.inner, outcome.header, outcome.raw_signature, outcome.inner_bytes)

    def _beside(self, data: bytes, outcome: Bare | Code) -> Checked | Code:
        if isinstance(outcome, Code):
            return outcome
        signature, inner_bytes = outcome
        return self._checked(
            envelope.decode_checked(inner_bytes), data[:HEADER_BYTES], signature, inner_bytes
        )

    def _checked(self, inner: Inner, header: bytes, signature: bytes, inner_bytes: bytes) -> Checked:
        stored = SEALED + header + signature + inner_bytes
        if self.recent is not None:
            self.recent.put(stored, inner)
        return Checked(str(inner.sender), inner.id, inner.type, inner.seq, stored)


@dataclass(frozen=True, slots=True)
class SealedDecoder:
    """Reads back both kinds; the checks were made before the message was stored."""

    service: str
    recent: Recent | None = None

    def __call__(self, stored: bytes, received: datetime) -> Incoming:
        if stored[:1] == PLAIN:
            return replace(plain.decode(stored[1:], self.service), received=received)
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
            received=received,
        )
