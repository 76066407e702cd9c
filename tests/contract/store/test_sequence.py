"""Numbers without gaps, and the gaps in what arrives."""

import random

import pytest
from sqlalchemy import event, select

from shared.store import sequence
from shared.store.engine import Database
from shared.store.sequence import Gap
from shared.store.tables import MissingRow

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


def test_batches_in_any_order_leave_the_same_gaps(database: Database) -> None:
    """Case 70: two workers store what arrives; runs over gaps, within gaps, beyond the end."""
    chance = random.Random(71)
    never = {5, 6, 40, 77, 150}
    for number in range(20):
        runs, first = [], 1
        while first <= 200:
            last = min(200, first + chance.randrange(40))
            runs.append([seq for seq in range(first, last + 1) if seq not in never])
            first = last + 1
        runs += [list(range(60, 75)), list(range(1, 5)), [199, 200, 199]]
        chance.shuffle(runs)
        stream = f"stream-{number}"
        with database.begin() as session:
            for run in runs:
                sequence.note_all_received(session, stream, run)
            assert sequence.missing(session, stream) == [
                Gap(5, 6), Gap(40, 40), Gap(77, 77), Gap(150, 150),
            ]  # fmt: skip


def test_a_run_costs_as_much_as_one_number(database: Database) -> None:
    with database.begin() as session:
        sequence.note_received(session, STREAM, 1000)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with database.begin() as session:
        sequence.note_all_received(session, STREAM, range(1, 501))
    assert len(statements) < 12, statements
    assert rows_of(database) == [Gap(501, 999)]


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


def test_one_can_give_up_on_all_gaps_of_a_stream(database: Database) -> None:
    with database.begin() as session:
        for stream in (STREAM, "another"):
            for seq in (3, 5, 10):
                sequence.note_received(session, stream, seq)
        assert sequence.missing(session, STREAM, limit=2) == [Gap(1, 2), Gap(4, 4)]
        sequence.give_up(session, STREAM)
        assert sequence.missing(session, STREAM) == []
        assert len(sequence.missing(session, "another")) == 3
        assert sequence.note_received(session, STREAM, 12) == Gap(11, 11)


def rows_of(database: Database) -> list[Gap]:
    with database.read() as session:
        found = session.scalars(select(MissingRow).order_by(MissingRow.first))
        return [Gap(row.first, row.last) for row in found]


def test_a_partner_that_leaves_out_every_other_number_costs_few_rows(database: Database) -> None:
    """Case 19: a flood of gaps must not hold up everybody else; the oldest become one range."""
    with database.begin() as session:
        sequence.note_all_received(session, STREAM, range(2, 602, 2))
    kept = rows_of(database)
    assert len(kept) == sequence.GAPS_KEPT
    assert kept[0] == Gap(1, 401)
    assert kept[1:] == [Gap(seq, seq) for seq in range(403, 601, 2)]


def test_a_gap_filled_in_pieces_costs_few_rows(database: Database) -> None:
    """Case 19: every other number within one large gap."""
    with database.begin() as session:
        sequence.note_received(session, STREAM, 1000)
        for seq in range(2, 602, 2):
            sequence.note_received(session, STREAM, seq)
    kept = rows_of(database)
    assert len(kept) == sequence.GAPS_KEPT
    assert (kept[0].first, kept[-1]) == (1, Gap(601, 999))


def test_giving_up_is_one_statement(database: Database) -> None:
    """Case 19: however many gaps there are, the write lock is not held for each of them."""
    with database.begin() as session:
        sequence.note_all_received(session, STREAM, range(2, 102, 2))
    deletes: list[str] = []

    def note(_line: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("DELETE"):
            deletes.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    with database.begin() as session:
        sequence.give_up(session, STREAM)
    event.remove(database.engine, "before_cursor_execute", note)
    assert len(deletes) == 1
    assert rows_of(database) == []


def test_after_a_restore_we_go_on_where_the_partner_saw_us(database: Database) -> None:
    """Case 84: numbers that a partner has seen are not used a second time."""
    with database.begin() as session:
        sequence.next(session, STREAM)
        sequence.advance(session, STREAM, 40)
        sequence.advance(session, STREAM, 7)
        assert sequence.next(session, STREAM) == 41
        sequence.advance(session, "new", 3)
        assert sequence.next(session, "new") == 4
