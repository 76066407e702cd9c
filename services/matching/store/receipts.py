"""What the next receipt has to say; written in the transaction of the effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.matching.store.alerts import AlertKey
from services.matching.store.statements import Insert, dialect, insert_for
from services.matching.store.tables import receipt_due as table
from shared.runtime.clock import to_wire
from shared.store.bulk import chunks
from shared.wire.codes import ReceiptOutcome
from shared.wire.messages import ReceiptItem


@dataclass(frozen=True, slots=True)
class Due:
    """One fact for a receipt; `at` is the beginning of the slot in which its message arrived."""

    key: AlertKey
    version: int
    at: datetime
    outcome: ReceiptOutcome
    reason: str | None = None


def owe(
    session: Session,
    key: AlertKey,
    version: int,
    at: datetime,
    *outcomes: ReceiptOutcome,
    reason: str | None = None,
) -> None:
    """Note what is to be told of a message that arrived in the slot beginning at `at`, whatever matched."""
    owe_many(session, [Due(key, version, at, outcome, reason) for outcome in outcomes])


def owe_many(session: Session, facts: Sequence[Due]) -> None:
    """`owe` all of these."""
    rows = [
        {
            "partner": fact.key.partner,
            "alert": fact.key.alert,
            "version": fact.version,
            "outcome": fact.outcome.value,
            "reason": fact.reason,
            "at": fact.at,
        }
        for fact in facts
    ]
    session.connection().execute(_owe(dialect(session)), rows)


_STEPS = {ReceiptOutcome.COMPARED.value: (ReceiptOutcome.STORED, ReceiptOutcome.COMPARED)}


@cache
def _owe(dialect_name: str) -> Insert:
    """Made once: making a statement costs more than running it."""
    return insert_for(dialect_name, table).on_conflict_do_nothing()


def due(
    session: Session, partner: str, before: datetime, limit: int
) -> tuple[Sequence[int], list[ReceiptItem]]:
    """The oldest facts from slots that began before `before`: ids of rows, and at most `limit` items.

    What was compared was stored, too: one row, two items.
    """
    chosen = (
        select(table)
        .where(table.c.partner == partner, table.c.at < before)
        .order_by(table.c.at, table.c.id)
        .limit(limit)
    )
    ids: list[int] = []
    items: list[ReceiptItem] = []
    for row in session.execute(chosen):
        outcomes = _STEPS.get(row.outcome) or (ReceiptOutcome(row.outcome),)
        if len(items) + len(outcomes) > limit:
            break
        ids.append(row.id)
        items += [
            ReceiptItem(
                alert=row.alert, version=row.version, outcome=outcome, at=to_wire(row.at), reason=row.reason
            )
            for outcome in outcomes
        ]
    return ids, items


def told(session: Session, ids: Sequence[int]) -> None:
    """These rows are in a receipt that is in the outbox."""
    for part in chunks(ids):
        session.execute(delete(table).where(table.c.id.in_(part)))


def drop(session: Session, partner: str) -> None:
    """Nothing is told to a partner that is none any more."""
    session.execute(delete(table).where(table.c.partner == partner))
