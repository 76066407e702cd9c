"""How often people agreed, and how sure that is."""

import pytest

from services.matching.domain.precision import ENOUGH, Tally, tally, wilson


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        # The formula of Wilson (1927) by hand, with z = 1.96.
        (15, 30, 0.3315, 0.6685),
        (81, 263, 0.2553, 0.3662),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right, count) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("right", "count"), [(0, 0), (-1, 3), (4, 3)])
def test_no_share_of_nothing(right: int, count: int) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(right, count)


def test_what_settles_nothing_is_not_in_the_precision() -> None:
    """Came home by another way, in review, information needed, undecided: no word about the pair."""
    states = ["probable", "confirmed", "excluded", "reunited_elsewhere", "in_review", "need_information"]
    found = tally([("likely", state) for state in states], ["likely", "unlikely"])
    likely = found["likely"]
    assert likely == Tally(right=2, wrong=1, elsewhere=1, open=2, undecided=1)
    assert (likely.decided, likely.shown) == (3, 7)
    assert likely.precision == pytest.approx(2 / 3)
    assert likely.interval == wilson(2, 3)
    assert found["unlikely"].precision is None
    assert found["unlikely"].interval is None


def test_fewer_than_thirty_mean_nothing() -> None:
    assert ENOUGH == 30
    assert not Tally(right=20, wrong=9, open=50).enough
    assert Tally(right=20, wrong=10).enough


def test_strengths_add_up() -> None:
    assert sum([Tally(1, 2, 3, 4, 5), Tally(10, 20, 30, 40, 50)], Tally()) == Tally(11, 22, 33, 44, 55)
