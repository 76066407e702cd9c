"""What an administrator has to look at. An alarm is kept once per kind and subject, and counted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import SEES_ALARMS, SYSTEM, Actor
from services.intake.handlers.errors import NotFound
from services.intake.handlers.ports import Context
from services.intake.store.desk import AlarmRow
from shared.runtime import ids

KINDS: dict[str, str] = {
    "pseudonym_key_changed": "A partner answered with another pseudonym key than before; nothing was stored.",
    "pseudonym_bad_proof": "A partner's answer could not be proved right; nothing was stored.",
    "pseudonym_refused": "A partner refused our question for pseudonyms; compare the versions on both sides.",
    "pseudonym_abuse": "A partner asked for pseudonyms outside its budget three times or more.",
    "pseudonym_budget_full": "A partner used its whole budget for pseudonyms on 14 days running.",
    "receipt_foreign": "A partner signed for an alert that it was never given.",
    "resend_gone": "A partner misses messages that are no longer kept; its alerts were sent anew.",
    "case_unreadable": "A case cannot be read any more; restore it from a backup.",
    "comparison_limit": "Our matching asked about one case more than 50 times in a day; find out why.",
    "cannot_send": "A partner's sealing keys are out of date; ask it for a new card.",
    "card_refused": "A partner's new card was refused; the old one stays in use.",
    "many_asked_for": "One enquirer asked about more people in a day than one person should; look at them.",
    "key_revoked": "A partner revoked a key; what came under it is to be looked at.",
}
"""What each kind means, in one sentence that the desk translates."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm for the desk."""

    id: str
    kind: str
    subject: str
    count: int
    first_at: datetime
    last_at: datetime


class Alarms:
    """Raises, lists and settles alarms."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def raise_one(self, session: Session, kind: str, subject: str) -> None:
        """Within the caller's transaction: raise this alarm, or count it once more."""
        if kind not in KINDS:
            raise ValueError("an alarm has a kind from KINDS")
        now = self._context.clock.now()
        row = session.scalar(select(AlarmRow).where(AlarmRow.kind == kind, AlarmRow.subject == subject))
        if row is None:
            row = AlarmRow(
                id=ids.new_id("alarm"), kind=kind, subject=subject, count=0, first_at=now, last_at=now
            )
            session.add(row)
        row.count += 1
        row.last_at = now
        row.seen_by = row.seen_at = None
        session.flush()
        self._context.audit.append(session, SYSTEM, "alarm.raised", subject, {"kind": kind})

    def open(self, by: Actor) -> list[Alarm]:
        """What nobody has seen yet, the newest first."""
        by.must_be(SEES_ALARMS)
        with self._context.database.read() as session:
            rows = session.scalars(
                select(AlarmRow).where(AlarmRow.seen_at.is_(None)).order_by(AlarmRow.last_at.desc())
            )
            return [
                Alarm(row.id, row.kind, row.subject, row.count, row.first_at, row.last_at) for row in rows
            ]

    def seen(self, alarm_id: str, by: Actor) -> None:
        """A person looked at it; it comes back if it happens again."""
        by.must_be(SEES_ALARMS)
        with self._context.database.begin() as session:
            row = session.get(AlarmRow, alarm_id)
            if row is None:
                raise NotFound()
            row.seen_by, row.seen_at = by.id, self._context.clock.now()
            self._context.audit.append(session, by.id, "alarm.seen", row.subject, {"kind": row.kind})
