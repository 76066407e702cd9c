"""Numbers without gaps, and the gaps in what arrives."""

import random

import pytest

from shared.store import sequence
from shared.store.engine import Database
from shared.store.sequence import Gap

STREAM = "lt-vilnius/intake>fr-lyon/matching"


def test_numbers_count_from_one_for_each_stream(database: Database) -> None:
    with database.begin() as session:
        assert [sequence.next(session, STREAM) for _ in range(3)] == [1, 2, 3]
        assert sequence.next(session, "another") == 1
        assert (sequence.last(session, STREAM), sequence.last(session, "none")) == (3, 0)


def test_a_number_of_a_rolled_back_transaction_is_given_again(database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin() as session:  # noqa: PT012 - a transaction that fails
        sequence.next(session, STREAM)
        raise RuntimeError
    with database.begin() as session:
        assert sequence.next(session, STREAM) == 1


def test_a_gap_is_reported_once_and_filled_from_any_side(database: Database) -> None:
    """Case 19."""
    with database.begin() as session:
        assert sequence.note_received(session, STREAM, 1) is None
        assert sequence.note_received(session, STREAM, 6) == Gap(2, 5)
        assert sequence.note_received(session, STREAM, 6) is None
        assert sequence.note_received(session, STREAM, 3) is None
        assert sequence.missing(session, STREAM) == [Gap(2, 2), Gap(4, 5)]
        assert sequence.note_received(session, STREAM, 9) == Gap(7, 8)
        for seq in (5, 2, 7, 8):
            assert sequence.note_received(session, STREAM, seq) is None
        assert sequence.missing(session, STREAM) == [Gap(4, 4)]
        assert sequence.missing(session, "another") == []


def test_any_order_leaves_the_same_gaps(database: Database) -> None:
    """Case 70, for the numbers: random order, a third twice, some never."""
    chance = random.Random(70)
    never = {5, 6, 40, 77}
    arriving = [seq for seq in range(1, 101) if seq not in never]
    arriving += chance.sample(arriving, 30)
    for _ in range(3):
        chance.shuffle(arriving)
        stream = f"stream-{chance.random()}"
        with database.begin() as session:
            for seq in arriving:
                sequence.note_received(session, stream, seq)
            assert sequence.missing(session, stream) == [Gap(5, 6), Gap(40, 40), Gap(77, 77)]


def test_a_jump_to_the_largest_number_is_one_row(database: Database) -> None:
    with database.begin() as session:
        gap = sequence.note_received(session, STREAM, sequence.LARGEST)
        assert gap == Gap(1, sequence.LARGEST - 1)
        assert len(gap or ()) == sequence.LARGEST - 1
        assert sequence.missing(session, STREAM) == [gap]


@pytest.mark.parametrize("seq", [0, -1, 2**53])
def test_impossible_numbers_are_refused(database: Database, seq: int) -> None:
    with pytest.raises(ValueError, match="between 1 and"), database.begin() as session:
        sequence.note_received(session, STREAM, seq)


def test_one_can_give_up_on_a_gap(database: Database) -> None:
    with database.begin() as session:
        sequence.note_received(session, STREAM, 10)
        sequence.give_up(session, STREAM, Gap(3, 5))
        assert sequence.missing(session, STREAM) == [Gap(1, 2), Gap(6, 9)]
        sequence.give_up(session, STREAM, Gap(1, 9))
        assert sequence.missing(session, STREAM) == []


def test_after_a_restore_we_go_on_where_the_partner_saw_us(database: Database) -> None:
    """Case 84: numbers that a partner has seen are not used a second time."""
    with database.begin() as session:
        sequence.next(session, STREAM)
        sequence.advance(session, STREAM, 40)
        sequence.advance(session, STREAM, 7)
        assert sequence.next(session, STREAM) == 41
        sequence.advance(session, "new", 3)
        assert sequence.next(session, "new") == 4
