"""A post that keeps what it was given, for tests of handlers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shared.runtime import ids
from shared.wire import canonical, local, messages
from shared.wire.messages import Body
from shared.wire.parties import Party


@dataclass(frozen=True)
class Sent:
    """One message: `to` is a party, or the name of a service of the same node."""

    to: str
    body: Body
    id: str
    priority: int
    not_before: datetime | None = None
    keep: timedelta | None = None


@dataclass
class RecordingPost:
    """Records within no transaction: what a handler sent before it failed is still in `sent`."""

    sent: list[Sent] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)

    def send(
        self,
        session: Session,
        to: Party,
        body: Body,
        *,
        priority: int = 5,
        not_before: datetime | None = None,
        keep: timedelta | None = None,
    ) -> str:
        """Keep a message to a partner; it must be one that can be sent."""
        assert body.TYPE in messages.RELAY_BODIES
        assert messages.ADDRESSED_TO[body.TYPE] == to.role
        return self._keep(str(to), body, priority, not_before, keep)

    def tell(self, session: Session, body: Body, *, priority: int = 5) -> str:
        """Keep a message to a service of this node."""
        return self._keep(local.LOCAL_TO[body.TYPE], body, priority, None)

    def wake(self, session: Session, key: str) -> int:
        """Remember what was woken."""
        self.woken.append(key)
        return 0

    def bodies(self, kind: type[Body]) -> list[Body]:
        """What was sent of one kind, in order."""
        return [message.body for message in self.sent if isinstance(message.body, kind)]

    def _keep(
        self,
        to: str,
        body: Body,
        priority: int,
        not_before: datetime | None,
        keep: timedelta | None = None,
    ) -> str:
        canonical.dumps(body.to_wire())  # what has no canonical form cannot be sent
        self.sent.append(Sent(to, body, ids.new_id("msg"), int(priority), not_before, keep))
        return self.sent[-1].id
