"""From verdicts to acknowledgements."""

import pytest

from shared.bus.port import Verdict
from shared.bus.settling import Settlement, settle

ACK, DEAD, AGAIN = Verdict.ACK, Verdict.DEAD, Verdict.AGAIN


@pytest.mark.parametrize(
    ("verdicts", "now", "later"),
    [
        ([], [], []),
        ([ACK] * 4, [Settlement(4, ACK, multiple=True)], []),
        ([DEAD, ACK], [Settlement(1, DEAD), Settlement(2, ACK, multiple=True)], []),
        (
            [ACK, ACK, DEAD, ACK],
            [Settlement(2, ACK, multiple=True), Settlement(3, DEAD), Settlement(4, ACK, multiple=True)],
            [],
        ),
        # "All up to 4" would take 2 along, which shall come again.
        (
            [ACK, AGAIN, ACK, ACK],
            [Settlement(1, ACK, multiple=True), Settlement(3, ACK), Settlement(4, ACK)],
            [Settlement(2, AGAIN)],
        ),
        ([AGAIN, DEAD], [Settlement(2, DEAD)], [Settlement(1, AGAIN)]),
    ],
)
def test_as_few_as_possible_and_never_too_many(
    verdicts: list[Verdict], now: list[Settlement], later: list[Settlement]
) -> None:
    assert settle(range(1, len(verdicts) + 1), verdicts) == (now, later)
