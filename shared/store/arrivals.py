"""Writing what arrived into the inbox, once (used through `shared.store.inbox`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import Session

from shared.crypto.rest import RestCipher
from shared.store.context import field_context
from shared.store.tables import InboxRow


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
    known: set[tuple[str, str]] = set()
    fresh: list[Incoming] = []
    flags: list[bool] = []
    for message in messages:
        key = (message.sender, message.message_id)
        flags.append(key not in known)
        if key not in known:
            known.add(key)
            fresh.append(message)
    written = _insert(session, [_values(message, cipher) for message in fresh])
    return [
        flag and (message.sender, message.message_id) in written
        for flag, message in zip(flags, messages, strict=True)
    ]


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


def _insert(session: Session, values: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Insert what is new; the keys of what was."""
    if not values:
        return set()
    postgresql = session.get_bind().dialect.name == "postgresql"
    insert = PostgresqlInsert(InboxRow) if postgresql else SqliteInsert(InboxRow)
    key = (InboxRow.sender, InboxRow.message_id)
    statement = insert.on_conflict_do_nothing(index_elements=key).returning(*key)
    return {(sender, message_id) for sender, message_id in session.execute(statement, values)}


def payload_context(sender: str, message_id: str) -> bytes:
    """Where the payload of a message belongs."""
    return field_context("inbox", "payload", f"{sender}|{message_id}")
