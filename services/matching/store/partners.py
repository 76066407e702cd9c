"""What matching remembers of each partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from services.matching.store.statements import dialect, insert, insert_for
from services.matching.store.tables import partner as table
from shared.store.bulk import count
from shared.store.remembered import remembered
from shared.wire.codes import PartnerStatus

MAY_SPEAK = (PartnerStatus.VERIFIED.value, PartnerStatus.SELF.value)
"""Whose alerts are kept and compared."""


@dataclass(frozen=True, slots=True)
class Partner:
    """One partner's row."""

    partner: str
    status: str
    revision: int
    closed_epoch: int
    receipt_slot: int
    wants_resend: bool
    gaps_told: str | None
    gaps_told_slot: int

    @property
    def may_speak(self) -> bool:
        """Whether its alerts are kept and receipts go to it."""
        return self.status in MAY_SPEAK


_KNOWN = select(table).where(table.c.partner == bindparam("p"))


def known(session: Session, organisation: str) -> Partner:
    """The row of a partner. Made as verified if there is none: the post lets only verified ones through."""
    kept: Partner | None = remembered(session).get(_place(organisation))
    if kept is not None:
        return kept
    row = session.connection().execute(_KNOWN, {"p": organisation}).one_or_none()
    if row is None:
        session.execute(
            insert(session, table)
            .values(partner=organisation, status=PartnerStatus.VERIFIED.value)
            .on_conflict_do_nothing(index_elements=[table.c.partner])
        )
        row = session.connection().execute(_KNOWN, {"p": organisation}).one()
    partner = remembered(session)[_place(organisation)] = Partner(*row)
    return partner


def _place(organisation: str) -> tuple[str, str]:
    """Where `known` remembers a row. Effects follow one another under one lock, so nobody else changes it."""
    return ("partner", organisation)


def everyone(session: Session) -> Sequence[Partner]:
    """All partners, in the order of their names."""
    return [Partner(*row) for row in session.execute(select(table).order_by(table.c.partner))]


def change(session: Session, organisation: str, **values: object) -> None:
    """Set fields of a partner's row."""
    remembered(session).pop(_place(organisation), None)
    session.execute(update(table).where(table.c.partner == organisation).values(**values))


def next_revision(session: Session, organisation: str) -> int:
    """A new revision: what changes with it is seen by every worker's column. Makes the row if need be."""
    remembered(session).pop(_place(organisation), None)
    values = {"partner": organisation, "status": PartnerStatus.VERIFIED.value, "revision": 1}
    revision: int = session.connection().execute(_next_revision(dialect(session)), values).scalar_one()
    return revision


@cache
def _next_revision(dialect_name: str) -> ReturningInsert[Any]:
    counted = {"revision": table.c.revision + 1}
    statement = insert_for(dialect_name, table).on_conflict_do_update(
        index_elements=[table.c.partner], set_=counted
    )
    return statement.returning(table.c.revision)


def take_slot(session: Session, organisation: str, slot: int) -> bool:
    """Whether this worker is the one to send the receipt of this slot; every other one gets False."""
    remembered(session).pop(_place(organisation), None)
    taken = (
        update(table)
        .where(table.c.partner == organisation, table.c.receipt_slot < slot)
        .values(receipt_slot=slot)
    )
    return count(session.execute(taken)) == 1
