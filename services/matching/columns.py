"""The columns of all partners and epochs, kept up to date from the database as rows change."""

import threading
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from services.matching.column import UNKNOWN_BAND, CaseRow, Column, tag_numbers
from services.matching.keyless import KeylessCases
from services.matching.store.cases import Cases
from services.matching.store.content import AlertFacts, StoredAlert
from services.matching.store.partners import Partner
from shared.wire.codes import CaseKind

COMPARED_KINDS = (CaseKind.FOUND, CaseKind.UNIDENTIFIED)
"""Alerts look for missing people, so they are compared with people who were found."""

_UNCOMMITTED = "matching_changed_partners"


@dataclass(slots=True)
class _Loaded:
    """One column and the revision up to which it has seen the table."""

    column: Column = field(default_factory=Column)
    keyless: KeylessCases = field(default_factory=KeylessCases)
    revision: int = 0


class Columns:
    """Answers which rows of own cases an alert may concern. One per process; safe for threads."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._loaded: dict[tuple[str, int], _Loaded] = {}
        self._lock = threading.Lock()

    def search(self, session: Session, partner: Partner, alert: StoredAlert, facts: AlertFacts) -> set[int]:
        """Row ids of own cases that share a key with the alert, or may be alike in description.

        Every epoch of the alert is compared with its own column (case 41).
        """
        band = facts.description.birth_decade or UNKNOWN_BAND
        found: set[int] = set()
        with self._lock:
            for part in alert.sets:
                if part.epoch <= partner.closed_epoch:
                    self._loaded.pop((partner.partner, part.epoch), None)
                    continue
                loaded = self._fresh(session, partner, part.epoch)
                found |= loaded.column.search(part.salt, tag_numbers(part.tags), band)
                found |= loaded.keyless.search(facts.description)
        return found

    def forget(self, partner: str) -> None:
        """Drop what is in memory of a partner; it is read anew when it is needed."""
        with self._lock:
            for key in [key for key in self._loaded if key[0] == partner]:
                del self._loaded[key]

    def changing(self, session: Session, partner: str) -> None:
        """This transaction changes the partner's rows: if it is undone, what was read is dropped."""
        if _UNCOMMITTED not in session.info:
            session.info[_UNCOMMITTED] = set()
            event.listen(session, "after_soft_rollback", self._undone)
        session.info[_UNCOMMITTED].add(partner)

    @property
    def nbytes(self) -> int:
        """Memory of all columns, in bytes."""
        with self._lock:
            return sum(loaded.column.nbytes for loaded in self._loaded.values())

    def _undone(self, session: Session, previous: SessionTransaction) -> None:
        del previous
        for partner in session.info.get(_UNCOMMITTED, ()):
            self.forget(partner)

    def _fresh(self, session: Session, partner: Partner, epoch: int) -> _Loaded:
        loaded = self._loaded.setdefault((partner.partner, epoch), _Loaded())
        if loaded.revision >= partner.revision:
            return loaded
        rows = []
        for case, row, _ in self._cases.changed(session, partner.partner, epoch, loaded.revision):
            compared = case is not None and case.kind in COMPARED_KINDS
            pseudonyms = case.pseudonyms if case is not None and compared else b""
            band = (case.description.birth_decade if case is not None else None) or UNKNOWN_BAND
            rows.append(CaseRow(row, band, pseudonyms))
            is_keyless = case is not None and compared and not case.pseudonyms
            loaded.keyless.put(row, case.description if case is not None and is_keyless else None)
        loaded.column.put(rows)
        loaded.revision = partner.revision
        return loaded
