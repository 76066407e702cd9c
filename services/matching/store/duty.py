"""Under which reference the people on duty are told of a possible match.

Many alerts of one partner may fit one own case: one person under many references, by mistake or on purpose.
All of them are told under the reference of the first, so that they are one notice (decisions/0014). The
desk lists each of them.
"""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Column, String, Table, bindparam, delete, select
from sqlalchemy.orm import Session

from services.matching.store.statements import Insert, dialect, insert_for
from services.matching.store.tables import metadata
from shared.store.columns import UtcDateTime

FOLDED_FOR = timedelta(days=1)
"""How long the matches of one partner with one own case are one notice, from the first of them on."""

notice = Table(
    "duty_notice",
    metadata,
    Column("partner", String(32), primary_key=True),
    Column("own_case", String(40), primary_key=True),
    Column("match", String(40), nullable=False),
    Column("since", UtcDateTime, nullable=False),
)
"""What people were told of within the last day; older rows are deleted by the next notice."""


def reference_for(session: Session, partner: str, own_case: str, match: str, now: datetime) -> str:
    """The reference to tell this match under: an earlier one's of the same pair, or its own."""
    connection = session.connection()
    # A `since` ahead of now comes from a clock that was wrong, and must fold nothing (case 27).
    connection.execute(_FORGET, {"old": now - FOLDED_FOR, "now": now})
    mine = {"partner": partner, "own_case": own_case}
    connection.execute(_begin(dialect(session)), {**mine, "match": match, "since": now})
    reference: str = connection.execute(_READ, mine).scalar_one()
    return reference


def forget(session: Session, **of: str) -> None:
    """The `partner` or the `own_case` is gone, and with it what people were told of."""
    session.execute(delete(notice).filter_by(**of))


# Made once: making a statement costs more than running it.
_FORGET = delete(notice).where((notice.c.since <= bindparam("old")) | (notice.c.since > bindparam("now")))
_READ = select(notice.c.match).where(
    notice.c.partner == bindparam("partner"), notice.c.own_case == bindparam("own_case")
)


@cache
def _begin(dialect_name: str) -> Insert:
    return insert_for(dialect_name, notice).on_conflict_do_nothing()
