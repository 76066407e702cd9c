"""Own cases as partners' alerts can see them: pseudonyms in clear, descriptions encrypted.

A damaged row is as good as gone: the log says so, and every other case is compared (case 82).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from services.matching.store.partners import next_revision
from services.matching.store.statements import Insert, dialect, insert, insert_for
from services.matching.store.tables import closed_case
from services.matching.store.tables import own_case as table
from shared.crypto.errors import CannotDecrypt
from shared.crypto.rest import RestCipher
from shared.crypto.tags import PSEUDONYM_BYTES
from shared.runtime import log
from shared.store.bulk import chunks
from shared.store.context import field_context
from shared.wire.codes import CaseKind
from shared.wire.messages import Description


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One own case towards one partner in one epoch."""

    partner: str
    epoch: int
    own_case: str
    version: int
    kind: CaseKind
    groups: str
    """One letter a key: its group."""
    pseudonyms: bytes = field(repr=False)
    description: Description
    id: int = 0

    def pseudonym(self, index: int) -> bytes:
        """The pseudonym of the key at `index`."""
        return self.pseudonyms[index * PSEUDONYM_BYTES : (index + 1) * PSEUDONYM_BYTES]


class Changed(NamedTuple):
    """A row that a column has not seen yet; a tuple, because 100,000 of them are read at once."""

    row: int
    kind: CaseKind
    pseudonyms: bytes
    description: bytes | None
    """JSON of what `Description` says; None for a case that is gone or is never compared."""


# Made once: making a statement costs more than running it.
_CHANGED = select(
    table.c.id, table.c.own_case, table.c.version, table.c.kind, table.c.pseudonyms, table.c.description
).where(
    table.c.partner == bindparam("p"), table.c.epoch == bindparam("e"), table.c.revision > bindparam("after")
)
_AT_ONCE = 2_000
_LENGTH_BYTES = 2
_CLOSED = select(closed_case.c.own_case).where(closed_case.c.own_case == bindparam("c"))
_VERSION = select(table.c.version).where(
    table.c.partner == bindparam("p"), table.c.epoch == bindparam("e"), table.c.own_case == bindparam("c")
)
_NAMES = select(table.c.id, table.c.own_case, (func.length(table.c.description) > 0).label("filled")).where(
    table.c.id.in_(bindparam("ids", expanding=True))
)
_OF_IDS = select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))
# SQLite keeps no statistics: for two cases and more it would rather read every row of the partner, 50 ms for
# 100,000, than use the index of cases. An expression in place of the column leaves it no other index.
_OF_CASES = select(table).where(
    func.coalesce(table.c.partner, "") == bindparam("p"),
    table.c.own_case.in_(bindparam("cases", expanding=True)),
)
_REPLACED = ("version", "kind", "groups", "pseudonyms", "description", "revision")


@cache
def _put(dialect_name: str) -> Insert:
    statement = insert_for(dialect_name, table)
    return statement.on_conflict_do_update(
        index_elements=[table.c.partner, table.c.epoch, table.c.own_case],
        set_={name: statement.excluded[name] for name in _REPLACED},
    )


class Cases:
    """Reads and writes own cases."""

    def __init__(self, cipher: RestCipher) -> None:
        self._cipher = cipher

    def is_closed(self, session: Session, own_case: str) -> bool:
        """Whether this case is to be forgotten for ever."""
        return session.connection().execute(_CLOSED, {"c": own_case}).first() is not None

    def version(self, session: Session, partner: str, epoch: int, own_case: str) -> int:
        """The version that is kept; 0 for none."""
        keys = {"p": partner, "e": epoch, "c": own_case}
        return session.connection().execute(_VERSION, keys).scalar_one_or_none() or 0

    def put(self, session: Session, case: OwnCase) -> None:
        """Keep a case in place of what was there."""
        revision = next_revision(session, case.partner)
        session.connection().execute(_put(dialect(session)), {**self.values(case), "revision": revision})

    def values(self, case: OwnCase) -> dict[str, object]:
        """The columns of a case's row, but for its revision."""
        return {
            "partner": case.partner,
            "epoch": case.epoch,
            "own_case": case.own_case,
            "version": case.version,
            "kind": case.kind.value,
            "groups": case.groups,
            "pseudonyms": case.pseudonyms,
            "description": self._seal(case),
        }

    def close(self, session: Session, own_case: str, now: datetime) -> list[str]:
        """Forget a case towards everybody. Returns the partners that it was compared for."""
        session.execute(
            insert(session, closed_case).values(own_case=own_case, at=now).on_conflict_do_nothing()
        )
        chosen = select(table.c.partner).where(table.c.own_case == own_case).distinct()
        partners = sorted(session.execute(chosen).scalars())
        for partner in partners:
            # The emptied row stays until its epoch is over: it tells every worker's column.
            emptied = {
                "groups": "",
                "pseudonyms": b"",
                "description": b"",
                "revision": next_revision(session, partner),
            }
            session.execute(
                update(table)
                .where(table.c.partner == partner, table.c.own_case == own_case)
                .values(**emptied)
            )
        return partners

    def drop(self, session: Session, partner: str, up_to_epoch: int | None = None) -> None:
        """Delete what was kept for a partner, or only its epochs up to one."""
        chosen = delete(table).where(table.c.partner == partner)
        session.execute(chosen if up_to_epoch is None else chosen.where(table.c.epoch <= up_to_epoch))

    def changed(
        self, session: Session, partner: str, epoch: int, after: int, kinds: Collection[CaseKind]
    ) -> Iterator[Sequence[Changed]]:
        """Rows newer than a revision, some at a time; of other kinds than these the description stays shut.

        A whole column is read like this, so a row costs no more than it must: no object is made of it, and
        nothing is checked that was checked before it was sealed.
        """
        opened = {kind.value: kind for kind in CaseKind}
        context = _contexts(partner, epoch)
        asked = {"p": partner, "e": epoch, "after": after}
        rows = session.execute(_CHANGED, asked, execution_options={"yield_per": _AT_ONCE})
        for part in rows.partitions():
            changed = []
            for row, own_case, version, name, pseudonyms, sealed in part:
                kind, plain = opened[name], None
                if sealed and kind in kinds:
                    plain = self._plain(sealed, context(own_case, version))
                changed.append(Changed(row, kind, pseudonyms, plain))
            yield changed

    def of_ids(self, session: Session, ids: Sequence[int]) -> list[OwnCase]:
        """The cases of these rows."""
        rows = (row for part in chunks(ids) for row in session.connection().execute(_OF_IDS, {"ids": part}))
        return [case for row in rows if row.description and (case := self._open(row)) is not None]

    def names(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        """The references of the cases of these rows, but for those that are gone; nothing is decrypted."""
        asked = ({"ids": part} for part in chunks(ids))
        rows = chain.from_iterable(session.connection().execute(_NAMES, one) for one in asked)
        return {row.id: row.own_case for row in rows if row.filled}

    def of_cases(self, session: Session, partner: str, cases: Collection[str]) -> dict[str, list[OwnCase]]:
        """Every epoch of these cases towards a partner, the newest version first."""
        found: dict[str, list[OwnCase]] = {}
        ordered = sorted(cases)
        for start in range(0, len(ordered), 500):
            asked = {"p": partner, "cases": ordered[start : start + 500]}
            for row in session.connection().execute(_OF_CASES, asked):
                if row.description and (case := self._open(row)) is not None:
                    found.setdefault(row.own_case, []).append(case)
        for rows in found.values():
            rows.sort(key=lambda case: (-case.version, -case.epoch))
        return found

    def _seal(self, case: OwnCase) -> bytes:
        plain = case.description.model_dump_json(exclude_none=True).encode()
        return self._cipher.encrypt(plain, _context(case.partner, case.epoch, case.own_case, case.version))

    def _plain(self, sealed: bytes, context: bytes) -> bytes | None:
        try:
            return self._cipher.decrypt(sealed, context)
        except CannotDecrypt:
            log.get("comparing").exception("case_unreadable")
            return None

    def _open(self, row: Row[tuple[object, ...]]) -> OwnCase | None:
        context = _context(row.partner, row.epoch, row.own_case, row.version)
        plain = self._plain(row.description, context)
        if plain is None:
            return None
        return OwnCase(
            partner=row.partner,
            epoch=row.epoch,
            own_case=row.own_case,
            version=row.version,
            kind=CaseKind(row.kind),
            groups=row.groups,
            pseudonyms=row.pseudonyms,
            description=Description.model_validate_json(plain),
            id=row.id,
        )


def _context(partner: str, epoch: int, own_case: str, version: int) -> bytes:
    return field_context("own_case", "description", f"{partner}|{epoch}|{own_case}|{version}")


def _contexts(partner: str, epoch: int) -> Callable[[str, int], bytes]:
    """`_context` for many cases of one partner and epoch: what is the same for all is made once."""
    same = _context(partner, epoch, "", 0)
    place = f"{partner}|{epoch}|"
    before = same[: -len(f"{place}|0") - _LENGTH_BYTES]

    def context(own_case: str, version: int) -> bytes:
        row = f"{place}{own_case}|{version}".encode()
        return before + len(row).to_bytes(_LENGTH_BYTES, "big") + row

    return context
