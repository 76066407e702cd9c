"""Comparisons that one transaction began and left to the next ones.

A partner can keep thousands of live alerts of one person, or put dozens of people into one alert. Whoever
proposes all that fits at once holds the database's one write transaction for minutes. What is left over is a
row here, written in the transaction that left it, so that a kill loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Index, String, Table, UniqueConstraint, delete, exists, select, update
from sqlalchemy.orm import Session

from services.matching.store.partners import MAY_SPEAK
from services.matching.store.statements import insert
from services.matching.store.tables import metadata, partner
from shared.store.columns import BigId

EVERY = ""
"""In place of one alert's reference: every live alert of the partner."""

table = Table(
    "unfinished_comparison",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("partner", String(32), nullable=False),
    Column("own_case", String(40), nullable=False),
    Column("alert", String(40), nullable=False),
    # Of every alert: the last one that was compared. They are compared in the order of their references.
    Column("after", String(40), nullable=False),
    # In this order, so that the rows of an alert are found when it goes.
    UniqueConstraint("partner", "alert", "own_case"),
    Index(None, "partner", "id"),
    sqlite_autoincrement=True,
)
"""An own case that is still to be compared, with one alert or with every one that follows."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One row."""

    id: int
    partner: str
    own_case: str
    alert: str
    after: str


def put_off(session: Session, organisation: str, alert: str, own_cases: Sequence[str]) -> None:
    """This alert is still to be compared with these own cases."""
    rows = [{"partner": organisation, "own_case": one, "alert": alert, "after": ""} for one in own_cases]
    if rows:
        session.connection().execute(insert(session, table).on_conflict_do_nothing(), rows)


def go_on(session: Session, organisation: str, own_case: str, after: str | None) -> None:
    """This own case is still to be compared with every alert behind `after`; None: with none."""
    mine = {"partner": organisation, "own_case": own_case, "alert": EVERY}
    session.execute(delete(table).filter_by(**mine))
    if after is not None:
        session.execute(insert(session, table).values(**mine, after=after))


def first(session: Session, after: str = "") -> Unfinished | None:
    """The oldest row of the next partner, behind the partner `after`, that may speak and has one.

    One partner after the other: what one leaves over by the thousand holds up nobody else.
    """
    has_one = exists().where(table.c.partner == partner.c.partner)
    chosen = select(partner.c.partner).where(partner.c.status.in_(MAY_SPEAK), has_one)
    turns = chosen.order_by(partner.c.partner <= after, partner.c.partner).limit(1)
    organisation = session.execute(turns).scalar_one_or_none()
    if organisation is None:
        return None
    oldest = select(table).where(table.c.partner == organisation).order_by(table.c.id).limit(1)
    row = session.execute(oldest).one_or_none()  # another worker may have done it since
    return None if row is None else Unfinished(*row)


def drop_of_alert(session: Session, organisation: str, alert: str) -> None:
    """The alert is gone."""
    session.execute(delete(table).filter_by(partner=organisation, alert=alert))


def drop(session: Session, organisation: str) -> None:
    """Nothing of this partner is here any more that could be compared."""
    session.execute(delete(table).filter_by(partner=organisation))


def move(session: Session, row: Unfinished, after: str) -> None:
    """Its next piece begins behind `after`."""
    session.execute(update(table).where(table.c.id == row.id).values(after=after))


def finish(session: Session, row: Unfinished) -> None:
    """Nothing of it is left."""
    session.execute(delete(table).where(table.c.id == row.id))
