"""What a person decides about a possible match. Nothing is decided by itself (rule 6)."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.codes import ExclusionReason, MatchState
from services.intake.domain.errors import DomainError


class DecisionNotAllowed(DomainError):
    """This step does not follow from where the possible match stands now; look at it again."""


class ReasonMissing(DomainError):
    """Excluding needs a reason; choose one from the list."""


class ReasonNotWanted(DomainError):
    """A reason belongs to an exclusion only; clear it or choose Exclude."""


class SecondPersonNeeded(DomainError):
    """A colleague has to confirm; the person who said probable cannot."""


class DeciderMissing(DomainError):
    """A decision needs the person who makes it; log in and decide again."""


_S = MatchState
_ANY = frozenset({_S.NEED_INFORMATION, _S.PROBABLE, _S.EXCLUDED, _S.REUNITED_ELSEWHERE, _S.WITHDRAWN})
ALLOWED: dict[MatchState, frozenset[MatchState]] = {
    _S.NEW: _ANY | {_S.IN_REVIEW},
    _S.IN_REVIEW: _ANY,
    _S.NEED_INFORMATION: (_ANY | {_S.IN_REVIEW}) - {_S.NEED_INFORMATION},
    _S.PROBABLE: (_ANY | {_S.IN_REVIEW, _S.CONFIRMED}) - {_S.PROBABLE},
    _S.CONFIRMED: frozenset({_S.EXCLUDED, _S.REUNITED_ELSEWHERE, _S.WITHDRAWN}),
    _S.EXCLUDED: frozenset({_S.IN_REVIEW, _S.WITHDRAWN}),
    _S.REUNITED_ELSEWHERE: frozenset({_S.IN_REVIEW, _S.WITHDRAWN}),
    _S.WITHDRAWN: frozenset(),
}
"""Where a possible match may go next. An exclusion made by mistake goes back to review."""

SETTLED = frozenset({_S.CONFIRMED, _S.EXCLUDED, _S.REUNITED_ELSEWHERE, _S.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """Where one possible match stands, who put it there and on which facts. Kept, never forgotten."""

    state: MatchState = MatchState.NEW
    facts: str = ""
    """Digest of what was compared when it was decided."""
    decided_by: str | None = None
    """User reference."""
    decided_at: datetime | None = None
    reason: ExclusionReason | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state not in SETTLED

    def decide(
        self,
        state: MatchState,
        *,
        by: str,
        at: datetime,
        reason: ExclusionReason | None = None,
    ) -> "MatchDecision":
        """The next state, on the same facts.

        Raises DecisionNotAllowed, ReasonMissing, ReasonNotWanted, SecondPersonNeeded, DeciderMissing.
        """
        if not by:
            raise DeciderMissing()
        if state not in ALLOWED[self.state]:
            raise DecisionNotAllowed()
        if state is MatchState.EXCLUDED and reason is None:
            raise ReasonMissing()
        if state is not MatchState.EXCLUDED and reason is not None:
            raise ReasonNotWanted()
        if state is MatchState.CONFIRMED and by == self.decided_by:
            raise SecondPersonNeeded()
        return MatchDecision(state, self.facts, by, at, reason)

    def proposed_again(self, facts: str) -> "MatchDecision":
        """Matching proposes the same pair: what was settled comes back only when a fact changed.

        An alert that was withdrawn stays withdrawn whatever changes.
        """
        if self.state is MatchState.WITHDRAWN or facts == self.facts:
            return self
        if self.state in (MatchState.EXCLUDED, MatchState.REUNITED_ELSEWHERE):
            return MatchDecision(MatchState.NEW, facts)
        return replace(self, facts=facts)
