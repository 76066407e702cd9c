"""Tells intake and the duty of possible matches: once per set of facts, and never after a person said no.

Nobody on duty is told of an unlikely one: the desk lists it, and whoever looks in the morning sees it.
"""

from collections.abc import Iterable
from typing import Literal

from sqlalchemy.orm import Session

from services.matching.comparing import Result
from services.matching.domain import decisions
from services.matching.domain.decisions import Match, Step
from services.matching.store import duty
from services.matching.store.alerts import AlertKey
from services.matching.store.content import AlertFacts, StoredAlert
from services.matching.store.matches import Matches, MatchRow
from shared.post.sender import Post
from shared.runtime import ids
from shared.runtime.clock import Clock, to_wire
from shared.store.audit import Audit
from shared.store.outbox import Priority
from shared.wire import codes
from shared.wire.local import DutyWaiting, MatchProposed, MatchRetracted

Why = Literal["withdrawn", "tombstone", "expired", "partner", "changed"]
_ACTIONS = {
    Step.PROPOSE: "match.proposed",
    Step.REFRESH: "match.refreshed",
    Step.RETRACT: "match.retracted",
}


class Proposing:
    """Keeps the pairs on record and sends what follows from a change."""

    def __init__(self, matches: Matches, post: Post, audit: Audit, clock: Clock, actor: str) -> None:
        self._matches = matches
        self._post = post
        self._audit = audit
        self._clock = clock
        self._actor = actor

    def settle(
        self,
        session: Session,
        alert: StoredAlert,
        facts: AlertFacts,
        own_case: str,
        result: Result | None,
        row: MatchRow | None,
    ) -> None:
        """Bring one pair to what was found; `row` is what is on record of it."""
        if result is None:
            if row is not None:
                self._changed(session, row, decisions.lost(row.match))
        elif row is None:
            self._found(session, alert, facts, own_case, result)
        else:
            step, match = decisions.found(row.match, result.facts)
            wake, match = decisions.told(step, match, wakes=result.score.strength.wakes)
            self._changed(session, row, (step, match))
            if step in (Step.PROPOSE, Step.REFRESH):
                self._propose(session, alert, facts, own_case, result, match, wake=wake)

    def retract(self, session: Session, references: Iterable[str], why: Why) -> None:
        """The alert behind these matches is gone: intake deletes what it shows of it."""
        for reference in references:
            self._post.tell(session, MatchRetracted(match=reference, why=why))
            self._audit.append(session, self._actor, "match.deleted", reference, {"why": why})

    def _found(
        self, session: Session, alert: StoredAlert, facts: AlertFacts, own_case: str, result: Result
    ) -> None:
        match = Match(ids.new_id("match"), 1, decisions.NEW, result.facts, None)
        wake, match = decisions.told(Step.PROPOSE, match, wakes=result.score.strength.wakes)
        row = MatchRow(AlertKey(alert.partner, alert.alert), own_case, match)
        if self._matches.add(session, row, self._clock.now()):
            self._propose(session, alert, facts, own_case, result, match, wake=wake)
            self._audit.append(session, self._actor, _ACTIONS[Step.PROPOSE], match.reference)

    def _changed(self, session: Session, row: MatchRow, change: tuple[Step, Match]) -> None:
        step, match = change
        if match != row.match:
            self._matches.change(session, match)
        if step is Step.RETRACT:
            self._post.tell(
                session, MatchRetracted(match=match.reference, why="changed", version=match.version)
            )
        if step is not Step.NOTHING:
            self._audit.append(
                session, self._actor, _ACTIONS[step], match.reference, {"version": match.version}
            )

    def _propose(
        self,
        session: Session,
        alert: StoredAlert,
        facts: AlertFacts,
        own_case: str,
        result: Result,
        match: Match,
        *,
        wake: bool,
    ) -> None:
        urgency = codes.Urgency(facts.codes["urgency"])
        status = codes.MsgStatus(facts.codes["status"])
        priority = Priority.URGENT if urgency is codes.Urgency.IMMEDIATE else Priority.NORMAL
        now, told_under = self._clock.now(), None
        if wake:
            told_under = duty.reference_for(session, alert.partner, own_case, match.reference, now)
        proposed = MatchProposed(
            match=match.reference,
            version=match.version,
            partner=alert.partner,
            alert=alert.alert,
            alert_version=alert.version,
            case=own_case,
            score=result.score.score,
            strength=result.score.strength,
            reasons=list(result.score.reasons),
            facts=result.facts,
            kind=facts.kind,
            category=codes.Category(facts.codes["category"]),
            urgency=urgency,
            status=status,
            tlp=codes.Tlp(facts.codes["tlp"]),
            permitted_use=codes.PermittedUse(facts.codes["permitted_use"]),
            description=facts.description,
            expires=facts.codes["expires"],
            duty=told_under,
        )
        self._post.tell(session, proposed, priority=priority)
        if told_under is not None:
            # The same reference again tells nobody twice, unless it is more serious or was settled before.
            waiting = DutyWaiting(reference=told_under, urgency=urgency, status=status, at=to_wire(now))
            self._post.tell(session, waiting, priority=priority)
