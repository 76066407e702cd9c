"""The columns of all partners and epochs, kept up to date from the database as rows change."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from services.matching.column import UNKNOWN_BAND, CaseRow, Column
from services.matching.keyless import KeylessCases
from services.matching.store.cases import Cases
from services.matching.store.content import AlertFacts, StoredAlert
from services.matching.store.partners import Partner
from shared.wire.codes import CaseKind

COMPARED_KINDS = (CaseKind.FOUND, CaseKind.UNIDENTIFIED)
"""Alerts look for missing people, so they are compared with people who were found."""

MOST_COLUMNS = 256
"""Columns that are kept in memory, those used last; another one is read again when it is needed."""
MOST_EMPTY = 256
"""Epochs that alerts named and of which nothing is held here: only that is remembered of them."""
_UNCOMMITTED = "matching_changed_partners"


@dataclass(slots=True)
class _Loaded:
    """One column and the revision up to which it has seen the table."""

    column: Column = field(default_factory=Column)
    keyless: KeylessCases = field(default_factory=KeylessCases)
    revision: int = 0

    @property
    def holds_nothing(self) -> bool:
        """Whether there never was an own case in it."""
        return not self.column.nbytes and not len(self.keyless)


class Columns:
    """Answers which rows of own cases an alert may concern. One per process; safe for threads."""

    def __init__(self, cases: Cases, most: int = MOST_COLUMNS, most_empty: int = MOST_EMPTY) -> None:
        self._cases = cases
        self._most, self._most_empty = most, most_empty
        self._loaded: OrderedDict[tuple[str, int], _Loaded] = OrderedDict()
        self._empty: OrderedDict[tuple[str, int], int] = OrderedDict()
        """A partner can name any epoch in an alert; up to this revision nothing was held of these."""
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
                    self._drop((partner.partner, part.epoch))
                    continue
                loaded = self._fresh(session, partner, part.epoch)
                if loaded is None:
                    continue
                found |= loaded.column.search(part.salt, part.tags, band)
                found |= loaded.keyless.search(facts.description)
        return found

    def forget(self, partner: str) -> None:
        """Drop what is in memory of a partner; it is read anew when it is needed."""
        with self._lock:
            for key in [key for key in (*self._loaded, *self._empty) if key[0] == partner]:
                self._drop(key)

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

    @property
    def remembered(self) -> int:
        """How many epochs of partners are in memory, empty ones included."""
        with self._lock:
            return len(self._loaded) + len(self._empty)

    def _drop(self, key: tuple[str, int]) -> None:
        self._loaded.pop(key, None)
        self._empty.pop(key, None)

    def _fresh(self, session: Session, partner: Partner, epoch: int) -> _Loaded | None:
        """The column of an epoch as it is now; None if nothing is held of it."""
        key = (partner.partner, epoch)
        if self._empty.get(key, -1) >= partner.revision:
            self._empty.move_to_end(key)
            return None
        loaded = self._loaded.get(key) or _Loaded()
        if key not in self._loaded or loaded.revision < partner.revision:
            self._read(session, partner, epoch, loaded)
        self._keep(key, loaded)
        return None if loaded.holds_nothing else loaded

    def _keep(self, key: tuple[str, int], loaded: _Loaded) -> None:
        """Remember it as the one that was used last; the one that was not used for longest gives way."""
        self._drop(key)
        if loaded.holds_nothing:
            self._empty[key] = loaded.revision
        else:
            self._loaded[key] = loaded
        while len(self._loaded) > self._most:
            self._loaded.popitem(last=False)
        while len(self._empty) > self._most_empty:
            self._empty.popitem(last=False)

    def _read(self, session: Session, partner: Partner, epoch: int, loaded: _Loaded) -> None:
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
