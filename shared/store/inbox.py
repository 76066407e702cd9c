"""Messages that arrived and were checked: written before the broker is told, processed later, once.

(sender, message_id) is unique, so a second arrival is a replay whatever was killed in between. `done` is
called in the transaction of the effect: either both happen or neither. A payload is encrypted at rest under
the service's key and wiped when its effect is done; notify, without key and content, passes None.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from shared.crypto.errors import CannotDecrypt
from shared.crypto.rest import RestCipher
from shared.store.arrivals import Incoming, insert, known, payload_context, put, put_many
from shared.store.backoff import pause
from shared.store.bulk import chunks, count, ids_by_owner
from shared.store.engine import Database
from shared.store.reasons import reason_code
from shared.store.remembered import remembered
from shared.store.tables import InboxRow

LEASE = timedelta(seconds=120)
RECHECK = timedelta(minutes=10)
LONGEST_RECHECK = timedelta(days=1)
MOST_EARLY = 200
"""How many messages of one sender may wait for something that never came: a hostile one could send no end."""
PARK_AFTER = 8
LOST_CLAIMS = 5
SUSPECT_CLAIMS = 2
_NOBODY_WAITS = "inbox: nobody waits"
_TABLE = cast(Table, InboxRow.__table__)

__all__ = [
    "InboxItem",
    "Incoming",
    "LostClaim",
    "claim",
    "done",
    "done_many",
    "failed",
    "known",
    "later",
    "park",
    "parked",
    "purge",
    "put",
    "put_and_claim",
    "put_many",
    "release",
    "unpark",
    "wait",
    "wake",
]  # fmt: skip


class LostClaim(Exception):
    """Another worker took over this message; this transaction is undone so that nothing happens twice."""


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A claimed message with its payload decrypted; `owner` holds it until the lease ends at `until`."""

    id: int
    lane: str
    sender: str
    message_id: str
    type: str
    payload: bytes = field(repr=False)
    received: datetime
    attempts: int
    owner: str
    until: datetime


def put_and_claim(
    session: Session,
    messages: Sequence[Incoming],
    cipher: RestCipher | None,
    owner: str,
    now: datetime,
    *,
    lease: timedelta = LEASE,
) -> list[InboxItem | None]:
    """`put_many`, and what is new belongs to `owner` at once; None for a replay.

    Use the items only after the commit.
    """
    ids = insert(session, messages, cipher, owner=owner, lease_until=now + lease, claims=1)
    return [
        None
        if row_id is None
        else InboxItem(
            id=row_id,
            lane=message.lane,
            sender=message.sender,
            message_id=message.message_id,
            type=message.type,
            payload=message.payload,
            received=message.received,
            attempts=0,
            owner=owner,
            until=now + lease,
        )
        for row_id, message in zip(ids, messages, strict=True)
    ]


def claim(
    database: Database,
    limit: int,
    now: datetime,
    owner: str,
    cipher: RestCipher | None,
    *,
    lane: str | None = None,
    lease: timedelta = LEASE,
) -> list[InboxItem]:
    """Take at most `limit` messages that are due, the most urgent and oldest first, for `lease`.

    What came early and is only tried again comes after what is new and as urgent. Two claimers never get the
    same row. A row whose payload does not decrypt (case 82) is parked with a
    reason, and so is one whose claim was lost five times because the worker died over it.
    """
    row = InboxRow
    due: list[ColumnElement[bool]] = [
        row.not_before <= now,
        or_(row.owner.is_(None), row.lease_until < now),
    ]
    if lane is not None:
        due.append(row.lane == lane)
    items: list[InboxItem] = []
    with database.read() as session:  # an idle look must not cost the database's one write transaction
        if not _first(session, due, 1, lock=False):
            return []
    with database.begin() as session:
        for found in _without_suspects(_rows(session, _first(session, due, limit, lock=True))):
            if found.claims >= LOST_CLAIMS:
                _set_aside(session, found.id, "claims.lost")
                continue
            try:
                items.append(_item(found, owner, cipher, now + lease))
            except CannotDecrypt:
                _set_aside(session, found.id, "rest.cannot-decrypt")
        for chunk in chunks([item.id for item in items]):
            session.execute(
                update(row)
                .where(row.id.in_(chunk))
                .values(owner=owner, lease_until=now + lease, claims=row.claims + 1)
            )
    return items


def done(session: Session, item: InboxItem, now: datetime) -> None:
    """In the transaction of the effect: it happened. Raises LostClaim when the item is no longer ours.

    The row stays for replays; its payload is wiped.
    """
    done_many(session, [item], now)


def done_many(session: Session, items: Collection[InboxItem], now: datetime) -> None:
    """`done` for the items of one transaction."""
    _settle(session, items, state="done", done=now, payload=b"", wait_key=None, reason=None)


def failed(
    session: Session, item: InboxItem, now: datetime, reason: str, *, park_after: int = PARK_AFTER
) -> bool:
    """In a transaction of its own, after the effect was rolled back: try again later.

    The pause grows; after `park_after` tries the row is parked with `reason`. Returns whether it was parked.
    """
    attempts = item.attempts + 1
    parked_now = attempts >= park_after
    _settle(
        session,
        [item],
        state="parked" if parked_now else "waiting",
        attempts=attempts,
        not_before=now + pause(attempts),
        reason=reason_code(reason),
    )
    return parked_now


def later(session: Session, items: Collection[InboxItem], now: datetime, delay: timedelta) -> None:
    """Not the message's fault (something it needs is away): try again after `delay`, uncounted (case 67)."""
    _settle(session, items, state="waiting", not_before=now + delay)


def release(session: Session, items: Collection[InboxItem], *, counted: bool = True) -> None:
    """Give back the claims of a batch that was undone. Lost claims are skipped.

    They stay counted: what is undone every time is in the end taken alone and set aside, and loops no more.
    Not `counted` is only what cannot be any message's fault (case 67).
    """
    claims = InboxRow.claims if counted else InboxRow.claims - 1
    for owner, ids in ids_by_owner(items).items():
        for chunk in chunks(ids):
            session.execute(
                update(InboxRow)
                .where(InboxRow.id.in_(chunk), InboxRow.owner == owner)
                .values(owner=None, lease_until=None, claims=claims)
            )


def wait(
    session: Session, item: InboxItem, until_key: str, now: datetime, *, recheck: timedelta = RECHECK
) -> None:
    """The message came early (an update before its alert): it waits until `wake` is called with the key.

    It is also tried again after `recheck`, because what it waits for may have been written a moment ago by a
    transaction that could not see this one; then after twice that, and so on up to a day. It is parked when
    200 others of its sender wait already.
    """
    if _early_others(session, item) >= MOST_EARLY:
        park(session, item, "too_many_early")
        return
    remembered(session).pop(_NOBODY_WAITS, None)
    # The age of the message plus one interval doubles with every try, and needs no count of the tries.
    pause_now = min(max(now - item.received, timedelta(0)) + recheck, LONGEST_RECHECK)
    _settle(session, [item], state="early", wait_key=until_key, not_before=now + pause_now)


def wake(session: Session, key: str, now: datetime) -> int:
    """What was waited for is there: make the early messages due. Returns how many.

    Once a transaction has seen that nobody waits it does not look again; who begins to wait meanwhile in
    another one is found by the recheck.
    """
    known = remembered(session)
    if _NOBODY_WAITS not in known:
        somebody = select(_TABLE.c.id).where(_TABLE.c.wait_key.is_not(None)).limit(1)
        known[_NOBODY_WAITS] = session.execute(somebody).first() is None
    if known[_NOBODY_WAITS]:
        return 0
    early = and_(_TABLE.c.state == "early", _TABLE.c.wait_key == key)
    return count(session.execute(update(_TABLE).where(early).values(state="waiting", not_before=now)))


def park(session: Session, item: InboxItem, reason: str) -> None:
    """Set aside, with a reason for a person to see, what no repetition will make right."""
    _settle(session, [item], state="parked", reason=reason_code(reason))


def unpark(session: Session, now: datetime, *, ids: Sequence[int] | None = None) -> int:
    """A person says: try again. Returns how many rows that were (all parked ones, or those of `ids`)."""
    statement = update(InboxRow).where(InboxRow.state == "parked")
    if ids is not None:
        statement = statement.where(InboxRow.id.in_(ids))
    again = {"state": "waiting", "attempts": 0, "claims": 0, "not_before": now, "reason": None}
    return count(session.execute(statement.values(**again)))


def parked(session: Session, limit: int = 100) -> Sequence[InboxRow]:
    """The parked rows, the oldest first, for a person to look at."""
    chosen = select(InboxRow).where(InboxRow.state == "parked").order_by(InboxRow.id).limit(limit)
    return session.scalars(chosen).all()


def purge(
    session: Session,
    received_before: datetime,
    *,
    early_before: datetime | None = None,
    parked_before: datetime | None = None,
) -> int:
    """Forget done messages that arrived before this; must be longer ago than any message can live.

    Also early ones that waited in vain since before `early_before`, and parked ones that nobody wanted since
    before `parked_before`; None forgets none of these. Returns how many rows. Call it only while the
    ClockGuard is steady (case 27), otherwise a replay could be accepted.
    """
    ends = {"done": received_before, "early": early_before, "parked": parked_before}
    old = [
        and_(InboxRow.state == state, InboxRow.received < end)
        for state, end in ends.items()
        if end is not None
    ]
    # A row in a worker's hands is left alone: taking it away would undo the batch it is in.
    return count(session.execute(delete(InboxRow).where(or_(*old), InboxRow.owner.is_(None))))


def _early_others(session: Session, item: InboxItem) -> int:
    """How many other messages of this sender wait for something, each on the same lane."""
    row = InboxRow
    others = and_(row.lane == item.lane, row.state == "early", row.sender == item.sender, row.id != item.id)
    return session.scalar(select(func.count()).where(others)) or 0


def _settle(session: Session, items: Collection[InboxItem], **values: Any) -> None:
    """End claims with an outcome. Raises LostClaim unless every one of them is still held."""
    for owner, ids in ids_by_owner(items).items():
        for chunk in chunks(ids):
            held = and_(
                InboxRow.id.in_(chunk), InboxRow.owner == owner, InboxRow.state.in_(("waiting", "early"))
            )
            ended = {"owner": None, "lease_until": None, "claims": 0, **values}
            if count(session.execute(update(InboxRow).where(held).values(**ended))) != len(chunk):
                raise LostClaim("the lease of this message ran out; nothing was changed")


def _set_aside(session: Session, row_id: int, reason: str) -> None:
    parked_now = {"state": "parked", "reason": reason, "owner": None, "lease_until": None}
    session.execute(update(InboxRow).where(InboxRow.id == row_id).values(**parked_now))


def _without_suspects(rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """A row over which workers died before is taken alone, so that its neighbours are not parked with it."""
    if rows and rows[0].claims >= SUSPECT_CLAIMS:
        return rows[:1]
    return list(takewhile(lambda row: row.claims < SUSPECT_CLAIMS, rows))


def _first(session: Session, due: Sequence[ColumnElement[bool]], limit: int, *, lock: bool) -> list[int]:
    """The ids of the first rows that are due: the most urgent, of those the new, of those the oldest.

    Each state is read along its index, so that a backlog of any length is neither sorted nor read through.
    """
    found: list[tuple[int, int, int]] = []
    for later, state in enumerate(("waiting", "early")):
        chosen = (
            select(_TABLE.c.priority, _TABLE.c.id)
            .where(_TABLE.c.state == state, *due)
            .order_by(_TABLE.c.priority, _TABLE.c.id)
            .limit(limit)
        )
        if lock:
            chosen = chosen.with_for_update(skip_locked=True)
        found += [(priority, later, row_id) for priority, row_id in session.execute(chosen)]
    return [row_id for _, _, row_id in sorted(found)[:limit]]


def _rows(session: Session, ids: Sequence[int]) -> list[Row[Any]]:
    """The rows of these ids, in this order."""
    found = {
        row.id: row
        for chunk in chunks(ids)
        for row in session.execute(select(_TABLE).where(_TABLE.c.id.in_(chunk)))
    }
    return [found[row_id] for row_id in ids]


def _item(row: Row[Any], owner: str, cipher: RestCipher | None, until: datetime) -> InboxItem:
    payload = row.payload
    if cipher is not None:
        payload = cipher.decrypt(payload, payload_context(row.sender, row.message_id))
    return InboxItem(
        row.id,
        row.lane,
        row.sender,
        row.message_id,
        row.type,
        payload,
        row.received,
        row.attempts,
        owner,
        until,
    )
