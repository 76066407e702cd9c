"""The opening half of a service with keys."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared.partners.directory import Directory
from shared.partners.rolekeys import RoleKeys
from shared.post import plain
from shared.post.incoming import Incoming
from shared.post.payload import PLAIN, SEALED, Checked, OpenOne
from shared.runtime.clock import Clock
from shared.wire import envelope
from shared.wire.envelope import HEADER_BYTES
from shared.wire.parties import Party

_SIGNED_FROM = 1 + HEADER_BYTES + 64


def _never(sender: Party, message_id: str) -> bool:
    """The inbox's unique key finds replays, in the transaction that stores the message."""
    del sender, message_id
    return False


@dataclass(frozen=True, slots=True)
class EnvelopeOpener:
    """Opens envelopes in the fixed order of checks, with the keys and partners of one moment."""

    me: Party
    keys: RoleKeys
    directory: Directory
    clock: Clock

    def for_batch(self, session: Session) -> OpenOne:
        """A function that opens envelopes as the keys and the directory stand now."""
        now = self.clock.now()
        ring, view = self.keys.ring(session), self.directory.view(session, now)

        def open_one(data: bytes) -> Checked:
            opened = envelope.open_envelope(
                data, keyring=ring, directory=view, me=self.me, now=now, seen=_never
            )
            return Checked(
                sender=str(opened.inner.sender),
                id=opened.inner.id,
                type=opened.inner.type,
                seq=opened.inner.seq,
                stored=SEALED + opened.header + opened.raw_signature + opened.inner_bytes,
            )

        return open_one


@dataclass(frozen=True, slots=True)
class SealedDecoder:
    """Reads back both kinds; the checks were made before the message was stored."""

    service: str

    def __call__(self, stored: bytes) -> Incoming:
        if stored[:1] == PLAIN:
            return plain.decode(stored[1:], self.service)
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
