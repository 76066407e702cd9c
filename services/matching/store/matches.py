"""Possible matches, by reference; what was compared is kept as an encrypted digest only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from services.matching.domain.decisions import Match
from services.matching.store.alerts import AlertKey
from services.matching.store.statements import dialect, insert_for
from services.matching.store.tables import match as table
from shared.crypto.rest import RestCipher
from shared.store.context import field_context

_QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A pair on record."""

    key: AlertKey
    own_case: str
    match: Match
    kept: str | None = None
    """The row of `kept_decision` about it."""


class Matches:
    """Reads and writes possible matches."""

    def __init__(self, cipher: RestCipher) -> None:
        self._cipher = cipher

    def add(self, session: Session, row: MatchRow, now: datetime) -> bool:
        """Put a new pair on record. False if it is there already: another worker was faster (case 87)."""
        values = {
            "match": row.match.reference,
            "partner": row.key.partner,
            "alert": row.key.alert,
            "own_case": row.own_case,
            "created": now,
            **self._values(row.match),
        }
        added = session.connection().execute(_add(dialect(session)), values)
        return added.scalar_one_or_none() is not None

    def change(self, session: Session, match: Match) -> None:
        """Write version, state and facts."""
        chosen = update(table).where(table.c.match == match.reference)
        session.execute(chosen.values(**self._values(match)))

    def link(self, session: Session, reference: str, kept: str | None) -> None:
        """Remember, as long as this match lives, which row its decision was kept in."""
        session.execute(update(table).where(table.c.match == reference).values(decision=kept))

    def in_states(self, session: Session, states: Collection[str]) -> list[MatchRow]:
        """All matches in one of these states."""
        chosen = select(table).where(table.c.state.in_(sorted(states)))
        return [self._read(row) for row in session.execute(chosen.order_by(table.c.match))]

    def by_reference(self, session: Session, reference: str) -> MatchRow | None:
        """The match of this reference, if it was not deleted with its alert."""
        row = session.execute(select(table).where(table.c.match == reference)).one_or_none()
        return None if row is None else self._read(row)

    def of_alert(self, session: Session, key: AlertKey) -> list[MatchRow]:
        """All matches of an alert."""
        chosen = select(table).where(table.c.partner == key.partner, table.c.alert == key.alert)
        return [self._read(row) for row in session.execute(chosen.order_by(table.c.match))]

    def of_case(self, session: Session, partner: str, own_case: str, after: str, last: str) -> list[MatchRow]:
        """All matches of an own case with the alerts of one partner behind `after`, up to `last`."""
        alerts = table.c.alert > after, table.c.alert <= last
        chosen = select(table).where(table.c.partner == partner, table.c.own_case == own_case, *alerts)
        return [self._read(row) for row in session.execute(chosen.order_by(table.c.match))]

    def delete_of_alert(self, session: Session, key: AlertKey) -> list[str]:
        """Delete the matches of an alert; returns their references."""
        gone = delete(table).where(table.c.partner == key.partner, table.c.alert == key.alert)
        return sorted(session.execute(gone.returning(table.c.match)).scalars())

    def delete_of_case(self, session: Session, own_case: str) -> list[str]:
        """Delete the matches of an own case; returns their references."""
        gone = delete(table).where(table.c.own_case == own_case)
        return sorted(session.execute(gone.returning(table.c.match)).scalars())

    def delete_of_partner(self, session: Session, partner: str) -> list[str]:
        """Delete the matches with a partner's alerts; returns their references."""
        gone = delete(table).where(table.c.partner == partner)
        return sorted(session.execute(gone.returning(table.c.match)).scalars())

    def _values(self, match: Match) -> dict[str, object]:
        quiet = _QUIET if match.quiet else ""
        facts = "|".join((match.facts, match.excluded_facts or "", match.decided_facts or "", quiet))
        sealed = self._cipher.encrypt(facts.encode(), _context(match.reference))
        return {
            "version": match.version,
            "state": match.state,
            "decided_seq": match.decided_seq,
            "facts": sealed,
        }

    def _read(self, row: Row[tuple[object, ...]]) -> MatchRow:
        plain = self._cipher.decrypt(row.facts, _context(row.match)).decode()
        facts, excluded, about, quiet = plain.split("|")
        match = Match(
            row.match,
            row.version,
            row.state,
            facts,
            excluded or None,
            row.decided_seq,
            about or None,
            quiet == _QUIET,
        )
        return MatchRow(AlertKey(row.partner, row.alert), row.own_case, match, row.decision)


@cache
def _add(dialect_name: str) -> ReturningInsert[Any]:
    """Made once: making a statement costs more than running it."""
    pair = [table.c.partner, table.c.alert, table.c.own_case]
    return (
        insert_for(dialect_name, table).on_conflict_do_nothing(index_elements=pair).returning(table.c.match)
    )


def _context(reference: str) -> bytes:
    return field_context("possible_match", "facts", reference)
