"""Plain events between a service without keys and its neighbours: references and codes, nothing else.

    event = canonical JSON {v, type, id, from, created, body}, at most 4 KiB

What protects them is the local broker's client certificates and topic permissions; what limits them is
their schema, which has no field that could hold a person's data (rule 8).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError
from sqlalchemy.orm import Session

from shared.bus.port import EVENT_CONTENT_TYPE
from shared.post.incoming import Incoming
from shared.post.routes import Lane, local_key
from shared.runtime import clock as clocks
from shared.runtime import ids
from shared.runtime.clock import Clock
from shared.store import inbox, outbox
from shared.store.outbox import Priority
from shared.wire import canonical, local
from shared.wire.messages import Body
from shared.wire.reject import Code, Reject
from shared.wire.values import Model, Reference, Time

MAX_EVENT_BYTES = 4096
SERVICES = frozenset({"intake", "matching", "notify"})


class _Event(Model):
    v: Annotated[int, Field(ge=1, le=1)]
    type: str
    id: Reference
    sender: Annotated[str, Field(alias="from", pattern="^(intake|matching|notify)$")]
    created: Time
    body: dict[str, Any]


def encode(event_id: str, sender: str, created: datetime, body: Body) -> bytes:
    """The bytes of one event."""
    return canonical.dumps(
        {
            "v": 1,
            "type": body.TYPE,
            "id": event_id,
            "from": sender,
            "created": clocks.to_wire(created),
            "body": body.to_wire(),
        }
    )


def decode(data: bytes, service: str) -> Incoming:
    """Read an event for `service`; raises Reject for anything that is not exactly one."""
    if len(data) > MAX_EVENT_BYTES:
        raise Reject(Code.SIZE)
    try:
        event = _Event.model_validate(canonical.loads(data, MAX_EVENT_BYTES))
        kind = local.PLAIN_BODIES.get(event.type)
        if kind is None:
            raise Reject(Code.SCHEMA)
        body = kind.model_validate_json(canonical.dumps(event.body), strict=True)
        if body.to_wire() != event.body:  # an explicit null would be a second spelling
            raise Reject(Code.SCHEMA)
    except canonical.CanonicalError as error:
        raise Reject(error.code) from None
    except ValidationError:
        raise Reject(Code.SCHEMA) from None
    if local.LOCAL_TO[event.type] != service:
        raise Reject(Code.NOT_FOR_ME)
    return Incoming(
        type=event.type,
        sender=event.sender,
        id=event.id,
        created=clocks.from_wire(event.created),
        seq=None,
        body=body,
    )


@dataclass(frozen=True, slots=True)
class PlainPost:
    """The sending half for notify, which has no key: it can tell its neighbours, and nobody else."""

    service: str
    clock: Clock

    def tell(self, session: Session, body: Body, *, priority: int = Priority.NORMAL) -> str:
        """Tell the service that this type belongs to; ValueError for a type that would need sealing."""
        if body.TYPE not in local.PLAIN_BODIES:
            raise ValueError(f"{body.TYPE} is not a plain event")
        event_id, now = ids.new_id("msg"), self.clock.now()
        service = local.LOCAL_TO[body.TYPE]
        outbox.put(
            session,
            outbox.Outgoing(
                lane=Lane.LOCAL,
                routing_key=local_key(service),
                body=encode(event_id, self.service, now, body),
                content_type=EVENT_CONTENT_TYPE,
                message_id=event_id,
                recipient=service,
                created=now,
                priority=priority,
            ),
        )
        return event_id

    def wake(self, session: Session, key: str) -> int:
        """Let messages that wait for `key` be tried again."""
        return inbox.wake(session, key, self.clock.now())
