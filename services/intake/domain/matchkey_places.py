"""Places of a batch of questions: which are evaluated under the fine key, and which under the coarse one.

A batch is cut into blocks of 24 places from its beginning. In each block the first 22 are fine and the last
2 coarse; what is left after the last whole block is fine (PROTOCOL 7.2). This depends on the size of the
batch alone: whoever asks nothing but coarse questions has no more places for them than everybody else.
"""

from collections.abc import Sequence
from typing import TypeVar

from services.intake.domain.matchkey_kinds import BLOCK_PLACES, COARSE_PLACES, MatchKey

FINE_PLACES = BLOCK_PLACES - COARSE_PLACES
_Value = TypeVar("_Value")


def whole_blocks(points: int) -> int:
    """How many blocks a batch of so many points has; what is left over holds no case."""
    return points // BLOCK_PLACES


def is_coarse(place: int, points: int) -> bool:
    """Whether this place, counted from 0, of a batch of so many points is for a coarse question."""
    return place < whole_blocks(points) * BLOCK_PLACES and place % BLOCK_PLACES >= FINE_PLACES


def parted(values: Sequence[_Value]) -> tuple[list[_Value], list[_Value]]:
    """What stands in the fine and in the coarse places of a whole batch, each in the order of the places."""
    points = len(values)
    fine = [value for place, value in enumerate(values) if not is_coarse(place, points)]
    coarse = [value for place, value in enumerate(values) if is_coarse(place, points)]
    return fine, coarse


def joined(fine: Sequence[_Value], coarse: Sequence[_Value]) -> list[_Value]:
    """The whole batch again, in the order of the places; ValueError if the parts do not belong together."""
    points = len(fine) + len(coarse)
    parts = {False: iter(fine), True: iter(coarse)}
    if len(coarse) != whole_blocks(points) * COARSE_PLACES:
        problem = f"A batch of {points} points has {whole_blocks(points) * COARSE_PLACES} coarse places."
        raise ValueError(problem)
    return [next(parts[is_coarse(place, points)]) for place in range(points)]


def blocks_needed(keys: Sequence[MatchKey], most: int) -> int:
    """How many blocks a case takes: one, or as many as its coarse keys need, and never more than `most`."""
    coarse = sum(key.coarse for key in keys)
    return min(max(1, -(-coarse // COARSE_PLACES)), most)


def seated(keys: Sequence[MatchKey], first_block: int, blocks: int) -> list[tuple[int, MatchKey]]:
    """Give the keys of one case their places in its blocks, in the order of the keys.

    Fine keys take the fine places of the first block, coarse keys the coarse places of all of them. Keys for
    which there is no place are left out: the last ones, since the most telling come first.
    """
    start = first_block * BLOCK_PLACES
    fine = iter(range(start, start + FINE_PLACES))
    coarse = iter(
        begin + place
        for begin in range(start, start + blocks * BLOCK_PLACES, BLOCK_PLACES)
        for place in range(FINE_PLACES, BLOCK_PLACES)
    )
    placed = ((next(coarse if key.coarse else fine, None), key) for key in keys)
    return [(place, key) for place, key in placed if place is not None]
