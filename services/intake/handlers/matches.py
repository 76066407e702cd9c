"""Possible matches on the desk: looked at and decided by a person (rules 4 and 6).

Nothing here sends anything to the publisher of the alert: a decision stays in the house (cases 43 and 92).
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.domain.codes import ExclusionReason, MatchState
from services.intake.domain.decision import DecisionNotAllowed, MatchDecision
from services.intake.handlers.actor import DECIDES_MATCHES, READS_CASES, Actor
from services.intake.handlers.errors import MatchMoved, NotFound
from services.intake.handlers.match_events import add_event, settle
from services.intake.handlers.match_lists import PER_PAGE, MatchFilter, MatchPage, chosen_matches
from services.intake.handlers.match_views import (
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
from services.intake.handlers.two_people import must_be_two
from services.intake.handlers.visible import visible
from services.intake.store.cases import CaseRow
from services.intake.store.desk import DutyStateRow
from services.intake.store.fields import MATCH_NOTE
from services.intake.store.matches import MatchEventRow, MatchRow
from shared.runtime import ids
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
        """
        states = frozenset(WAITING) if waiting_only else frozenset(MatchState)
        wanted = MatchFilter(states=states, case_id=case_id, pressing_first=waiting_only)
        return self.page_of(wanted, by, per_page=LIST_LIMIT).matches

    def page_of(
        self, wanted: MatchFilter, by: Actor, number: int = 1, *, per_page: int | None = None
    ) -> MatchPage:
        """One page of those that fit; a number beyond the last page is the last page.

        Of those between one case and one partner only the foremost 3, unless a case is given, and how many
        more there are: one partner with many alerts of one person must not hide the matches of all others.
        """
        by.must_be(READS_CASES)
        per_page = per_page or PER_PAGE
        shown = LIST_LIMIT if wanted.case_id is not None else SHOWN_ALIKE
        chosen = chosen_matches(wanted, by, shown)
        with self._context.database.begin() as session:
            total = session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
            pages = max(1, -(-total // per_page))
            number = min(max(number, 1), pages)
            found = session.execute(chosen.limit(per_page).offset((number - 1) * per_page)).all()
            self._context.audit.append(session, by.id, "match.listed", "matches", {"count": len(found)})
            self._people.read_ahead(session, [case.id for _, case, *_ in found])
            made = [
                self._summary(session, match, case, duty, more=alike - shown if place == shown else 0)
                for match, case, duty, place, alike in found
            ]
            return MatchPage(made, total, number, pages)

    def counts(self, by: Actor) -> dict[MatchState, int]:
        """How many possible matches this person may see, by state."""
        by.must_be(READS_CASES)
        counted = (
            select(MatchRow.state, func.count())
            .join(CaseRow, CaseRow.id == MatchRow.case_id)
            .where(visible(by))
            .group_by(MatchRow.state)
        )
        with self._context.database.read() as session:
            return {MatchState(state): count for state, count in session.execute(counted)}

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
        seen_state: MatchState | None = None,
    ) -> MatchView:
        """A person says what this is. Raises MatchMoved, SamePerson, and what domain.decision raises.

        `seen_version` and `seen_state` stood on the page: a decision about facts that changed meanwhile, or
        over the head of a colleague who was quicker, is refused.
        """
        by.must_be(DECIDES_MATCHES)
        with self._context.database.begin() as session:
            match, case = self._find(session, match_id, by, lock=True)
            if seen_version not in (None, match.version) or seen_state not in (None, match.state):
                raise MatchMoved()
            if state is MatchState.WITHDRAWN:
                raise DecisionNotAllowed("Only the partner can take its alert back; choose Exclude.")
            now = self._context.clock.now()
            if state is MatchState.CONFIRMED:
                must_be_two(session, match.decided_by, by.id, now)
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
            decided_by=match.decided_by,
            decided_at=match.decided_at,
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
        return MatchStep(step.at, step.actor, MatchState(step.state), step.reason, note, step.changed or [])


def _decision_of(match: MatchRow) -> MatchDecision:
    return MatchDecision(
        state=MatchState(match.state),
        facts=match.facts,
        decided_by=match.decided_by,
        decided_at=match.decided_at,
        reason=ExclusionReason(match.decision_reason) if match.decision_reason else None,
    )
