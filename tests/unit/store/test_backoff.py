"""Pauses between tries."""

from datetime import timedelta

import pytest

from shared.store.backoff import LONGEST, pause
from shared.store.reasons import BadReason, reason_code


def test_a_pause_doubles_with_chance_up_to_the_longest() -> None:
    for attempts in (0, 1, 2, 5, 9, 10, 1000):
        full = min(timedelta(seconds=2) * 2 ** min(max(attempts, 1) - 1, 20), LONGEST)
        drawn = {pause(attempts) for _ in range(200)}
        assert full / 2 <= min(drawn)
        assert max(drawn) <= full
        assert len(drawn) > 100


@pytest.mark.parametrize("reason", ["", "Jonas", "no such case", "ž", "x" * 65, "a\n"])
def test_a_reason_is_a_code(reason: str) -> None:
    with pytest.raises(BadReason):
        reason_code(reason)
    assert reason_code("rest.cannot-decrypt") == "rest.cannot-decrypt"
