"""The columns of all partners and epochs, kept up to date from the database as rows change.

They are bounded by bytes: 50 partners of 100,000 cases would be 2 GB. What was not used for longest gives way
while another one is read, and is read again when an alert needs it.
"""

import json
import os
import threading
from collections import Counter, OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from services.matching.column import UNKNOWN_BAND, CaseRow, Column
from services.matching.keyless import KeylessCases
from services.matching.store.cases import Cases
from services.matching.store.content import AlertFacts, StoredAlert
from services.matching.store.partners import Partner
from shared.wire.codes import CaseKind
from shared.wire.messages import Description

COMPARED_KINDS = (CaseKind.FOUND, CaseKind.UNIDENTIFIED)
"""Alerts look for missing people, so they are compared with people who were found."""

MOST_COLUMNS = 256
"""Columns that are kept in memory, those used last; another one is read again when it is needed."""
MOST_EMPTY = 256
"""Epochs that alerts named and of which nothing is held here: only that is remembered of them."""
SHARE_OF_MEMORY = 4
"""Unless the settings say otherwise, columns take one part in so many of the memory of this machine."""
LEAST_BYTES = 64 << 20
_LIMIT_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")
_UNCOMMITTED = "matching_changed_partners"


class Rows(NamedTuple):
    """Row ids of own cases, each with how much agrees."""

    by_keys: Counter[int]
    """How many match keys."""
    by_description: Counter[int]
    """How many coded values, of cases without keys."""


@dataclass(slots=True)
class _Loaded:
    """One column and the revision up to which it has seen the table."""

    column: Column = field(default_factory=Column)
    keyless: KeylessCases = field(default_factory=KeylessCases)
    revision: int = 0

    @property
    def nbytes(self) -> int:
        """Memory of it, in bytes."""
        return self.column.nbytes + self.keyless.nbytes

    @property
    def holds_nothing(self) -> bool:
        """Whether there never was an own case in it."""
        return self.column.is_empty and not len(self.keyless)


def default_bytes(limit_file: Path = _LIMIT_OF_CONTAINER) -> int:
    """A quarter of the memory of the machine, or of the container if that has less."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # no such file, or "max": the machine is the limit
        memory = min(memory, int(limit_file.read_text()))
    return max(LEAST_BYTES, memory // SHARE_OF_MEMORY)


class Columns:
    """Answers which rows of own cases an alert may concern. One per process; safe for threads."""

    def __init__(
        self,
        cases: Cases,
        most: int = MOST_COLUMNS,
        most_empty: int = MOST_EMPTY,
        most_bytes: int | None = None,
    ) -> None:
        """`most_bytes` bounds the memory of all columns together; None: `default_bytes`.

        The one in use is kept even if it alone is larger.
        """
        self._cases = cases
        self._most, self._most_empty = most, most_empty
        self._most_bytes = default_bytes() if most_bytes is None else most_bytes
        self._loaded: OrderedDict[tuple[str, int], _Loaded] = OrderedDict()
        self._empty: OrderedDict[tuple[str, int], int] = OrderedDict()
        """A partner can name any epoch in an alert; up to this revision nothing was held of these."""
        self._lock = threading.Lock()

    def search(self, session: Session, partner: Partner, alert: StoredAlert, facts: AlertFacts) -> Rows:
        """Own cases that share a key with the alert, or may be alike in description.

        Every epoch of the alert is compared with its own column (case 41).
        """
        band = facts.description.birth_decade or UNKNOWN_BAND
        found = Rows(Counter(), Counter())
        with self._lock:
            for part in alert.sets:
                if part.epoch <= partner.closed_epoch:
                    self._drop((partner.partner, part.epoch))
                    continue
                loaded = self._fresh(session, partner, part.epoch)
                if loaded is None:
                    continue
                if by_keys := loaded.column.search(part.salt, part.tags, band):
                    found.by_keys.update(by_keys)
                if len(loaded.keyless):
                    found.by_description.update(loaded.keyless.search(facts.description))
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
            return self._total()

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

    def _total(self) -> int:
        return sum(loaded.nbytes for loaded in self._loaded.values())

    def _fresh(self, session: Session, partner: Partner, epoch: int) -> _Loaded | None:
        """The column of an epoch as it is now; None if nothing is held of it."""
        key = (partner.partner, epoch)
        if self._empty.get(key, -1) >= partner.revision:
            self._empty.move_to_end(key)
            return None
        loaded = self._loaded.get(key)
        if loaded is None or loaded.revision < partner.revision:
            loaded = loaded or _Loaded()
            self._drop(key)  # should reading fail, no half of it stays
            self._read(session, partner, epoch, loaded)
            self._keep(key, loaded)
        elif next(reversed(self._loaded)) != key:
            self._loaded.move_to_end(key)
        return None if loaded.holds_nothing else loaded

    def _keep(self, key: tuple[str, int], loaded: _Loaded) -> None:
        """Remember it as the one that was used last; the one that was not used for longest gives way."""
        if loaded.holds_nothing:
            self._empty[key] = loaded.revision
        else:
            self._loaded[key] = loaded
        while len(self._loaded) > self._most:
            self._loaded.popitem(last=False)
        while len(self._empty) > self._most_empty:
            self._empty.popitem(last=False)

    def _make_room(self, needed: int) -> None:
        """Forget what was not used for longest, until this many bytes fit beside the others."""
        while self._loaded and self._total() + needed > self._most_bytes:
            self._loaded.popitem(last=False)

    def _read(self, session: Session, partner: Partner, epoch: int, loaded: _Loaded) -> None:
        """Read the rows that changed, some at a time, so that they are never in memory twice."""
        for changed in self._cases.changed(session, partner.partner, epoch, loaded.revision, COMPARED_KINDS):
            rows = []
            for row, _, pseudonyms, description in changed:
                if description is None:
                    rows.append(CaseRow(row, UNKNOWN_BAND, b""))
                    loaded.keyless.put(row, None)
                elif pseudonyms:
                    band = json.loads(description).get("birth_decade") or UNKNOWN_BAND
                    rows.append(CaseRow(row, band, pseudonyms))
                    loaded.keyless.put(row, None)
                else:
                    rows.append(CaseRow(row, UNKNOWN_BAND, b""))
                    loaded.keyless.put(row, Description.model_validate_json(description))
            loaded.column.put(rows)
            self._make_room(loaded.nbytes)
        loaded.revision = partner.revision
