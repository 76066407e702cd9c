"""Columns in memory: what a change reads, how much memory they take, and what happens below that."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import event, text

from services.matching.column import Column
from services.matching.store import cases as store
from services.matching.store.cases import Cases, Changed
from shared.crypto.rest import RestCipher
from shared.wire import local
from shared.wire.local import MatchProposed
from tests.support.matching_world import RIGA, VILNIUS, World, reference

MANY = 40


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each look into the table of own cases brought."""
    counts: list[int] = []
    changed = Cases.changed

    def counted(self: Cases, *how: object) -> Iterator[Sequence[Changed]]:
        counts.append(0)
        for part in changed(self, *how):  # type: ignore[arg-type]
            counts[-1] += len(part)
            yield part

    monkeypatch.setattr(Cases, "changed", counted)
    return counts


def proposed(world: World) -> list[str]:
    return [body.case for body in world.post.bodies(MatchProposed) if isinstance(body, MatchProposed)]


def fill(world: World, count: int = MANY, partner: str = VILNIUS, epoch: int = 1) -> None:
    for number in range(count):
        world.handle(world.case(f"{partner} {number}", partner=partner, epoch=epoch))


def test_a_new_case_is_all_that_is_read(world: World, read: list[int]) -> None:
    """Adding a case does not load the others again, nor move them."""
    fill(world)
    world.handle(world.alert("warm"))
    assert read == [MANY]
    world.handle(world.case("ona"))
    world.handle(world.alert("ona"))
    assert read == [MANY, 1]
    world.handle(world.alert("nothing changed"))
    assert read == [MANY, 1]
    world.handle(world.case("ona", version=2))
    world.handle(local.CaseClosed(case=reference("case", f"{VILNIUS} 3")))
    world.handle(world.alert("two changed"))
    assert read == [MANY, 1, 2]
    assert proposed(world) == [reference("case", "ona")]


def test_a_new_partner_reads_nothing_of_the_others(world: World, read: list[int]) -> None:
    fill(world)
    world.handle(world.alert("warm"))
    fill(world, 3, partner=RIGA)
    world.handle(world.alert("theirs", person=f"{RIGA} 1", partner=RIGA), sender=RIGA)
    world.handle(world.alert("ours", person=f"{VILNIUS} 1"))
    assert read == [MANY, 3]
    assert proposed(world) == [reference("case", f"{RIGA} 1"), reference("case", f"{VILNIUS} 1")]


def test_a_new_epoch_is_read_row_by_row_while_the_old_one_is_matched(world: World, read: list[int]) -> None:
    """Case 41, in the background: each alert reads what came since the last, and finds by either epoch."""
    people = 6
    fill(world, people)
    world.handle(world.alert("warm", epochs=(1, 2)))
    read.clear()
    for number in range(people):
        name = f"{VILNIUS} {number}"
        world.handle(world.case(name, epoch=2))
        for person in range(people):  # the first ones by both epochs, the others by the old one alone
            other = f"{VILNIUS} {person}"
            world.handle(world.alert(f"{number} {person}", person=other, epochs=(1, 2)))
    # Both epochs look for what is new of their own: one row of the new one for each case, none of the old.
    assert sum(read) == people
    assert len(proposed(world)) == people * people
    world.handle(local.EpochClosed(partner=VILNIUS, epoch=1))
    world.handle(world.alert("late", person=f"{VILNIUS} 0", epochs=(1, 2)))
    assert len(proposed(world)) == people * people + 1
    assert world.handlers.columns.remembered == 1


def test_columns_take_turns_below_the_memory_that_they_need(world: World, read: list[int]) -> None:
    """The one that was not used for longest gives way, and is read again when it is needed."""
    columns = world.handlers.columns
    one = 4 * 16 + 12
    columns._most_bytes = 2 * one
    for epoch in (1, 2, 3):
        world.handle(world.case(f"in {epoch}", epoch=epoch))
        world.handle(world.alert(f"warm {epoch}", epochs=(epoch,)))
    assert columns.nbytes == 2 * one
    read.clear()
    for number, epoch in enumerate((3, 2, 1, 1, 2, 3)):
        world.handle(world.alert(f"{number}", person=f"in {epoch}", epochs=(epoch,)))
        assert columns.nbytes == 2 * one
    assert sum(read) == 2, "1 was away, and 3 gave way to it"
    assert len(proposed(world)) == 6
    columns._most_bytes = 1
    world.handle(world.alert("again", person="in 1", epochs=(1,)))
    assert len(proposed(world)) == 7, "the one in use is kept whatever the bound"
    assert columns.nbytes == one


def test_room_is_made_while_a_column_is_read_and_not_after(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or for a moment there would be twice what the machine was said to have."""
    monkeypatch.setattr(store, "_AT_ONCE", 5)
    fill(world, 20, epoch=1)
    fill(world, 20, epoch=2)
    columns = world.handlers.columns
    world.handle(world.alert("warm", epochs=(1,)))
    whole = columns.nbytes
    columns._most_bytes = whole + whole // 2
    kept: list[int] = []
    put = Column.put

    def watched(self: Column, rows: object) -> None:
        put(self, rows)  # type: ignore[arg-type]
        kept.append(self.nbytes)

    monkeypatch.setattr(Column, "put", watched)
    seen: list[int] = []
    make_room = columns._make_room

    def room(needed: int) -> None:
        make_room(needed)
        seen.append(columns._total() + needed)

    monkeypatch.setattr(columns, "_make_room", room)
    world.handle(world.alert("next", epochs=(2,)))
    assert len(kept) == 4
    assert max(seen) <= columns._most_bytes


def test_several_cases_are_found_by_their_index(world: World) -> None:
    """Without statistics SQLite read every row of the partner: 50 ms for 100,000 own cases."""
    fill(world, 3)
    statements: list[tuple[str, Any]] = []
    engine = world.database.engine
    event.listen(engine, "before_cursor_execute", lambda *how: statements.append((how[2], how[3])))
    with world.database.read() as session:
        wanted = [reference("case", f"{VILNIUS} {number}") for number in range(2)]
        assert len(Cases(RestCipher(world.key)).of_cases(session, VILNIUS, wanted)) == 2
    statement, parameters = statements[-1]
    explain = "EXPLAIN QUERY PLAN" if world.database.dialect == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        if world.database.dialect == "postgresql":  # or it would read so small a table whole
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.exec_driver_sql(f"{explain} {statement}", parameters)
        assert "ix_own_case_own_case" in str(plan.all())
