"""Which places of a batch are coarse, and where the keys of a case stand (PROTOCOL 7.2)."""

import pytest

from services.intake.domain.matchkey_kinds import BLOCK_PLACES, COARSE_PLACES, MOST_COARSE, MatchKey
from services.intake.domain.matchkey_places import (
    blocks_needed,
    is_coarse,
    joined,
    parted,
    seated,
    whole_blocks,
)


def keys(fine: int, coarse: int) -> list[MatchKey]:
    """Fine keys `f0`, `f1` … and then coarse keys `c0`, `c1` …."""
    names = [("N", b"f%d" % at, False) for at in range(fine)] + [
        ("Z", b"c%d" % at, True) for at in range(coarse)
    ]
    return [MatchKey(*name) for name in names]


def places(found: list[tuple[int, MatchKey]]) -> dict[str, int]:
    return {key.text.decode(): place for place, key in found}


@pytest.mark.parametrize(
    ("points", "coarse"),
    [
        (1, []),
        (23, []),
        (24, [22, 23]),
        (25, [22, 23]),
        (47, [22, 23]),  # 46 is what is left over, and fine
        (48, [22, 23, 46, 47]),
        (50, [22, 23, 46, 47]),
        (100, [22, 23, 46, 47, 70, 71, 94, 95]),
    ],
)
def test_two_places_of_each_whole_block_are_coarse(points: int, coarse: list[int]) -> None:
    assert [place for place in range(points) if is_coarse(place, points)] == coarse
    fine_part, coarse_part = parted(range(points))
    assert coarse_part == coarse
    assert fine_part == [place for place in range(points) if place not in coarse]
    assert joined(fine_part, coarse_part) == list(range(points))


@pytest.mark.parametrize("points", [240, 960, 1344, 4000])
def test_no_batch_has_more_than_a_twelfth_of_coarse_places(points: int) -> None:
    """The budget: 20 of 240."""
    coarse = parted(range(points))[1]
    assert len(coarse) == COARSE_PLACES * whole_blocks(points) <= points // 12


@pytest.mark.parametrize(("fine", "coarse"), [(21, 3), (23, 1), (48, 0), (24, 0)])
def test_parts_that_do_not_belong_together_are_not_joined(fine: int, coarse: int) -> None:
    with pytest.raises(ValueError, match="coarse places"):
        joined(range(fine), range(coarse))


@pytest.mark.parametrize(
    ("coarse", "blocks"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (7, 4), (MOST_COARSE, 5)]
)
def test_a_case_takes_as_many_blocks_as_its_coarse_keys_need(coarse: int, blocks: int) -> None:
    assert blocks_needed(keys(22, coarse), most=10) == blocks
    assert blocks_needed(keys(0, coarse), most=10) == blocks
    assert blocks_needed(keys(22, coarse), most=2) == min(blocks, 2)


def test_seven_coarse_keys_stand_in_four_blocks() -> None:
    found = places(seated(keys(3, 7), first_block=0, blocks=4))
    assert [found[f"f{at}"] for at in range(3)] == [0, 1, 2]
    assert [found[f"c{at}"] for at in range(7)] == [22, 23, 46, 47, 70, 71, 94]


def test_a_later_case_begins_with_its_own_block() -> None:
    found = places(seated(keys(22, 3), first_block=2, blocks=2))
    assert [found[f"f{at}"] for at in range(22)] == list(range(48, 70))
    assert [found[f"c{at}"] for at in range(3)] == [70, 71, 94]


def test_coarse_keys_without_a_place_are_left_out_last_first() -> None:
    found = places(seated(keys(1, 7), first_block=0, blocks=2))
    assert found == {"f0": 0, "c0": 22, "c1": 23, "c2": 46, "c3": 47}


def test_a_key_never_stands_in_a_place_of_the_other_kind() -> None:
    """More fine keys than a block has places for do not run over into the coarse ones, nor the other way."""
    found = seated(keys(24, MOST_COARSE), first_block=0, blocks=1)
    assert len(found) == BLOCK_PLACES
    assert all(key.coarse == is_coarse(place, BLOCK_PLACES) for place, key in found)


def test_keys_keep_their_order_in_each_part() -> None:
    mixed = [MatchKey("N" if at % 3 else "Z", b"%d" % at, at % 3 == 0) for at in range(12)]
    found = seated(mixed, first_block=0, blocks=2)
    assert [key.text for _, key in found] == [b"%d" % at for at in range(12)]
    assert len({place for place, _ in found}) == 12
