"""Decisions of people, kept to say how good matching is; they outlive match and alert (decisions/0021).

A row has no reference to alert, partner, own case or match, and nothing of a person: how the two sides
agreed, never a value of either. Its id is random, and on SQLite the table is stored in the order of ids, so
that a row's place does not tell when in its month it came. While the match lives its own row holds the id, so
that a person who decides again replaces the row; when the match is deleted, that link is.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Column, Integer, LargeBinary, String, Table, delete, func, select
from sqlalchemy.orm import Session

from services.matching.store.statements import insert
from services.matching.store.tables import metadata
from shared.crypto.errors import CannotDecrypt
from shared.crypto.rest import RestCipher
from shared.runtime import ids, log
from shared.store.context import field_context
from shared.wire.codes import MatchState, Strength

MOST_KEPT = 10_000
"""Rows; those of the oldest month go first."""
BITS_STEP = 4
MOST_BITS = 16
"""How rare a name is is kept in five steps, of which the last is one in 65,536 people and rarer."""
SCORE_STEP = 100
"""A score is kept in whole bits: intake keeps the exact one, which would be a reference by another name."""
SEALED_BYTES = 1024
"""Every row is as long as every other, or its length would tell how much was known."""

table = Table(
    "kept_decision",
    metadata,
    Column("id", String(40), primary_key=True),
    # Year and month as one number, 202611. The day would find the decision in the audit log.
    Column("month", Integer, nullable=False, index=True),
    Column("content", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""One decision each: the month in clear, everything else encrypted."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one comparator saw."""

    row: str
    """Its row in the table of weights: `same`, `swapped`."""
    times: int
    bits: int
    """Rarity of the agreeing value, in steps of `BITS_STEP`; 0 where that says nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One decision."""

    month: int
    """202611."""
    state: MatchState
    strength: Strength
    score: int
    """Hundredths of a bit, in steps of `SCORE_STEP`."""
    has_keys: bool
    """False for an own case without a name, which was compared by its description alone."""
    keys_version: int
    weights_version: str
    seen: Mapping[str, Seen]
    """By comparator; those that had nothing to compare are left out."""


def rounded(value: float, step: int, most: int | None = None) -> int:
    """To the nearest step, `most` at most."""
    nearest = round(value / step) * step
    return nearest if most is None else min(nearest, most)


class KeptDecisions:
    """Reads and writes kept decisions."""

    def __init__(self, cipher: RestCipher) -> None:
        self._cipher = cipher

    def add(self, session: Session, kept: Kept) -> str:
        """Keep a decision; the random id of its row. The oldest rows beyond `MOST_KEPT` go."""
        name = ids.new_id("decision")
        content = self._cipher.encrypt(_packed(kept), _context(name, kept.month))
        session.execute(insert(session, table).values(id=name, month=kept.month, content=content))
        beyond = self.count(session) - MOST_KEPT
        if beyond > 0:
            oldest = select(table.c.id).where(table.c.id != name).order_by(table.c.month, table.c.id)
            session.execute(delete(table).where(table.c.id.in_(oldest.limit(beyond))))
        return name

    def forget(self, session: Session, name: str) -> None:
        """Delete one row; it may be gone already."""
        session.execute(delete(table).where(table.c.id == name))

    def count(self, session: Session) -> int:
        """How many are kept."""
        return session.execute(select(func.count()).select_from(table)).scalar_one()

    def everything(self, session: Session) -> list[Kept]:
        """All that is kept, month by month. A damaged row is left out, and the log says so (case 82)."""
        found: list[Kept] = []
        for row in session.execute(select(table).order_by(table.c.month, table.c.id)):
            try:
                plain = self._cipher.decrypt(row.content, _context(*row[:2]))
            except CannotDecrypt:
                log.get("comparing").exception("decision_unreadable")
            else:
                found.append(_unpacked(row.month, plain))
        return found


def _packed(kept: Kept) -> bytes:
    values = asdict(kept) | {"seen": {code: [s.row, s.times, s.bits] for code, s in kept.seen.items()}}
    del values["month"]
    plain = json.dumps(values, separators=(",", ":")).encode()
    if len(plain) > SEALED_BYTES:
        raise ValueError("a kept decision is longer than its row; make SEALED_BYTES larger")
    return plain.ljust(SEALED_BYTES)


def _unpacked(month: int, plain: bytes) -> Kept:
    values = json.loads(plain)
    values["state"], values["strength"] = MatchState(values["state"]), Strength(values["strength"])
    values["seen"] = {code: Seen(*seen) for code, seen in values["seen"].items()}
    return Kept(month=month, **values)


def _context(name: str, month: int) -> bytes:
    return field_context("kept_decision", "content", f"{name}|{month}")
