"""The audit log: who looked at or did what, in a chain of hashes that shows every later change (case 83).

Each row holds the hash of the row before it. The head is signed from time to time and travels to partners in
receipts, who keep it: whoever rewrites or cuts the log here cannot rewrite what a partner has seen.
Actor, action, subject and details are ids and codes. A value that could be text is refused. Each row holds a
secret nonce, so that nobody who sees a head can try out which rows led to it (case 43).
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from shared.runtime.clock import Clock, in_utc
from shared.store.engine import lock
from shared.store.remembered import remembered
from shared.store.tables import AuditHeadRow, AuditRow

LOCK = "audit"
"""Whoever will add a row takes it first of all locks (engine.one_at_a_time)."""
FIRST_PREVIOUS = bytes(32)
NONCE_SIZE = 16
HEAD_LABEL = b"myosotis audit head v1"
Signer = Callable[[bytes], bytes]

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/>@-]{0,63}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_LARGEST = 2**53 - 1
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)
_NEWEST = "audit: newest row"
_INSERT = cast(Table, AuditRow.__table__).insert()


class NotACode(ValueError):
    """The audit log takes ids, codes and numbers only; text could hold somebody's data."""


@dataclass(frozen=True, slots=True)
class Head:
    """The signed state of the log called `log` when it had `index` rows; 0 where that is not told."""

    log: str
    index: int
    hash: bytes
    at: datetime
    signature: bytes

    @property
    def message(self) -> bytes:
        """What is signed."""
        return head_message(self.log, self.index, self.hash, self.at)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row is to tell; ids, codes and numbers only."""

    actor: str
    action: str
    subject: str
    details: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the chain before it is written; the same fields as AuditRow."""

    index: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: str
    nonce: bytes
    previous: bytes
    hash: bytes

    def row(self) -> dict[str, object]:
        """The columns."""
        return {name: getattr(self, name) for name in _COLUMNS}


_COLUMNS = tuple(column.name for column in fields(Link))


class Audit:
    """The log of one service. `log` names it for others: 'lt-vilnius/intake'."""

    def __init__(self, log: str, clock: Clock) -> None:
        self._log = _code(log)
        self._clock = clock

    def append(
        self,
        session: Session,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, str | int] | None = None,
    ) -> Link:
        """Add a row in the transaction of what it tells of. Raises NotACode for anything that may be text."""
        return self.append_many(session, [Entry(actor, action, subject, details or {})])[0]

    def append_many(self, session: Session, entries: Sequence[Entry]) -> list[Link]:
        """Add rows in this order with one statement. Raises NotACode, and then none was added."""
        lock(session, LOCK)  # one at a time, otherwise two rows would follow the same one
        at = in_utc(self._clock.now())
        newest: Link | AuditRow | None = remembered(session).get(_NEWEST) or _last(session)
        nonces = secrets.token_bytes(NONCE_SIZE * len(entries))
        links: list[Link] = []
        for number, entry in enumerate(entries):
            nonce = nonces[number * NONCE_SIZE : (number + 1) * NONCE_SIZE]
            newest = self._next(newest, entry, at, nonce)
            links.append(newest)
        if links:
            session.connection().execute(_INSERT, [link.row() for link in links])
            remembered(session)[_NEWEST] = newest
        return links

    def _next(self, before: Link | AuditRow | None, entry: Entry, at: datetime, nonce: bytes) -> Link:
        said = (
            1 if before is None else before.index + 1,
            at,
            _code(entry.actor),
            _code(entry.action),
            _code(entry.subject),
            _details(entry.details),
            nonce,
            FIRST_PREVIOUS if before is None else before.hash,
        )
        return Link(*said, _hash(self._log, *said))

    def sign_head(self, session: Session, signer: Signer) -> Head | None:
        """Sign the newest row and keep the head; the kept one if it is current, None for an empty log."""
        lock(session, LOCK)
        last = _last(session)
        if last is None:
            return None
        kept = session.get(AuditHeadRow, (self._log, last.index, last.hash))
        if kept is not None:
            return head_of(kept)
        at = in_utc(self._clock.now()).replace(microsecond=0)
        signature = signer(head_message(self._log, last.index, last.hash, at))
        head = Head(self._log, last.index, last.hash, at, signature)
        session.add(AuditHeadRow(log=self._log, index=head.index, hash=head.hash, at=at, signature=signature))
        session.flush()
        return head


def head_message(log: str, index: int, hash_: bytes, at: datetime) -> bytes:
    """Label and canonical JSON of a head."""
    moment = in_utc(at).isoformat(timespec="microseconds")
    values: dict[str, str | int] = {"at": moment, "hash": hash_.hex(), "index": index, "log": log}
    return HEAD_LABEL + b"|" + canonical(values)


def head_of(row: AuditHeadRow) -> Head:
    """The stored head as a value."""
    return Head(row.log, row.index, row.hash, row.at, row.signature)


def row_hash(log: str, row: AuditRow | Link) -> bytes:
    """SHA-256 over a label and the canonical JSON of all that the row says, the previous hash included."""
    return _hash(
        log, row.index, row.at, row.actor, row.action, row.subject, row.details, row.nonce, row.previous
    )


def _hash(
    log: str,
    index: int,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: str,
    nonce: bytes,
    previous: bytes,
) -> bytes:
    values: dict[str, str | int] = {
        "action": action,
        "actor": actor,
        "at": in_utc(at).isoformat(timespec="microseconds"),
        "details": details,
        "index": index,
        "log": log,
        "nonce": nonce.hex(),
        "previous": previous.hex(),
        "subject": subject,
    }
    return hashlib.sha256(b"myosotis audit row v1|" + canonical(values)).digest()


def canonical(values: Mapping[str, str | int]) -> bytes:
    """Sorted keys, no spaces, ASCII: the same bytes for the same values on every machine."""
    return _ENCODER.encode(values).encode()


def _last(session: Session) -> AuditRow | None:
    return session.scalars(select(AuditRow).order_by(AuditRow.index.desc()).limit(1)).first()


def _code(value: str) -> str:
    if not isinstance(value, str) or _CODE.fullmatch(value) is None:
        raise NotACode("an audit row holds ids and codes: letters, digits and . _ : / > @ -, at most 64")
    return str(value)


def _details(details: Mapping[str, str | int]) -> str:
    safe: dict[str, str | int] = {}
    for name, value in details.items():
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            raise NotACode("the name of an audit detail is a short constant in lower case")
        if isinstance(value, int) and abs(value) <= _LARGEST:
            safe[name] = int(value)
        elif isinstance(value, str):
            safe[name] = _code(value)
        else:
            raise NotACode("an audit detail is an id, a code or a whole number")
    return canonical(safe).decode()
