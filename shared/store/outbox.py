"""Messages on their way out: written in the transaction of their cause, published later by a relay loop.

A row is claimed for the length of a lease. Whoever is killed between claiming and marking loses nothing: the
claim expires and the row goes out again (the receiver knows a repetition by its id). A row that was sent
stays, as ciphertext, until `purge_after`, so that a partner that reports a gap is served again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from shared.store.backoff import pause
from shared.store.bulk import chunks, count, ids_by_owner
from shared.store.engine import Database
from shared.store.reasons import reason_code
from shared.store.tables import OutboxRow

LEASE = timedelta(seconds=60)
KEEP = timedelta(days=60)
# Made once: making a statement costs more than running it.
_INSERT = cast(Table, OutboxRow.__table__).insert()


class Priority(IntEnum):
    """What goes first: the smaller number."""

    URGENT = 0
    NORMAL = 5
    BULK = 9


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent. `body` is sealed already (lane 'relay') or holds no content (lane 'local').

    `message_id` is unique for a lane and recipient. `seq` counts per recipient; None where nothing counts.
    `not_before` defaults to `created`; `keep` is how long the row stays from then on, sent or not.
    """

    lane: str
    routing_key: str
    body: bytes = field(repr=False)
    content_type: str
    message_id: str
    recipient: str
    created: datetime
    seq: int | None = None
    priority: int = Priority.NORMAL
    not_before: datetime | None = None
    keep: timedelta = KEEP


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A claimed message; `owner` holds it until the lease ends."""

    id: int
    lane: str
    routing_key: str
    body: bytes = field(repr=False)
    content_type: str
    message_id: str
    recipient: str
    seq: int | None
    priority: int
    attempts: int
    created: datetime
    owner: str


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits in a lane, for banners and metrics."""

    waiting: int
    parked: int
    oldest: datetime | None


def put(session: Session, outgoing: Outgoing) -> None:
    """Add one message in the transaction of its cause."""
    put_many(session, [outgoing])


def put_many(session: Session, messages: Iterable[Outgoing]) -> None:
    """Add messages in the transaction of their cause. A repeated message_id raises IntegrityError."""
    rows = [
        {
            "lane": message.lane,
            "routing_key": message.routing_key,
            "recipient": message.recipient,
            "message_id": message.message_id,
            "sequence": message.seq,
            "content_type": message.content_type,
            "body": message.body,
            "priority": int(message.priority),
            "state": "waiting",
            "created": message.created,
            "not_before": message.not_before or message.created,
            "purge_after": (message.not_before or message.created) + message.keep,
            "attempts": 0,
        }
        for message in messages
    ]
    if rows:
        session.connection().execute(_INSERT, rows)


def claim(
    database: Database,
    limit: int,
    now: datetime,
    owner: str,
    *,
    lane: str | None = None,
    lease: timedelta = LEASE,
) -> list[OutboxItem]:
    """Take at most `limit` messages that are due, the most urgent and oldest first, for `lease`.

    Two claimers never get the same row: PostgreSQL skips rows that another transaction holds, and on SQLite
    the whole of this is one exclusive transaction.
    """
    row = OutboxRow
    due: list[ColumnElement[bool]] = [row.state == "waiting", row.not_before <= now, _free(now)]
    if lane is not None:
        due.append(row.lane == lane)
    chosen = select(
        row.id, row.lane, row.routing_key, row.body, row.content_type, row.message_id, row.recipient,
        row.sequence, row.priority, row.attempts, row.created,
    ).where(*due).order_by(row.priority, row.id).limit(limit).with_for_update(skip_locked=True)  # fmt: skip
    with database.read() as session:  # an idle look must not cost the database's one write transaction
        if session.execute(select(row.id).where(*due).limit(1)).first() is None:
            return []
    with database.begin() as session:
        items = [OutboxItem(*values, owner=owner) for values in session.execute(chosen)]
        for chunk in chunks([item.id for item in items]):
            session.execute(update(row).where(row.id.in_(chunk)).values(owner=owner, lease_until=now + lease))
    return items


def sent(session: Session, items: Collection[OutboxItem], now: datetime) -> None:
    """The broker confirmed these, all in one transaction. True even if the lease ran out meanwhile."""
    for chunk in chunks([item.id for item in items]):
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(chunk))
            .values(state="sent", sent=now, owner=None, lease_until=None, reason=None)
        )


def failed(
    session: Session,
    items: Collection[OutboxItem],
    now: datetime,
    reason: str,
    *,
    park_after: int | None = None,
) -> None:
    """These were not confirmed: try again after a growing pause, or park after so many tries.

    A broker that is away is no fault of a message: leave `park_after` None then.
    """
    code = reason_code(reason)
    by_attempts: dict[int, list[OutboxItem]] = defaultdict(list)
    for item in items:
        by_attempts[item.attempts + 1].append(item)
    for attempts, group in by_attempts.items():
        parked = park_after is not None and attempts >= park_after
        _give_up_claim(
            session,
            group,
            attempts=attempts,
            reason=code,
            not_before=now + pause(attempts),
            state="parked" if parked else "waiting",
        )


def release(session: Session, items: Collection[OutboxItem]) -> None:
    """Give claims back untried, as a worker does when it stops."""
    _give_up_claim(session, items)


def park(session: Session, items: Collection[OutboxItem], reason: str) -> None:
    """Set aside, with a reason for a person to see, what no repetition will deliver."""
    _give_up_claim(session, items, state="parked", reason=reason_code(reason))


def retry_parked(session: Session, now: datetime, *, ids: Sequence[int] | None = None) -> int:
    """A person says: try again. Returns how many rows that were (all parked ones, or those of `ids`)."""
    condition = OutboxRow.state == "parked"
    if ids is not None:
        condition = and_(condition, OutboxRow.id.in_(ids))
    again = {"state": "waiting", "attempts": 0, "not_before": now, "reason": None}
    return count(session.execute(update(OutboxRow).where(condition).values(**again)))


def resend(session: Session, recipient: str, seqs: Collection[int], now: datetime) -> list[int]:
    """Send these numbers to `recipient` once more. Returns the numbers that are no longer kept here."""
    kept: set[int] = set()
    for chunk in chunks(sorted(set(seqs))):
        mine = and_(OutboxRow.recipient == recipient, OutboxRow.sequence.in_(chunk))
        kept.update(seq for seq in session.scalars(select(OutboxRow.sequence).where(mine)) if seq is not None)
        session.execute(
            update(OutboxRow)
            .where(mine, OutboxRow.state == "sent")
            .values(state="waiting", attempts=0, not_before=now, sent=None)
        )
    return sorted(set(seqs) - kept)


def depth(session: Session, lane: str) -> Depth:
    """How much waits in `lane`, how much is parked, and since when the oldest waits."""
    by_state = select(OutboxRow.state, func.count()).where(OutboxRow.lane == lane).group_by(OutboxRow.state)
    counts = dict(session.execute(by_state).all())
    oldest = session.scalar(
        select(func.min(OutboxRow.created)).where(OutboxRow.lane == lane, OutboxRow.state == "waiting")
    )
    return Depth(counts.get("waiting", 0), counts.get("parked", 0), oldest)


def parked(session: Session, limit: int = 100) -> Sequence[OutboxRow]:
    """The parked rows, the oldest first, for a person to look at."""
    chosen = select(OutboxRow).where(OutboxRow.state == "parked").order_by(OutboxRow.id).limit(limit)
    return session.scalars(chosen).all()


def purge(session: Session, now: datetime) -> int:
    """Delete what was sent and is past its time. Call it only while the ClockGuard is steady (case 27)."""
    return count(
        session.execute(delete(OutboxRow).where(OutboxRow.state == "sent", OutboxRow.purge_after < now))
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxRow.owner.is_(None), OutboxRow.lease_until < now)


def _give_up_claim(session: Session, items: Collection[OutboxItem], **values: Any) -> None:
    """Only while the claim is still ours: another owner's later success is not undone."""
    for owner, ids in ids_by_owner(items).items():
        for chunk in chunks(ids):
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.id.in_(chunk), OutboxRow.owner == owner, OutboxRow.state == "waiting")
                .values(owner=None, lease_until=None, **values)
            )
