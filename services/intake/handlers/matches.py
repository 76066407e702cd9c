"""Possible matches on the desk: looked at and decided by a person (rules 4 and 6).

Nothing here sends anything to the publisher of the alert: a decision stays in the house (cases 43 and 92).
"""

from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy import case as by_case
from sqlalchemy.orm import Session

from services.intake.domain.codes import ExclusionReason, MatchState
from services.intake.domain.decision import DecisionNotAllowed, MatchDecision
from services.intake.handlers.actor import DECIDES_MATCHES, READS_CASES, Actor
from services.intake.handlers.errors import EditConflict, NotFound
from services.intake.handlers.match_events import add_event, settle
from services.intake.handlers.match_views import (
    URGENCY_ORDER,
    WAITING,
    FieldPair,
    MatchReason,
    MatchStep,
    MatchSummary,
    MatchView,
    may_become,
)
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.visible import visible
from services.intake.store.cases import CaseRow
from services.intake.store.desk import DutyStateRow
from services.intake.store.fields import MATCH_NOTE
from services.intake.store.matches import MatchEventRow, MatchRow
from shared.runtime import ids
from shared.wire import codes
from shared.wire.codes import MatchState as WireState
from shared.wire.local import MatchDecided
from shared.wire.messages import Description

LIST_LIMIT = 500
SHOWN_ALIKE = 3
"""So many between one case and one partner stand in the list of all; the case shows the rest."""


class Matches:
    """Handlers of `match.proposed` and `match.retracted`, and what a caseworker does with a match."""

    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people

    def overview(
        self, by: Actor, *, waiting_only: bool = False, case_id: str | None = None
    ) -> list[MatchSummary]:
        """Possible matches of the cases that this person may see, the newest first, at most 500.

        Of those that wait, the most pressing first, so that what is cut off is what presses least.

        Of those between one case and one partner only the foremost 3, unless a case is given, and how many
        more there are: one partner with many alerts of one person must not hide the matches of all others.
        """
        by.must_be(READS_CASES)
        places = _places(waiting_only=waiting_only, case_id=case_id)
        shown = LIST_LIMIT if case_id is not None else SHOWN_ALIKE
        chosen = (
            select(MatchRow, CaseRow, DutyStateRow.state, places.c.place, places.c.all)
            .join(places, places.c.id == MatchRow.id)
            .join(CaseRow, CaseRow.id == MatchRow.case_id)
            .outerjoin(DutyStateRow, DutyStateRow.reference == MatchRow.duty)
            .where(visible(by), places.c.place <= shown)
            .order_by(*(_pressing() if waiting_only else ()), MatchRow.received_at.desc(), MatchRow.id)
            .limit(LIST_LIMIT)
        )
        with self._context.database.begin() as session:
            found = session.execute(chosen).all()
            self._context.audit.append(session, by.id, "match.listed", "matches", {"count": len(found)})
            self._people.read_ahead(session, [case.id for _, case, *_ in found])
            return [
                self._summary(session, match, case, duty, more=total - shown if place == shown else 0)
                for match, case, duty, place, total in found
            ]

    def open(self, match_id: str, by: Actor) -> MatchView:
        """One possible match: reasons, own values beside released ones, history. The look is audited."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            match, case = self._find(session, match_id, by)
            duty = session.get(DutyStateRow, match.duty)
            self._context.audit.append(session, by.id, "match.viewed", match_id, {"case": case.id})
            return self._view(session, match, case, duty.state if duty else None)

    def decide(
        self,
        match_id: str,
        state: MatchState,
        by: Actor,
        *,
        reason: ExclusionReason | None = None,
        note: str = "",
        seen_version: int | None = None,
    ) -> MatchView:
        """A person says what this is. Raises EditConflict, and what domain.decision raises.

        `seen_version` is the version on the page: a decision about facts that changed meanwhile is refused.
        """
        by.must_be(DECIDES_MATCHES)
        with self._context.database.begin() as session:
            match, case = self._find(session, match_id, by, lock=True)
            if seen_version is not None and seen_version != match.version:
                raise EditConflict(match.version)
            if state is MatchState.WITHDRAWN:
                raise DecisionNotAllowed("Only the partner can take its alert back; choose Exclude.")
            now = self._context.clock.now()
            decision = _decision_of(match).decide(state, by=by.id, at=now, reason=reason)
            match.state, match.changed_at, match.decided_by = decision.state, now, decision.decided_by
            match.decided_at, match.decision_reason = decision.decided_at, decision.reason
            sealed = MATCH_NOTE.seal(self._people.cipher(session, case.id), match_id, note) if note else None
            add_event(session, match, now, by.id, reason, sealed)
            decided = MatchDecided(match=match_id, state=WireState(state), facts=match.facts)
            self._context.post.tell(session, decided)
            settle(session, self._context.post, match)
            details = {"state": state.value, "case": case.id} | ({"reason": reason.value} if reason else {})
            self._context.audit.append(session, by.id, "match.decided", match_id, details)
            duty = session.get(DutyStateRow, match.duty)
            return self._view(session, match, case, duty.state if duty else None)

    def _find(
        self, session: Session, match_id: str, by: Actor, *, lock: bool = False
    ) -> tuple[MatchRow, CaseRow]:
        match = session.get(MatchRow, match_id, with_for_update=lock or None)
        case = None if match is None else session.get(CaseRow, match.case_id)
        if match is None or case is None or not by.sees_team(case.team):
            raise NotFound()
        return match, case

    def _summary(
        self, session: Session, match: MatchRow, case: CaseRow, duty: str | None, more: int = 0
    ) -> MatchSummary:
        return MatchSummary(
            id=match.id,
            short=ids.short(match.id),
            case_id=case.id,
            label=self._people.label(session, case.id),
            partner=match.partner,
            state=MatchState(match.state),
            strength=match.strength,
            score=match.score,
            urgency=match.urgency,
            msg_status=match.msg_status,
            version=match.version,
            received_at=match.received_at,
            duty_state=duty,
            duty=match.duty,
            more=more,
        )

    def _view(self, session: Session, match: MatchRow, case: CaseRow, duty: str | None) -> MatchView:
        steps = session.scalars(
            select(MatchEventRow).where(MatchEventRow.match_id == match.id).order_by(MatchEventRow.id)
        ).all()
        own = {} if case.state == "erased" else self._people.describe(session, case).to_wire()
        return MatchView(
            summary=self._summary(session, match, case, duty),
            kind=match.kind,
            category=match.category,
            own_category=case.category,
            tlp=match.tlp,
            permitted_use=match.permitted_use,
            expires_at=match.expires_at,
            reasons=[MatchReason(**reason) for reason in match.reasons],
            fields=[
                FieldPair(name, own.get(name), match.description.get(name))
                for name in Description.model_fields
            ],
            history=[self._step(session, case, step) for step in steps],
            may_become=may_become(MatchState(match.state)),
            retracted_why=match.retracted_why,
        )

    def _step(self, session: Session, case: CaseRow, step: MatchEventRow) -> MatchStep:
        note = ""
        if step.note is not None and case.state != "erased":
            note = MATCH_NOTE.open(self._people.cipher(session, case.id), step.match_id, step.note)
        return MatchStep(step.at, step.actor, MatchState(step.state), step.reason, note)


def _places(*, waiting_only: bool, case_id: str | None) -> Subquery:
    """Each match's place among those between the same case and partner: the most pressing is the first."""
    alike = (MatchRow.case_id, MatchRow.partner)
    pressing = (*_pressing(), MatchRow.received_at.desc(), MatchRow.id)
    chosen = select(
        MatchRow.id,
        func.row_number().over(partition_by=alike, order_by=pressing).label("place"),
        func.count().over(partition_by=alike).label("all"),
    )
    if waiting_only:
        chosen = chosen.where(MatchRow.state.in_(WAITING))
    if case_id is not None:
        chosen = chosen.where(MatchRow.case_id == case_id)
    return chosen.subquery()


def _pressing() -> tuple[ColumnElement[Any], ...]:
    """Real ones before exercises, then by urgency and strength."""
    return (
        by_case((MatchRow.msg_status == codes.MsgStatus.ACTUAL.value, 0), else_=1),
        by_case({code: place for place, code in enumerate(URGENCY_ORDER)}, value=MatchRow.urgency, else_=9),
        MatchRow.score.desc(),
    )


def _decision_of(match: MatchRow) -> MatchDecision:
    return MatchDecision(
        state=MatchState(match.state),
        facts=match.facts,
        decided_by=match.decided_by,
        decided_at=match.decided_at,
        reason=ExclusionReason(match.decision_reason) if match.decision_reason else None,
    )
