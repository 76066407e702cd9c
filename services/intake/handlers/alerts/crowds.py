"""How many own open cases share a description. Told in steps, so that nobody finds a person by counting.

The coded values of a case are encrypted with everything else of its person, and an index of them would tell a
thief of the database who is alike. So they are opened here and kept in memory for the next count, as long as
the case stays open and unchanged.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from threading import Lock

from sqlalchemy import select

from services.intake.domain import person_record
from services.intake.domain.codes import CaseKind
from services.intake.domain.description import Description, describe
from services.intake.domain.identifying import shares, step_of
from services.intake.handlers.actor import Actor
from services.intake.handlers.ports import Context
from services.intake.handlers.vault import CaseVault
from services.intake.store import fields
from services.intake.store.cases import CaseKeyRow, CaseRow, PersonRow
from shared.crypto.errors import CannotDecrypt

MOST_COUNTED = 5000
"""The open cases that changed last; opening them all for the first time takes half a second."""


@dataclass(frozen=True, slots=True, repr=False)
class _Known:
    version: int
    kind: CaseKind
    team: str
    description: Description


class Crowds:
    """Counts own cases that look alike."""

    def __init__(self, context: Context, vault: CaseVault) -> None:
        self._context = context
        self._vault = vault
        self._known: dict[str, _Known] = {}
        self._lock = Lock()

    def alike(self, description: Description, by: Actor) -> dict[CaseKind, int]:
        """Open cases of every team that share these values, by kind: 0, 5, 20 or 100 (`step_of`)."""
        with self._lock:
            self._refresh()
            known = list(self._known.values())
        own: Counter[CaseKind] = Counter()
        others: Counter[CaseKind] = Counter()
        for one in known:
            if shares(description, one.description):
                (own if by.sees_team(one.team) else others)[one.kind] += 1
        return {kind: step_of(own[kind], others[kind]) for kind in CaseKind}

    def _refresh(self) -> None:
        """Open what is new or changed, and forget what was closed or erased."""
        with self._context.database.read() as session:
            newest = (
                select(CaseRow.id, CaseRow.version)
                .where(CaseRow.state == "open")
                .order_by(CaseRow.changed_at.desc(), CaseRow.id)
                .limit(MOST_COUNTED)
            )
            versions = {row.id: row.version for row in session.execute(newest)}
            kept = {case: one for case, one in self._known.items() if versions.get(case) == one.version}
            wanted = [case for case in versions if case not in kept]
            for start in range(0, len(wanted), 500):
                rows = session.execute(
                    select(CaseRow, PersonRow, CaseKeyRow.wrapped)
                    .join(PersonRow, PersonRow.case_id == CaseRow.id)
                    .join(CaseKeyRow, CaseKeyRow.case_id == CaseRow.id)
                    .where(CaseRow.id.in_(wanted[start : start + 500]))
                )
                for case, person, wrapped in rows:
                    try:
                        cipher = self._vault.opened(case.id, wrapped)
                        record = fields.PERSON_RECORD.open(cipher, person.id, person.record)
                    except CannotDecrypt:
                        continue  # others raise the alarm for a case that cannot be read (case 82)
                    described = describe(person_record.from_plain(record, date.max))
                    kept[case.id] = _Known(case.version, CaseKind(case.kind), case.team, described)
            self._known = kept
