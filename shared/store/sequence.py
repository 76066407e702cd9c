"""Numbers without gaps for what we send, and the gaps in what arrives.

A stream is named by its caller, for instance 'lt-vilnius/intake>fr-lyon/matching'. Gaps are kept as ranges,
so that a partner that jumps to 2^52 costs one row. A stream has at most 100 of them: a partner that leaves
out every other number is asked for some that arrived, and costs no more than an honest one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shared.store.tables import MissingRow, SequenceRow

LARGEST = 2**53 - 1
GAPS_KEPT = 100
_KEY = [SequenceRow.stream, SequenceRow.direction]
_TABLE = cast(Table, SequenceRow.__table__)


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Numbers that have not arrived, both ends included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))


def next(session: Session, stream: str) -> int:  # noqa: A001 - reads as sequence.next(...)
    """The next number of `stream`, from 1. Rolled back with the transaction, so nothing is skipped."""
    statement = _count_up(session.get_bind().dialect.name)
    number: int = session.connection().execute(statement, {"stream": stream}).scalar_one()
    return number


def last(session: Session, stream: str) -> int:
    """The last number given out in `stream`; 0 before the first."""
    chosen = select(SequenceRow.last).where(SequenceRow.stream == stream, SequenceRow.direction == "out")
    return session.scalar(chosen) or 0


def advance(session: Session, stream: str, at_least: int) -> None:
    """Go on after `at_least`, if we are not past it: a partner saw it, the backup did not (case 84)."""
    _in_range(at_least)
    insert = _insert(session, {"stream": stream, "direction": "out", "last": at_least})
    session.execute(
        insert.on_conflict_do_update(
            index_elements=_KEY,
            set_={"last": at_least},
            where=SequenceRow.last < at_least,
        )
    )


def note_received(session: Session, stream: str, seq: int) -> Gap | None:
    """Remember that `seq` arrived in `stream`. Returns the gap that it showed, or None.

    A number that fills a gap shortens or splits it; one that arrived before changes nothing.
    Raises ValueError for a number below 1 or above 2^53 - 1.
    """
    _in_range(seq)
    return _note(session, stream, _highest_locked(session, stream), Gap(seq, seq))


def note_all_received(session: Session, stream: str, seqs: Sequence[int]) -> None:
    """`note_received` for all of a batch; a run of numbers costs as much as one.

    Runs may come in any order: several workers store what arrives.
    """
    for seq in seqs:
        _in_range(seq)
    highest = _highest_locked(session, stream)
    for run in _runs(seqs):
        _note(session, stream, highest, run)


def _runs(seqs: Sequence[int]) -> Iterator[Gap]:
    """The numbers as ranges of such as follow one another."""
    first = last = 0
    for seq in seqs:
        if last and seq == last + 1:
            last = seq
            continue
        if last:
            yield Gap(first, last)
        first = last = seq
    if last:
        yield Gap(first, last)


def _note(session: Session, stream: str, highest: SequenceRow, run: Gap) -> Gap | None:
    """Remember that all of `run` arrived; the gap before it, if it shows a new one."""
    known = highest.last
    if run.first <= known:
        _fill(session, stream, run)
    if run.last <= known:
        return None
    highest.last = run.last
    session.flush()
    if run.first <= known + 1:
        return None
    gap = Gap(known + 1, run.first - 1)
    session.add(MissingRow(stream=stream, first=gap.first, last=gap.last))
    session.flush()
    _collapse(session, stream)
    return gap


def missing(session: Session, stream: str, limit: int = GAPS_KEPT) -> list[Gap]:
    """At most `limit` gaps of `stream`, the lowest first."""
    chosen = select(MissingRow).where(MissingRow.stream == stream).order_by(MissingRow.first).limit(limit)
    return [Gap(row.first, row.last) for row in session.scalars(chosen)]


def give_up(session: Session, stream: str) -> None:
    """Stop waiting for all that is missing in `stream`: the partner no longer keeps it."""
    _highest_locked(session, stream)
    session.execute(delete(MissingRow).where(MissingRow.stream == stream))


def _fill(session: Session, stream: str, run: Gap) -> None:
    """Take the numbers of `run` out of the gaps."""
    touched = select(MissingRow).where(
        MissingRow.stream == stream, MissingRow.first <= run.last, MissingRow.last >= run.first
    )
    rows = session.scalars(touched).all()
    left = [
        part
        for row in rows
        for part in (Gap(row.first, run.first - 1), Gap(run.last + 1, row.last))
        if part.first <= part.last
    ]
    for row in rows:
        session.delete(row)
    session.flush()
    session.add_all(MissingRow(stream=stream, first=part.first, last=part.last) for part in left)
    session.flush()
    if len(left) > len(rows):
        _collapse(session, stream)


def _collapse(session: Session, stream: str) -> None:
    """Make one range of the oldest gaps beyond what is kept."""
    newest_first = select(MissingRow).where(MissingRow.stream == stream).order_by(MissingRow.first.desc())
    oldest = session.scalars(newest_first.offset(GAPS_KEPT - 1)).all()
    if len(oldest) < 2:
        return
    oldest[-1].last = oldest[0].last
    for row in oldest[:-1]:
        session.delete(row)
    session.flush()


def _highest_locked(session: Session, stream: str) -> SequenceRow:
    """The row of what arrived, held until the end of the transaction; made when there is none."""
    insert = _insert(session, {"stream": stream, "direction": "in", "last": 0})
    session.execute(insert.on_conflict_do_nothing(index_elements=_KEY))
    return session.get_one(SequenceRow, (stream, "in"), with_for_update=True, populate_existing=True)


def _insert(session: Session, values: Mapping[str, str | int]) -> PostgresqlInsert | SqliteInsert:
    """INSERT with ON CONFLICT, which each database spells through its own class."""
    if session.get_bind().dialect.name == "postgresql":
        return PostgresqlInsert(SequenceRow).values(**values)
    return SqliteInsert(SequenceRow).values(**values)


@cache
def _count_up(dialect: str) -> ReturningInsert[int]:
    """Made once: making a statement costs more than running it."""
    first = {"stream": bindparam("stream"), "direction": "out", "last": 1}
    making = PostgresqlInsert(_TABLE) if dialect == "postgresql" else SqliteInsert(_TABLE)
    counted = making.values(**first).on_conflict_do_update(
        index_elements=[_TABLE.c.stream, _TABLE.c.direction], set_={"last": _TABLE.c.last + 1}
    )
    return counted.returning(_TABLE.c.last)


def _in_range(seq: int) -> None:
    if not 1 <= seq <= LARGEST:
        raise ValueError("a sequence number is between 1 and 2^53 - 1")
