"""Drafts of cases: left and taken up again by whoever of the team has time. Encrypted as cases are."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.intake.domain.case import Case
from services.intake.handlers.actor import EVERY_TEAM, SYSTEM, WRITES_CASES, Actor
from services.intake.handlers.case_views import CaseView
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import DraftTooLong, EditConflict, NotFound
from services.intake.handlers.ports import Context
from services.intake.store import fields
from services.intake.store.drafts import DraftRow
from shared.crypto.rest import RestCipher, new_key
from shared.runtime import ids

KEPT_FOR = timedelta(days=30)
MOST_BYTES = 100_000
LIST_LIMIT = 100


@dataclass(frozen=True, slots=True, repr=False)
class DraftSummary:
    """A draft in a list."""

    id: str
    label: str
    """The name that was typed so far; may be empty."""
    step: str
    version: int
    created_by: str
    created_at: datetime
    changed_at: datetime
    goes_at: datetime
    """When it goes by itself unless somebody saves it again."""


@dataclass(frozen=True, slots=True, repr=False)
class DraftView:
    """A draft with what was typed into it: JSON values, as the form wrote them."""

    summary: DraftSummary
    typed: dict[str, Any]


class Drafts:
    """The use cases around drafts."""

    def __init__(self, context: Context, cases: Cases) -> None:
        self._context = context
        self._cases = cases
        self._wrapping = RestCipher(context.keys.case_wrapping)

    def begin(self, typed: dict[str, Any], label: str, step: str, by: Actor) -> DraftSummary:
        """Keep what was typed first. Raises NotAllowed, DraftTooLong."""
        by.must_be(WRITES_CASES)
        now = self._context.clock.now()
        key, draft_id = new_key(), ids.new_id("draft")
        with self._context.database.begin() as session:
            row = DraftRow(
                id=draft_id,
                version=0,
                team=by.team,
                created_by=by.id,
                created_at=now,
                wrapped=fields.DRAFT_KEY.seal(self._wrapping, draft_id, key),
            )
            self._write(row, RestCipher(key), typed, label, step)
            session.add(row)
            session.flush()
            self._context.audit.append(session, by.id, "draft.begun", draft_id)
            return _summary(row, label)

    def save(
        self, draft_id: str, typed: dict[str, Any], label: str, step: str, version: int, by: Actor
    ) -> DraftSummary:
        """Replace what was typed. `version` is the one that was read: EditConflict for another (case 59)."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._find(session, draft_id, by, version)
            self._write(row, self._cipher(row), typed, label, step)
            self._context.audit.append(session, by.id, "draft.saved", draft_id, {"version": row.version})
            return _summary(row, label)

    def get(self, draft_id: str, by: Actor) -> DraftView:
        """One draft; the look is audited. NotFound also for another team's (case 46) and an old one."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._find(session, draft_id, by)
            self._context.audit.append(session, by.id, "draft.viewed", draft_id)
            cipher = self._cipher(row)
            typed: dict[str, Any] = fields.DRAFT_RECORD.open(cipher, row.id, row.record)
            return DraftView(_summary(row, fields.DRAFT_LABEL.open(cipher, row.id, row.label)), typed)

    def overview(self, by: Actor) -> list[DraftSummary]:
        """Drafts that this person may take up, the newest change first, at most 100; opens only the names."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            chosen = select(DraftRow).where(DraftRow.changed_at > self._oldest())
            if by.role not in EVERY_TEAM:
                chosen = chosen.where(DraftRow.team == by.team)
            newest = chosen.order_by(DraftRow.changed_at.desc(), DraftRow.id).limit(LIST_LIMIT)
            rows = session.scalars(newest).all()
            self._context.audit.append(session, by.id, "draft.listed", "drafts", {"count": len(rows)})
            return [
                _summary(row, fields.DRAFT_LABEL.open(self._cipher(row), row.id, row.label)) for row in rows
            ]

    def register(self, draft_id: str, case: Case, version: int, by: Actor) -> CaseView:
        """Make a case of it; the draft is gone with the same transaction, and cannot become two cases."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._find(session, draft_id, by, version)
            session.delete(row)
            self._context.audit.append(session, by.id, "draft.registered", draft_id)
            return self._cases.view_of(session, self._cases.add(session, case, by))

    def discard(self, draft_id: str, by: Actor) -> None:
        """Delete a draft; its key goes with it, so that no backup of the row alone can be read."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            session.delete(self._find(session, draft_id, by))
            self._context.audit.append(session, by.id, "draft.discarded", draft_id)

    def expire(self, session: Session) -> int:
        """Delete what nobody saved for 30 days; returns how many. The worker calls it."""
        old = session.scalars(select(DraftRow.id).where(DraftRow.changed_at <= self._oldest())).all()
        for draft_id in old:
            session.execute(delete(DraftRow).where(DraftRow.id == draft_id))
            self._context.audit.append(session, SYSTEM, "draft.expired", draft_id)
        return len(old)

    def _oldest(self) -> datetime:
        return self._context.clock.now() - KEPT_FOR

    def _find(self, session: Session, draft_id: str, by: Actor, version: int | None = None) -> DraftRow:
        row = session.get(DraftRow, draft_id, with_for_update=version is not None or None)
        if row is None or not by.sees_team(row.team) or row.changed_at <= self._oldest():
            raise NotFound()
        if version is not None and row.version != version:
            raise EditConflict(row.version)
        return row

    def _cipher(self, row: DraftRow) -> RestCipher:
        return RestCipher(fields.DRAFT_KEY.open(self._wrapping, row.id, row.wrapped))

    def _write(self, row: DraftRow, cipher: RestCipher, typed: dict[str, Any], label: str, step: str) -> None:
        if len(json.dumps(typed, ensure_ascii=False).encode()) > MOST_BYTES:
            raise DraftTooLong()
        row.version, row.step, row.changed_at = row.version + 1, step, self._context.clock.now()
        row.label = fields.DRAFT_LABEL.seal(cipher, row.id, label[:200])
        row.record = fields.DRAFT_RECORD.seal(cipher, row.id, typed)


def _summary(row: DraftRow, label: str) -> DraftSummary:
    return DraftSummary(
        id=row.id,
        label=label,
        step=row.step,
        version=row.version,
        created_by=row.created_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
        goes_at=row.changed_at + KEPT_FOR,
    )
