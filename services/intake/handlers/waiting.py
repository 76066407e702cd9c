"""What waits for a person: counted in the database, and only the first few rows of each are opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy import case as by_case
from sqlalchemy.orm import Session

from services.intake.domain.alert import AlertState
from services.intake.domain.codes import CaseKind
from services.intake.handlers.actor import READS_CASES, Actor
from services.intake.handlers.alerts.lists import UNSETTLED
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.visible import visible
from services.intake.store.alerts import AlertRow, ShareRow
from services.intake.store.cases import CaseRow
from shared.post.routes import Lane
from shared.runtime import ids
from shared.store.tables import OutboxRow
from shared.wire.parties import Role

SHOWN = 10
"""Rows of each part that are opened; the rest is counted."""
SOON = timedelta(days=7)
LATE = timedelta(hours=24)
"""A receipt comes two slots after its message; a day later somebody telephones."""
STUCK, LATE_RECEIPT, UNDER_WAY = "stuck", "late", "under_way"


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One thing that waits: of a case, or of its alert at one partner."""

    id: str
    """Of the case, or of the alert."""
    short: str
    label: str
    since: datetime
    """For an alert that ends: until when."""
    partner: str = ""
    state: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """So many wait, the oldest since then, and these are the first."""

    total: int
    oldest: datetime | None
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class AtPartner:
    """What has not arrived, or was not signed for, at one partner for one reason."""

    partner: str
    reason: str
    total: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """Everything of Today that concerns cases."""

    to_complete: Part
    ending: Part
    stuck: Part
    stuck_at: Sequence[AtPartner]
    late: Part
    late_at: Sequence[AtPartner]
    under_way: Part


class Waiting:
    """Eleven statements, however much waits."""

    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people

    def of(self, by: Actor) -> Waits:
        """What waits among the cases that this person may see; the look is audited."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            now = self._context.clock.now()
            shares = _shares(now).where(visible(by)).subquery()
            groups = session.execute(
                select(
                    shares.c.kind, shares.c.partner, shares.c.reason, func.count(), func.min(shares.c.since)
                ).group_by(shares.c.kind, shares.c.partner, shares.c.reason)
            ).all()
            at = [(kind, AtPartner(partner, why, many, old)) for kind, partner, why, many, old in groups]
            parts = {
                kind: self._part(session, shares, kind, [one for found, one in at if found == kind])
                for kind in (STUCK, LATE_RECEIPT, UNDER_WAY)
            }
            found = Waits(
                to_complete=self._to_complete(session, by),
                ending=self._ending(session, by, now),
                stuck=parts[STUCK],
                stuck_at=_oldest_first(at, STUCK),
                late=parts[LATE_RECEIPT],
                late_at=_oldest_first(at, LATE_RECEIPT),
                under_way=parts[UNDER_WAY],
            )
            opened = sum(len(part.items) for part in (found.to_complete, found.ending, *parts.values()))
            self._context.audit.append(session, by.id, "today.listed", "cases", {"count": opened})
            return found

    def _to_complete(self, session: Session, by: Actor) -> Part:
        """Open searches of which nobody said why, the oldest first."""
        which = (
            visible(by),
            CaseRow.search_reason == "",
            CaseRow.state == "open",
            CaseRow.kind == CaseKind.MISSING,
        )
        total, oldest = session.execute(
            select(func.count(), func.min(CaseRow.created_at)).where(*which)
        ).one()
        first = select(CaseRow.id, CaseRow.created_at).where(*which).order_by(CaseRow.created_at, CaseRow.id)
        rows = session.execute(first.limit(SHOWN)).all()
        labels = self._people.labels(session, [row.id for row in rows])
        items = [Item(row.id, ids.short(row.id), labels.get(row.id, ""), row.created_at) for row in rows]
        return Part(total, oldest, items)

    def _ending(self, session: Session, by: Actor, now: datetime) -> Part:
        """Live alerts that end within a week, the next one first."""
        which = (
            visible(by),
            AlertRow.state == AlertState.PUBLISHED,
            AlertRow.expires_at > now,
            AlertRow.expires_at <= now + SOON,
        )
        joined = CaseRow.id == AlertRow.case_id
        counted = select(func.count(), func.min(AlertRow.expires_at)).join(CaseRow, joined).where(*which)
        total, soonest = session.execute(counted).one()
        first = select(AlertRow.id, AlertRow.case_id, AlertRow.expires_at).join(CaseRow, joined).where(*which)
        rows = session.execute(first.order_by(AlertRow.expires_at, AlertRow.id).limit(SHOWN)).all()
        labels = self._people.labels(session, [row.case_id for row in rows])
        items = [Item(row.id, ids.short(row.id), labels.get(row.case_id, ""), row.expires_at) for row in rows]
        return Part(total, soonest, items)

    def _part(self, session: Session, shares: Any, kind: str, at: list[AtPartner]) -> Part:
        if not at:
            return Part(0, None, ())
        chosen = select(shares).where(shares.c.kind == kind).order_by(shares.c.since, shares.c.alert_id)
        rows = session.execute(chosen.limit(SHOWN)).all()
        labels = self._people.labels(session, [row.case_id for row in rows])
        items = [
            Item(
                id=row.alert_id,
                short=ids.short(row.alert_id),
                label=labels.get(row.case_id, ""),
                since=row.since,
                partner=row.partner,
                state=row.state,
                reason=row.reason,
            )
            for row in rows
        ]
        return Part(sum(one.total for one in at), min(one.oldest for one in at), items)


def _oldest_first(at: list[tuple[str, AtPartner]], kind: str) -> list[AtPartner]:
    return sorted((one for found, one in at if found == kind), key=lambda one: (one.oldest, one.partner))


def _shares(now: datetime) -> Select[Any]:
    """Every share of which something is still to come, with what the outbox knows of its newest message."""
    went = OutboxRow.state == "sent"
    reason = func.coalesce(ShareRow.reason, by_case((went, None), else_=OutboxRow.reason))
    waits = ShareRow.state.in_(("pending", "queued", "deleting"))
    stuck = or_(
        ShareRow.state == "refused",
        and_(ShareRow.state.in_(("pending", "queued")), reason.is_not(None)),
        and_(ShareRow.state == "deleting", OutboxRow.reason.is_not(None), OutboxRow.state != "sent"),
    )
    since = func.coalesce(
        by_case((ShareRow.state == "deleting", ShareRow.deleting_at), else_=ShareRow.queued_at),
        AlertRow.changed_at,
    )
    return (
        select(
            AlertRow.id.label("alert_id"),
            AlertRow.case_id,
            ShareRow.partner,
            by_case((and_(ShareRow.state == "queued", went), "sent"), else_=ShareRow.state).label("state"),
            func.coalesce(by_case((or_(stuck, waits), reason), else_=None), "").label("reason"),
            since.label("since"),
            _kind(stuck, since, now).label("kind"),
        )
        .join(AlertRow, AlertRow.id == ShareRow.alert_id)
        .join(CaseRow, CaseRow.id == AlertRow.case_id)
        .outerjoin(
            OutboxRow,
            and_(
                OutboxRow.lane == Lane.RELAY,
                OutboxRow.recipient == ShareRow.partner + f"/{Role.MATCHING.value}",
                OutboxRow.message_id == ShareRow.message_id,
            ),
        )
        .where(ShareRow.state.in_(UNSETTLED))
    )


def _kind(stuck: ColumnElement[bool], since: ColumnElement[datetime], now: datetime) -> ColumnElement[str]:
    return by_case((stuck, STUCK), (since < now - LATE, LATE_RECEIPT), else_=UNDER_WAY)
