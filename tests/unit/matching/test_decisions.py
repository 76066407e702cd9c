"""Decisions about a possible match, two of them in either order: the same end, but for one known case.

An exclusion that was taken back while facts had been excluded before: there is one place for excluded facts,
so in the other order the older exclusion stays. The test holds that difference where it is and nowhere else.
"""

from itertools import product

import pytest

from services.matching.domain import decisions
from services.matching.domain.decisions import EXCLUDED, NEW, WITHDRAWN, Match, Step

NOW, BEFORE = "a" * 64, "b" * 64
WORDS = list(product((EXCLUDED, "in_review"), (NOW, BEFORE)))


@pytest.mark.parametrize("excluded_before", [None, NOW, BEFORE])
@pytest.mark.parametrize("first", WORDS)
@pytest.mark.parametrize("second", WORDS)
def test_the_order_of_two_decisions_matters_in_one_known_case_only(
    first: tuple[str, str], second: tuple[str, str], excluded_before: str | None
) -> None:
    start = Match("m", 1, NEW, NOW, excluded_before)
    right = decisions.decided(decisions.decided(start, *first, 7), *second, 8)
    wrong = decisions.decided(decisions.decided(start, *second, 8), *first, 7)
    undone = first == (EXCLUDED, second[1]) and second[0] != EXCLUDED
    if undone and excluded_before not in (None, second[1]):
        # The one place for an exclusion was taken and emptied; in the other order the older one stays in it.
        assert (right.excluded_facts, wrong.excluded_facts) == (None, excluded_before)
    else:
        assert wrong.excluded_facts == right.excluded_facts
    if first[1] == second[1]:
        assert (wrong.state == EXCLUDED) == (right.state == EXCLUDED)


def test_a_decision_that_crossed_a_retraction_does_not_hide_the_match_when_it_is_found_again() -> None:
    decided = decisions.decided(Match("m", 1, WITHDRAWN, NOW, None), "in_review", NOW, 7)
    assert decisions.found(decided, NOW)[0] is Step.PROPOSE
