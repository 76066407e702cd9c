"""The standing rules, in every order (cases 70 and 71)."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain import standing
from services.matching.domain.standing import Effect, Standing, State

Message = tuple[str, int]


def play(messages: list[Message]) -> Standing | None:
    """The standing after these messages; what waits is tried again after every change."""
    known: Standing | None = None
    waiting: list[Message] = []
    for message in messages:
        queue = [message]
        while queue:
            kind, version = queue.pop(0)
            before = known
            if kind in ("withdrawn", "tombstone"):
                known = standing.end(known, version, State(kind))
            else:
                decision = standing.content(known, version, update=kind == "updated", over=False)
                if decision.effect is Effect.WAIT:
                    waiting.append((kind, version))
                known = decision.standing
            if before is None and known is not None:
                queue, waiting = waiting, []
    return known


STORY = [("published", 1), ("updated", 2), ("updated", 3), ("withdrawn", 4), ("tombstone", 5)]


@pytest.mark.parametrize("length", range(1, 6))
def test_every_order_ends_alike(length: int) -> None:
    """Case 70, exhaustively for one alert."""
    ends = {play(list(order)) for order in permutations(STORY[:length])}
    assert len(ends) == 1


@given(st.lists(st.sampled_from(STORY), min_size=1), st.randoms())
def test_repetition_and_order_do_not_matter(extra: list[Message], chance: object) -> None:
    """Case 70, with duplicates."""
    mixed = STORY + extra
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert play(mixed) == Standing(State.TOMBSTONE, 5)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.TOMBSTONE])
def test_an_end_is_for_ever(state: State) -> None:
    """Case 71."""
    for update in (False, True):
        decision = standing.content(Standing(state, 3), 99, update=update, over=False)
        assert (decision.effect, decision.reason) == (Effect.REFUSE, state.value)


def test_an_end_needs_an_ending_state() -> None:
    with pytest.raises(ValueError, match="withdrawal"):
        standing.end(None, 1, State.EXPIRED)
