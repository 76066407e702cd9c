"""Writing what arrived into the inbox, once (used through `shared.store.inbox`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shared.crypto.rest import RestCipher
from shared.store.context import field_context
from shared.store.tables import InboxRow

_TABLE = cast(Table, InboxRow.__table__)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A checked message. `sender` is a party such as 'fr-lyon/intake', or a service on the lane 'local'."""

    sender: str
    message_id: str
    type: str
    payload: bytes = field(repr=False)
    received: datetime
    lane: str = "relay"
    priority: int = 5


def put(session: Session, message: Incoming, cipher: RestCipher | None) -> bool:
    """Store one message. False means a replay: the message is known and nothing was written."""
    return put_many(session, [message], cipher)[0]


def put_many(session: Session, messages: Sequence[Incoming], cipher: RestCipher | None) -> list[bool]:
    """Store messages; for each, in order, True when it is new and False when it is a replay.

    A repetition within the batch counts as a replay too.
    """
    return [row_id is not None for row_id in insert(session, messages, cipher)]


def insert(
    session: Session, messages: Sequence[Incoming], cipher: RestCipher | None, **claim: Any
) -> list[int | None]:
    """`put_many`, with the columns of a claim; for each message its row's id, None for a replay."""
    first: dict[tuple[str, str], Incoming] = {}
    for message in messages:
        first.setdefault((message.sender, message.message_id), message)
    ids = _insert(session, [_values(message, cipher) | claim for message in first.values()])
    # Popped, so that a repetition within the batch finds nothing.
    return [ids.pop((message.sender, message.message_id), None) for message in messages]


def known(session: Session, sender: str, message_id: str) -> bool:
    """Whether this message arrived before."""
    chosen = select(InboxRow.id).where(InboxRow.sender == sender, InboxRow.message_id == message_id)
    return session.scalar(chosen) is not None


def _values(message: Incoming, cipher: RestCipher | None) -> dict[str, Any]:
    payload = message.payload
    if cipher is not None:
        payload = cipher.encrypt(payload, payload_context(message.sender, message.message_id))
    return {
        "lane": message.lane,
        "sender": message.sender,
        "message_id": message.message_id,
        "type": message.type,
        "payload": payload,
        "priority": int(message.priority),
        "state": "waiting",
        "received": message.received,
        "not_before": message.received,
        "attempts": 0,
        "claims": 0,
    }


def _insert(session: Session, values: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """Insert what is new; the ids of what was, by key."""
    if not values:
        return {}
    found = session.connection().execute(_insert_new(session.get_bind().dialect.name), values)
    return {(sender, message_id): row_id for sender, message_id, row_id in found}


@cache
def _insert_new(dialect: str) -> ReturningInsert[Any]:
    """Made once: making a statement costs more than running it."""
    making = PostgresqlInsert(_TABLE) if dialect == "postgresql" else SqliteInsert(_TABLE)
    key = (_TABLE.c.sender, _TABLE.c.message_id)
    return making.on_conflict_do_nothing(index_elements=key).returning(*key, _TABLE.c.id)


def payload_context(sender: str, message_id: str) -> bytes:
    """Where the payload of a message belongs."""
    return field_context("inbox", "payload", f"{sender}|{message_id}")
