"""The sending half of a service with keys: number, sign, seal, and only then store (PROTOCOL 5.1).

Nothing unsealed is ever written to the outbox, so neither a copy of the database nor the broker shows
what is under way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from shared.bus.port import ENVELOPE_CONTENT_TYPE
from shared.crypto.sealing import SealingKey
from shared.crypto.signing import SigningKey, key_id
from shared.post.plain import PlainPost
from shared.post.routes import Lane, lane_between, local_key, relay_key, stream
from shared.runtime import ids
from shared.runtime.clock import Clock
from shared.store import outbox, sequence
from shared.store.outbox import Priority
from shared.wire import envelope, local
from shared.wire.messages import Body
from shared.wire.parties import Party, Role

LIFE = timedelta(days=60)
KEEP = timedelta(days=67)
"""Sealed copies stay this long, so that a partner that reports a gap is served again."""


class SealingKeys(Protocol):
    """Where the newest sealing key of a party is found."""

    def sealing_key(self, session: Session, to: Party, now: datetime) -> SealingKey:
        """Raises when this party may be given nothing, or has no sealing key that is still good."""
        ...


class Signs(Protocol):
    """The signing half of a role's keys."""

    @property
    def signing_key(self) -> SigningKey:
        """The role key that the organisation's current card names."""
        ...


@dataclass(frozen=True, slots=True)
class SealedPost:
    """Sends to partners, to the sibling service that has keys, and plain events to notify."""

    me: Party
    keys: Signs
    directory: SealingKeys
    clock: Clock

    def send(
        self,
        session: Session,
        to: Party,
        body: Body,
        *,
        priority: int = Priority.NORMAL,
        not_before: datetime | None = None,
        keep: timedelta = KEEP,
    ) -> str:
        """Number, sign and seal a message within the caller's transaction; returns its id.

        Its sealed copy stays for `keep` after it was sent.
        """
        now = self.clock.now()
        recipient_key = self.directory.sealing_key(session, to, now)
        created = (not_before or now).replace(microsecond=0)
        signing_key = self.keys.signing_key
        message = envelope.Inner(
            id=ids.new_id("msg"),
            sender=self.me,
            skid=key_id(signing_key.verify_key),
            to=to,
            created=created,
            expires=created + LIFE,
            seq=sequence.next(session, stream(self.me, to)),
            body=body,
        )
        lane = lane_between(self.me, to)
        outbox.put(
            session,
            outbox.Outgoing(
                lane=lane,
                routing_key=relay_key(self.me, to) if lane is Lane.RELAY else local_key(to.role),
                body=envelope.seal(message, signing_key, recipient_key),
                content_type=ENVELOPE_CONTENT_TYPE,
                message_id=message.id,
                recipient=str(to),
                created=now,
                seq=message.seq,
                priority=priority,
                not_before=not_before,
                keep=keep,
            ),
        )
        return message.id

    def tell(self, session: Session, body: Body, *, priority: int = Priority.NORMAL) -> str:
        """Tell the service of this node that this type belongs to, sealed unless it is notify."""
        if body.TYPE in local.PLAIN_BODIES:
            return PlainPost(self.me.role, self.clock).tell(session, body, priority=priority)
        sibling = Party(self.me.organisation, Role(local.LOCAL_TO[body.TYPE]))
        return self.send(session, sibling, body, priority=priority)

    def wake(self, session: Session, key: str) -> int:
        """Let messages that wait for `key` be tried again."""
        return PlainPost(self.me.role, self.clock).wake(session, key)
