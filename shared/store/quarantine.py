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
"""Whole envelopes kept at a time, for either purpose, 14 MB at most; of what comes beyond them only the
fingerprint stays."""
MOST_ROWS = 10_000


def add(session: Session, lane: str, code: str, envelope: bytes, received: datetime) -> bool:
    """Note one refused message. False when the list holds 10,000 of this code: a flood is only counted.

    The envelope itself is kept for the codes of `KEEPS_ENVELOPE` and, for ten minutes, of `WAITS`, while it
    is at most 70,000 bytes and fewer than 200 are kept already, and is never logged.
    """
    code = reason_code(code)
    if (session.scalar(select(func.count()).where(RejectedRow.code == code)) or 0) >= MOST_ROWS:
        return False
    alike = next((codes for codes in (KEEPS_ENVELOPE, WAITS) if code in codes), None)
    keeps = alike is not None and len(envelope) <= LARGEST_ENVELOPE and _has_room(session, alike)
    session.add(
        RejectedRow(
            lane=lane,
            code=code,
            size=len(envelope),
            sha256=hashlib.sha256(envelope).digest(),
            received=received,
            envelope=envelope if keeps else None,
        )
    )
    session.flush()
    return True


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


def _has_room(session: Session, codes: frozenset[str]) -> bool:
    kept = select(func.count()).where(RejectedRow.code.in_(codes), RejectedRow.envelope.is_not(None))
    return (session.scalar(kept) or 0) < MOST_ENVELOPES


def counts(session: Session, since: datetime) -> dict[str, int]:
    """How many of each code since then."""
    recent = RejectedRow.received >= since
    chosen = select(RejectedRow.code, func.count()).where(recent).group_by(RejectedRow.code)
    return dict(session.execute(chosen).all())


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
