"""What matching says about possible matches: taken into the desk's read model."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.domain import match_facts
from services.intake.domain.codes import MatchState as DomainState
from services.intake.domain.decision import SETTLED, MatchDecision
from services.intake.handlers.actor import SYSTEM
from services.intake.handlers.ports import Context
from services.intake.store.cases import CaseRow
from services.intake.store.matches import MatchEventRow, MatchRow
from shared.post.incoming import Incoming, Refuse, Wait
from shared.post.sender import Teller
from shared.runtime import clock as clocks
from shared.store.outbox import Priority
from shared.wire.codes import MatchState
from shared.wire.local import CaseClosed, DutySettled, DutyWaiting, MatchProposed, MatchRetracted

CHANGED = "changed"
"""Why a match was retracted that can come back. For every other reason matching has deleted it, and what
comes of it afterwards was sent before."""


class MatchEvents:
    """The handlers of `match.proposed` and `match.retracted`; only our own matching may speak."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def on_proposed(self, session: Session, incoming: Incoming) -> None:
        """Show it, or show its newer facts. Excluded stays excluded until a fact changes."""
        body = incoming.body
        if not isinstance(body, MatchProposed):
            raise TypeError("only match.proposed is handled here")
        self._own_matching(incoming)
        case = session.get(CaseRow, body.case)
        if case is None or case.state != "open":
            # Our word that the case is closed was still under way: say it again, show nothing.
            self._context.post.tell(session, CaseClosed(case=body.case))
            self._context.post.tell(session, DutySettled(reference=body.duty or body.match))
            return
        now = self._context.clock.now()
        row = session.get(MatchRow, body.match, with_for_update=True)
        if row is None:
            row = MatchRow(id=body.match, version=0, state=MatchState.NEW, received_at=now, facts="")
            session.add(row)
        elif body.version <= row.version:
            self._settle_late(session, row, body)
            return
        state, first = _next_state(row, body), row.version == 0
        if state is None:
            return
        since = _since_excluded(row, body)
        _fill(row, body, now)
        if state != row.state or first:
            row.received_at, row.retracted_at, row.retracted_why = now, None, None
            row.state, row.decided_by, row.decided_at, row.decision_reason = state, None, None, None
            row.duty = body.duty or body.match
            session.flush()
            self._tell_again(session, row, body, now)
            add_event(session, row, now, SYSTEM, changed=since)
        elif body.duty is not None:
            self._told_at_last(session, row, body, body.duty, now)
        session.flush()
        details: dict[str, str | int] = {"case": body.case, "version": body.version}
        self._context.audit.append(session, SYSTEM, "match.proposed", body.match, details)
        self._context.post.wake(session, f"match:{body.match}")

    def on_retracted(self, session: Session, incoming: Incoming) -> None:
        """The alert is gone: delete what was shown of it; that there was a match is never forgotten."""
        body = incoming.body
        if not isinstance(body, MatchRetracted):
            raise TypeError("only match.retracted is handled here")
        self._own_matching(incoming)
        row = session.get(MatchRow, body.match, with_for_update=True)
        if row is None:
            raise Wait(f"match:{body.match}")
        if body.version is not None and body.version < row.version:
            return  # proposed again since then
        if body.why == CHANGED and row.retracted_why not in (None, CHANGED):
            return  # gone for ever already
        now = self._context.clock.now()
        row.version = max(row.version, body.version or 0)
        row.description, row.reasons = {}, []
        row.state, row.retracted_at, row.retracted_why = MatchState.WITHDRAWN, now, body.why
        row.changed_at = now
        session.flush()
        add_event(session, row, now, SYSTEM, body.why)
        settle(session, self._context.post, row)
        self._context.audit.append(session, SYSTEM, "match.retracted", body.match, {"why": body.why})

    def _tell_again(self, session: Session, row: MatchRow, body: MatchProposed, now: datetime) -> None:
        """Matching told of it, but what it told it under may have been settled here meanwhile.

        Whoever is told already is not told twice: notify sees the same reference. Nobody is told of what is
        unlikely.
        """
        if not body.strength.wakes:
            return
        if body.duty != body.match and not _others_unseen(session, row):
            # Later than any `settled` that was said until now, whichever of the two arrives first.
            at = clocks.to_wire(now + timedelta(seconds=1))
            waiting = DutyWaiting(reference=row.duty, urgency=body.urgency, status=body.status, at=at)
            self._context.post.tell(session, waiting, priority=Priority.URGENT)

    def _told_at_last(
        self, session: Session, row: MatchRow, body: MatchProposed, duty: str, now: datetime
    ) -> None:
        """It was shown already, too unlikely to tell anybody; matching told of it now."""
        if row.state == MatchState.NEW:
            row.duty = duty
            session.flush()
            self._tell_again(session, row, body, now)
        else:  # somebody has looked at it meanwhile
            self._settle_unseen(session, duty)

    def _settle_late(self, session: Session, row: MatchRow, late: MatchProposed) -> None:
        """Matching told of the older proposal under a reference that nothing here may ever settle."""
        if late.duty is not None and late.duty != row.duty:
            self._settle_unseen(session, late.duty)

    def _settle_unseen(self, session: Session, duty: str) -> None:
        unseen = select(MatchRow.id).where(MatchRow.duty == duty, MatchRow.state == MatchState.NEW)
        if session.scalar(unseen.limit(1)) is None:
            self._context.post.tell(session, DutySettled(reference=duty))

    def _own_matching(self, incoming: Incoming) -> None:
        if incoming.sender != f"{self._context.organisation}/matching":
            raise Refuse("sender.not-own-matching")


def _next_state(row: MatchRow, body: MatchProposed) -> MatchState | None:
    """The state after a newer proposal; None when it stays as it is and nothing is shown."""
    if row.version == 0:
        return MatchState.NEW
    if row.state == MatchState.WITHDRAWN:
        # A recall is for ever; a retraction for want of facts can be made good by new facts.
        return MatchState.NEW if row.retracted_why == CHANGED else None
    known = MatchDecision(state=DomainState(row.state), facts=row.facts)
    state = MatchState(known.proposed_again(body.facts).state)
    settled_for_these = row.facts == body.facts and row.state in SETTLED
    return None if settled_for_these else state


def _since_excluded(row: MatchRow, body: MatchProposed) -> list[str] | None:
    """Of a match that somebody excluded: whose facts changed since, and which. None for any other."""
    if row.state not in (MatchState.EXCLUDED, MatchState.REUNITED_ELSEWHERE):
        return None
    whose = match_facts.ALERT if body.alert_version != row.alert_version else match_facts.CASE
    reasons = [reason.model_dump(mode="json") for reason in body.reasons]
    fields = match_facts.changed(row.reasons, reasons, row.description, body.description.to_wire())
    return [whose, *fields]


def settle(session: Session, post: Teller, row: MatchRow) -> None:
    """Somebody looked at this match, or it is gone: nobody need be told, unless others of its notice wait."""
    if not _others_unseen(session, row):
        post.tell(session, DutySettled(reference=row.duty))


def _others_unseen(session: Session, row: MatchRow) -> bool:
    chosen = select(MatchRow.id).where(
        MatchRow.duty == row.duty, MatchRow.state == MatchState.NEW, MatchRow.id != row.id
    )
    return session.scalar(chosen.limit(1)) is not None


def add_event(
    session: Session,
    match: MatchRow,
    at: datetime,
    actor: str,
    reason: str | None = None,
    note: bytes | None = None,
    changed: list[str] | None = None,
) -> None:
    """Add one step to the history of a match."""
    event = MatchEventRow(
        match_id=match.id,
        at=at,
        actor=actor,
        state=match.state,
        reason=reason,
        facts=match.facts,
        note=note,
        changed=changed,
    )
    session.add(event)
    session.flush()


def _fill(row: MatchRow, body: MatchProposed, now: datetime) -> None:
    row.case_id, row.partner, row.alert, row.alert_version = (
        body.case,
        body.partner,
        body.alert,
        body.alert_version,
    )
    row.version, row.score, row.strength, row.facts = body.version, body.score, body.strength, body.facts
    row.kind, row.category, row.urgency, row.msg_status = (
        body.kind,
        body.category,
        body.urgency,
        body.status,
    )
    row.tlp, row.permitted_use = body.tlp, body.permitted_use
    row.reasons = [reason.model_dump(mode="json") for reason in body.reasons]
    row.description = body.description.to_wire()
    row.expires_at, row.changed_at = clocks.from_wire(body.expires), now
