"""What a person decides about a possible match."""

from datetime import UTC, datetime
from itertools import product

import pytest

from services.intake.domain.codes import ExclusionReason, MatchState
from services.intake.domain.decision import (
    ALLOWED,
    SETTLED,
    DeciderMissing,
    DecisionNotAllowed,
    MatchDecision,
    ReasonMissing,
    ReasonNotWanted,
    SecondPersonNeeded,
)

AT = datetime(2026, 11, 21, tzinfo=UTC)
S = MatchState


@pytest.mark.parametrize(("here", "there"), list(product(S, S)))
def test_every_step_is_allowed_or_refused_as_the_table_says(here: S, there: S) -> None:
    reason = ExclusionReason.NAMESAKE if there is S.EXCLUDED else None
    known = MatchDecision(here, "facts", decided_by="user_a")
    if there in ALLOWED[here]:
        decided = known.decide(there, by="user_b", at=AT, reason=reason)
        assert (decided.state, decided.decided_by, decided.decided_at) == (there, "user_b", AT)
    else:
        with pytest.raises(DecisionNotAllowed):
            known.decide(there, by="user_b", at=AT, reason=reason)


def test_an_exclusion_needs_a_reason_and_nothing_else_takes_one() -> None:
    with pytest.raises(ReasonMissing):
        MatchDecision().decide(S.EXCLUDED, by="user_a", at=AT)
    with pytest.raises(ReasonNotWanted):
        MatchDecision().decide(S.PROBABLE, by="user_a", at=AT, reason=ExclusionReason.RELATIVE)


def test_nobody_confirms_alone_and_nobody_decides_anonymously() -> None:
    probable = MatchDecision().decide(S.PROBABLE, by="user_a", at=AT)
    with pytest.raises(SecondPersonNeeded):
        probable.decide(S.CONFIRMED, by="user_a", at=AT)
    assert probable.decide(S.CONFIRMED, by="user_b", at=AT).state is S.CONFIRMED
    with pytest.raises(DeciderMissing):
        MatchDecision().decide(S.PROBABLE, by="", at=AT)


def test_nothing_is_confirmed_before_somebody_said_probable() -> None:
    assert [state for state in S if S.CONFIRMED in ALLOWED[state]] == [S.PROBABLE]


def test_excluded_stays_excluded_until_a_fact_changes() -> None:
    excluded = MatchDecision(facts="one").decide(
        S.EXCLUDED, by="user_a", at=AT, reason=ExclusionReason.DESCRIPTION_DIFFERS
    )
    assert excluded.proposed_again("one") == excluded
    again = excluded.proposed_again("two")
    assert (again.state, again.facts, again.waits) == (S.NEW, "two", True)


def test_a_decision_under_way_keeps_its_state_when_facts_change() -> None:
    probable = MatchDecision(facts="one").decide(S.PROBABLE, by="user_a", at=AT)
    again = probable.proposed_again("two")
    assert (again.state, again.facts, again.decided_by) == (S.PROBABLE, "two", "user_a")


def test_withdrawn_is_the_end() -> None:
    withdrawn = MatchDecision(S.WITHDRAWN, "one")
    assert withdrawn.proposed_again("two") == withdrawn
    assert ALLOWED[S.WITHDRAWN] == frozenset()
    assert {state for state in S if not MatchDecision(state).waits} == SETTLED
