"""Verifies the audit chain against itself, against its signed heads and against what partners witnessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.crypto.errors import BadSignature
from shared.store.audit import FIRST_PREVIOUS, Head, head_of, row_hash
from shared.store.tables import AuditHeadRow, AuditRow

HeadVerifier = Callable[[Head], None]
"""Returns when the head's signature is right, raises BadSignature otherwise."""


class Problem(StrEnum):
    """What is wrong with an audit log."""

    CHANGED = "changed"
    """A row does not fit its own hash."""
    REMOVED = "removed"
    """A row in the middle is missing."""
    FORKED = "forked"
    """The rows fit each other, but not what was signed or witnessed: the log was written anew."""
    TRUNCATED = "truncated"
    """Rows at the end that were signed or witnessed are missing."""
    UNKNOWN_HEAD = "unknown-head"
    """A partner witnessed, without its place, a state that the log never had: it was cut or written anew."""
    BAD_HEAD = "bad-head"
    """A stored or witnessed head does not carry the signature of this log."""


class ForkedLog(Exception):
    """A partner showed two different states of its audit log for the same place; ask them what happened."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The result: `length` rows were read; without a problem, `first_bad_index` is None."""

    length: int
    problem: Problem | None = None
    first_bad_index: int | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return self.problem is None


def verify(
    session: Session, log: str, check_head: HeadVerifier, witnessed: Iterable[Head] = ()
) -> AuditReport:
    """Read the whole log called `log` and name the first index that cannot be believed.

    `witnessed` are heads of this log that partners sent back. When the log was written anew from some row on,
    that is the index after the last head that still fits. Heads from receipts have index 0, because the
    length of a log would tell partners what was found: their hash is looked for in the whole log.
    """
    kept = [head_of(row) for row in session.scalars(select(AuditHeadRow).where(AuditHeadRow.log == log))]
    heads = sorted([*kept, *witnessed], key=lambda head: head.index)
    expected: dict[int, set[bytes]] = {}
    without_place: set[bytes] = set()
    believed = 0
    for head in heads:
        try:
            check_head(head)
        except BadSignature:
            return AuditReport(0, Problem.BAD_HEAD, head.index)
        if head.log != log:
            return AuditReport(0, Problem.BAD_HEAD, head.index)
        if head.index == 0:
            without_place.add(head.hash)
        else:
            expected.setdefault(head.index, set()).add(head.hash)

    previous, index = FIRST_PREVIOUS, 0
    chosen = select(AuditRow).order_by(AuditRow.index).execution_options(yield_per=500)
    with session.scalars(chosen) as rows:
        for row in rows:
            index += 1
            problem = _row_problem(log, row, index, previous)
            if problem is not None:
                return AuditReport(index, problem, index)
            if any(hash_ != row.hash for hash_ in expected.get(index, ())):
                return AuditReport(index, Problem.FORKED, believed + 1)
            if index in expected or row.hash in without_place:
                believed = index
                without_place.discard(row.hash)
            previous = row.hash
    if heads and heads[-1].index > index:
        return AuditReport(index, Problem.TRUNCATED, index + 1)
    if without_place:
        return AuditReport(index, Problem.UNKNOWN_HEAD, believed + 1)
    return AuditReport(index)


def witness(session: Session, head: Head, check_head: HeadVerifier) -> None:
    """Keep a partner's head, as its witness. Raises BadSignature, or ForkedLog when an older one differs.

    Both heads of a fork are kept (the caller commits what was added before the exception if it wants the
    proof): they are signed, so they convince others too.
    """
    check_head(head)
    others: Sequence[AuditHeadRow] = session.scalars(
        select(AuditHeadRow).where(AuditHeadRow.log == head.log, AuditHeadRow.index == head.index)
    ).all()
    if not any(row.hash == head.hash for row in others):
        session.add(
            AuditHeadRow(log=head.log, index=head.index, hash=head.hash, at=head.at, signature=head.signature)
        )
        session.flush()
        if others:
            raise ForkedLog("a partner's audit log shows two states for one place; both heads are kept")


def newest_witnessed(session: Session, log: str) -> Head | None:
    """The newest head of a partner's log that we keep; we send it back when they ask."""
    chosen = select(AuditHeadRow).where(AuditHeadRow.log == log).order_by(AuditHeadRow.index.desc()).limit(1)
    row = session.scalars(chosen).first()
    return None if row is None else head_of(row)


def _row_problem(log: str, row: AuditRow, index: int, previous: bytes) -> Problem | None:
    if row.index != index:
        return Problem.REMOVED
    if row_hash(log, row) != row.hash:
        return Problem.CHANGED
    return None if row.previous == previous else Problem.FORKED
