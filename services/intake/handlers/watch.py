"""Watches over those who are inside: who looks at too many cases, or at one that nobody needs (case 95).

Every look is written to the audit log (rule 10); here the same lines are counted for a person and a day.
Beyond a limit the safeguarding lead and the auditor are told, and told again each time as many come on top.
At three times the limit the person is signed out everywhere, programs of theirs as well; they can sign in
again, because a desk that keeps the night duty out is dangerous too.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import LAYS_DECOYS, SYSTEM, Actor
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.errors import NotFound
from services.intake.handlers.ports import Audit, Context
from services.intake.handlers.users import end_everything
from services.intake.store.cases import CaseRow
from services.intake.store.desk import DecoyRow, LookRow
from services.intake.store.users import UserRow
from shared.runtime import ids

LOOKS_A_DAY = 100
STOP_AT = 3
"""So many times the limit, and the sign-ins end."""
KEPT_FOR = timedelta(days=7)
LOOKS = frozenset(
    {
        *("case.viewed", "match.viewed", "alert.viewed", "alert.previewed", "consent.listed"),
        *("photo.viewed", "attachment.taken"),
    }
)
"""What the audit log calls a look at one case. A small photo stands beside a case that was looked at."""


class Watch:
    """Counts looks, and knows the decoys."""

    def __init__(self, context: Context, alarms: Alarms, looks_a_day: int) -> None:
        self._context = context
        self._alarms = alarms
        self._limit = looks_a_day

    def looked(self, session: Session, user_id: str, case_id: str) -> None:
        """Within the transaction of a look: count it, and raise what is to be raised."""
        if session.get(UserRow, user_id) is None or session.get(CaseRow, case_id) is None:
            return  # the command line, a program of the node, or a case of a partner
        decoy = session.get(DecoyRow, case_id)
        if decoy is not None and decoy.marked_by != user_id:
            self._alarms.raise_one(session, "decoy_opened", user_id)
        day = self._context.clock.now().date().isoformat()
        mine = (LookRow.user_id == user_id, LookRow.day == day)
        if session.scalar(select(LookRow.id).where(*mine, LookRow.case_id == case_id)) is not None:
            return
        session.add(LookRow(id=ids.new_id("look"), user_id=user_id, day=day, case_id=case_id))
        session.flush()
        count = session.scalar(select(func.count()).where(*mine)) or 0
        if count > self._limit and (count - 1) % self._limit == 0:
            self._alarms.raise_one(session, "many_looks", user_id)
        if count > STOP_AT * self._limit and (count - 1) % self._limit == 0:
            end_everything(session, user_id, self._context.clock.now())
            self._context.audit.append(session, SYSTEM, "sign_in.stopped", user_id, {"looks": count})

    def is_decoy(self, case_id: str, by: Actor) -> bool:
        """Whether this case is a decoy; only who lays them may ask."""
        by.must_be(LAYS_DECOYS)
        with self._context.database.read() as session:
            return session.get(DecoyRow, case_id) is not None

    def mark(self, case_id: str, decoy: bool, by: Actor) -> None:
        """Make a case a decoy, or an ordinary one again. NotFound for one that is not there."""
        by.must_be(LAYS_DECOYS)
        with self._context.database.begin() as session:
            case, row = session.get(CaseRow, case_id), session.get(DecoyRow, case_id)
            if case is None or case.state == "erased":
                raise NotFound()
            if decoy and row is None:
                now = self._context.clock.now()
                session.add(DecoyRow(case_id=case_id, marked_by=by.id, marked_at=now))
            elif not decoy and row is not None:
                session.delete(row)
            # Not about the case: its caseworkers read what the log says of it.
            action = "decoy.marked" if decoy else "decoy.unmarked"
            self._context.audit.append(session, by.id, action, by.id, {"case": case_id})

    def purge(self, session: Session) -> None:
        """Forget the looks of last week; the audit log has them."""
        oldest = (self._context.clock.now() - KEPT_FOR).date().isoformat()
        session.execute(delete(LookRow).where(LookRow.day < oldest))


class WatchedAudit:
    """The audit log of the use cases: what it is told of looks, the watch is told as well."""

    def __init__(self, audit: Audit, watch: Watch) -> None:
        self._audit = audit
        self._watch = watch

    def append(
        self,
        session: Session,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, str | int] | None = None,
    ) -> object:
        """See ports.Audit."""
        link = self._audit.append(session, actor, action, subject, details)
        if action in LOOKS:
            self._watch.looked(session, actor, str((details or {}).get("case", subject)))
        return link
