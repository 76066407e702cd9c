"""How much of one sender is handled at once; the rest waits its turn in the inbox, and is shown there.

A partner that changed sides can speak without end, and everything that it says is authentic. So each sender
has an allowance for each kind of message: so many at once, and then so many a minute (decisions/0014). What
comes beyond it is stored and acknowledged like everything else, nothing of it is refused or lost; only its
first try is put off, to the beginning of a later minute. How long depends on how much arrived and on
nothing else, so a partner learns nothing by that (rule 4).

The book of a sender is a level: every new message raises it by one, every minute lowers it. A clock that
jumps puts nothing off by that: it can only make the level sink too early, or stop it for a while.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shared.store.tables import InboxRow, SettingRow

MINUTE = timedelta(minutes=1)
LONGEST_MINUTES = 24 * 60
"""Nothing waits longer than a day: that is the time to look at a partner that floods, and to suspend it."""
HELD_BACK = "held_back"
"""The reason that such a row shows while it waits."""
AFTER_OTHERS = 10
"""Added to the priority: what was held back comes after all that was not, whoever sent it."""
_AT_ONCE = 500

_BOOK = cast(Table, SettingRow.__table__)
# Made once: making a statement costs more than running it.
_READ = select(_BOOK.c.value).where(_BOOK.c.name == bindparam("n")).with_for_update()
_WRITE = update(_BOOK).where(_BOOK.c.name == bindparam("n")).values(value=bindparam("v"))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one sender may have handled of these types: `at_once`, and then `a_minute` more."""

    name: str
    types: frozenset[str]
    at_once: int
    a_minute: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A new message in the inbox."""

    sender: str
    id: str
    type: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """What of one sender is held back, and when the last of it has its turn."""

    sender: str
    count: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """Holds back what is beyond an allowance. Types that no allowance names are never held back."""

    allowances: Sequence[Allowance]

    def hold(self, session: Session, arrived: Iterable[Arrived], now: datetime) -> int:
        """In the transaction that stored these new messages of one lane. Returns how many have to wait."""
        by_book: dict[tuple[str, str], list[str]] = defaultdict(list)
        for message in arrived:
            for allowance in self.allowances:
                if message.type in allowance.types:
                    by_book[message.sender, allowance.name].append(message.id)
        allowances = {allowance.name: allowance for allowance in self.allowances}
        held = 0
        # One order for all workers, so that no two wait for each other's books.
        for (sender, name), ids in sorted(by_book.items()):
            for minutes, late in _charge(session, sender, allowances[name], ids, now).items():
                _put_off(session, sender, late, _minute(now) + minutes * MINUTE)
                held += len(late)
        return held


def backlogs(session: Session, now: datetime) -> list[Backlog]:
    """What is held back now, by sender."""
    chosen = (
        select(InboxRow.sender, func.count(), func.max(InboxRow.not_before))
        .where(_held(now))
        .group_by(InboxRow.sender)
        .order_by(InboxRow.sender)
    )
    return [Backlog(sender, count, until) for sender, count, until in session.execute(chosen)]


def _held(now: datetime) -> ColumnElement[bool]:
    return and_(
        InboxRow.lane == "relay",
        InboxRow.state == "waiting",
        InboxRow.reason == HELD_BACK,
        InboxRow.not_before > now,
    )


def _charge(
    session: Session, sender: str, allowance: Allowance, ids: Sequence[str], now: datetime
) -> dict[int, list[str]]:
    """Raise the level; by minutes to wait, the messages that are beyond the allowance."""
    minute, name = int(_minute(now).timestamp()) // 60, f"pace.{allowance.name}.{sender}"
    then, level = (int(part) for part in _locked(session, name, f"{minute}:0").split(":"))
    level = max(0, level - allowance.a_minute * max(0, minute - then))
    most = allowance.at_once + allowance.a_minute * LONGEST_MINUTES
    late: dict[int, list[str]] = defaultdict(list)
    for message in ids:
        level = min(level + 1, most)
        beyond = level - allowance.at_once
        if beyond > 0:
            late[-(-beyond // allowance.a_minute)].append(message)
    written = {"n": name, "v": f"{minute}:{level}"}
    session.connection().execute(_WRITE, written)
    return late


def _locked(session: Session, name: str, new: str) -> str:
    """What a book says, held until the end of the transaction; made when there is none."""
    found: str | None = session.connection().execute(_READ, {"n": name}).scalar_one_or_none()
    if found is None:
        insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        row = insert(SettingRow).values(name=name, value=new)
        session.execute(row.on_conflict_do_nothing(index_elements=[SettingRow.name]))
        found = session.connection().execute(_READ, {"n": name}).scalar_one()
    return found


def _put_off(session: Session, sender: str, ids: Sequence[str], until: datetime) -> None:
    """Such a message counts as received when it has its turn.

    What a receipt says of it is said for the slot of `received` (decisions/0005). Were that the past, it
    would be said as soon as it is handled, and the moment would betray how long comparing took.
    """
    for start in range(0, len(ids), _AT_ONCE):
        session.execute(
            update(InboxRow)
            .where(InboxRow.sender == sender, InboxRow.message_id.in_(ids[start : start + _AT_ONCE]))
            .values(
                not_before=until,
                received=until,
                reason=HELD_BACK,
                priority=InboxRow.priority + AFTER_OTHERS,
            )
        )


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
