"""The list of what was refused: code, size and fingerprint, so that an administrator can see a pattern."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shared.store.bulk import count
from shared.store.reasons import reason_code
from shared.store.tables import RejectedRow

KEEPS_ENVELOPE = frozenset({"revoked-or-old-key"})
"""Codes whose envelope stays, as ciphertext, because an administrator may still decide about it (case 10)."""
WAITS = frozenset({"unknown-sender", "sender-not-verified"})
"""Codes that may be right in a moment: matching hears later than its intake that a partner is verified."""
WAITS_FOR = timedelta(minutes=10)
LARGEST_ENVELOPE = 70_000
"""Bytes. Its signature was not checked, so that anybody can have filled it: larger ones are not kept."""
MOST_ENVELOPES = 200
"""Whole envelopes kept at a time of one sender, for either purpose, 14 MB at most; of what comes beyond them
only the fingerprint stays. The relay lets a member write its own routing key alone, so that none of them can
take another's room."""
MOST_OF_ALL = 1_000
"""Whole envelopes of all senders together: the relay itself can write any routing key."""
MOST_ROWS = 10_000
"""Rows of one code and one sender."""


def add(
    session: Session, lane: str, code: str, envelope: bytes, received: datetime, sender: str = ""
) -> bool:
    """Note one refused message. False when there are 10,000 such of this sender: a flood is only counted.

    What came before is counted in its row, however often. The envelope itself is kept for the codes of
    `KEEPS_ENVELOPE` and, for ten minutes, of `WAITS`, while it is at most 70,000 bytes and there is room,
    however many rows there are. It is never logged. `sender` is the organisation of the routing key.
    """
    code = reason_code(code)
    fingerprint = hashlib.sha256(envelope).digest()
    known = session.scalars(
        select(RejectedRow)
        .where(RejectedRow.sha256 == fingerprint, RejectedRow.code == code, RejectedRow.sender == sender)
        .limit(1)
    ).first()
    keeps = (known is None or known.envelope is None) and _keeps(session, code, sender, envelope)
    if known is not None:
        known.times, known.received = known.times + 1, received
        # A sender repeats what we miss as it was sealed; it may be right this time.
        known.envelope = envelope if keeps else known.envelope
        session.flush()
        return True
    if not keeps and _rows(session, code, sender) >= MOST_ROWS:
        return False
    session.add(
        RejectedRow(
            lane=lane,
            code=code,
            size=len(envelope),
            sha256=fingerprint,
            received=received,
            sender=sender,
            times=1,
            envelope=envelope if keeps else None,
        )
    )
    session.flush()
    return True


def lost_of(session: Session, organisation: str) -> bool:
    """Whether something of this sender that may have been right a moment later was refused and not kept."""
    lost = RejectedRow.code.in_(WAITS), RejectedRow.sender == organisation, RejectedRow.envelope.is_(None)
    return session.scalar(select(RejectedRow.id).where(*lost).limit(1)) is not None


def waiting(session: Session, lane: str) -> dict[int, bytes]:
    """Envelopes that may be right by now, by row, the oldest first."""
    kept = RejectedRow.code.in_(WAITS), RejectedRow.envelope.is_not(None), RejectedRow.lane == lane
    chosen = select(RejectedRow.id, RejectedRow.envelope).where(*kept).order_by(RejectedRow.id)
    return {row_id: envelope for row_id, envelope in session.execute(chosen) if envelope is not None}


def stop_waiting(session: Session, received_before: datetime) -> int:
    """What waited so long was refused for good; its fingerprint stays. Returns how many."""
    old = (
        RejectedRow.code.in_(WAITS),
        RejectedRow.envelope.is_not(None),
        RejectedRow.received < received_before,
    )
    return count(session.execute(update(RejectedRow).where(*old).values(envelope=None)))


def _keeps(session: Session, code: str, sender: str, envelope: bytes) -> bool:
    alike = next((codes for codes in (KEEPS_ENVELOPE, WAITS) if code in codes), None)
    if alike is None or len(envelope) > LARGEST_ENVELOPE:
        return False
    kept = select(func.count()).where(RejectedRow.code.in_(alike), RejectedRow.envelope.is_not(None))
    if (session.scalar(kept) or 0) >= MOST_OF_ALL:
        return False
    return (session.scalar(kept.where(RejectedRow.sender == sender)) or 0) < MOST_ENVELOPES


def _rows(session: Session, code: str, sender: str) -> int:
    chosen = select(func.count()).where(RejectedRow.code == code, RejectedRow.sender == sender)
    return session.scalar(chosen) or 0


def counts(session: Session, since: datetime) -> dict[str, int]:
    """How many of each code since then; what came last since then counts with all its repetitions."""
    recent = RejectedRow.received >= since
    chosen = select(RejectedRow.code, func.sum(RejectedRow.times)).where(recent).group_by(RejectedRow.code)
    return {code: int(number) for code, number in session.execute(chosen)}


def newest(session: Session, limit: int = 100, code: str | None = None) -> Sequence[RejectedRow]:
    """The newest rows, of one code or of all."""
    chosen = select(RejectedRow).order_by(RejectedRow.id.desc()).limit(limit)
    if code is not None:
        chosen = chosen.where(RejectedRow.code == code)
    return session.scalars(chosen).all()


def remove(session: Session, row_id: int) -> bytes | None:
    """Take one row off the list; gives its envelope back, when there is one, to be handled once more."""
    row = session.get(RejectedRow, row_id, with_for_update=True)
    if row is None:
        return None
    session.delete(row)
    return row.envelope


def purge(session: Session, received_before: datetime) -> int:
    """Forget older rows. Returns how many. Call it only while the ClockGuard is steady (case 27)."""
    statement = delete(RejectedRow).where(RejectedRow.received < received_before)
    return count(session.execute(statement))
