"""What a killed process held is taken over at once, and what a living one holds never is."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from shared.store import inbox, outbox, presence
from shared.store.engine import Database
from shared.store.inbox import InboxItem, Incoming, LostClaim
from shared.store.outbox import Outgoing
from shared.store.presence import Presence
from shared.store.tables import InboxRow, OutboxRow, SettingRow
from tests.contract.store.processes import be_present_and_die, run_and_kill
from tests.support.clock import START

LANES = ["relay", "local"]


def fill(database: Database) -> None:
    """One message in each direction."""
    with database.begin() as session:
        inbox.put(session, Incoming("fr-lyon/intake", "msg_1", "receipt", b"payload", START), None)
        outbox.put(session, Outgoing("relay", "key", b"sealed", "type", "msg_2", "fr-lyon/matching", START))


def claim(database: Database, owner: str) -> tuple[list[str], list[InboxItem]]:
    """What `owner` gets now: the ids of the outbox, the items of the inbox."""
    going = [item.message_id for item in outbox.claim(database, 10, START, owner)]
    return going, inbox.claim(database, 10, START, owner, None)


def act(database: Database, items: list[InboxItem]) -> None:
    """An effect, and the mark of what it was for."""
    with database.begin() as session:
        session.add(SettingRow(name="effect", value="1"))
        inbox.done_many(session, items, START)


@pytest.fixture
def living() -> Iterator[ExitStack]:
    """Ends what lives, at the end of the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def present(database: Database, living: ExitStack) -> Callable[[], Presence]:
    """Makes workers that were seen once; they live until the end of the test."""

    def seen() -> Presence:
        made = Presence(database, LANES)
        living.callback(made.close)
        made.step()
        return made

    return seen


def registered(database: Database) -> list[str]:
    """Every process that the database knows of."""
    with database.read() as session:
        return sorted(
            name for name in session.scalars(select(SettingRow.name)) if name.startswith("running.")
        )


@pytest.mark.slow
def test_the_claims_of_a_killed_process_are_taken_over_at_once(
    database: Database, url: str, living: ExitStack
) -> None:
    """Cases 63 and 86: a possible match does not wait until a lease ends."""
    fill(database)
    run_and_kill(be_present_and_die, url)
    mine = Presence(database, LANES)
    living.callback(mine.close)
    assert claim(database, mine.owner) == ([], [])
    assert mine.step() == 2
    going, (coming,) = claim(database, mine.owner)
    assert (going, coming.message_id) == (["msg_2"], "msg_1")
    assert registered(database) == [f"running.{mine.owner}"]
    if database.dialect == "sqlite":
        folder = Path(make_url(url).database or "").parent
        assert [path.name.partition("-")[2] for path in folder.glob("*-run_*")] == [mine.owner]
    with database.read() as session:
        # Still counted: a message over which workers die is set aside in the end.
        assert session.scalar(select(InboxRow.claims)) == 2


def test_what_a_living_process_holds_is_left_to_it(
    database: Database, present: Callable[[], Presence]
) -> None:
    fill(database)
    busy = present()
    going, coming = claim(database, busy.owner)
    assert (going, len(coming)) == (["msg_2"], 1)
    other = present()
    for _ in range(3):
        assert (other.step(), busy.step()) == (0, 0)
    assert claim(database, other.owner) == ([], [])
    with database.begin() as session:
        inbox.done_many(session, coming, START)


def test_a_process_that_never_registered_is_left_to_its_lease(
    database: Database, present: Callable[[], Presence]
) -> None:
    """A claim is made before its process is seen for the first time, or by an older version."""
    fill(database)
    claim(database, "4711-older")
    assert present().step() == 0
    with database.read() as session:
        assert session.scalar(select(OutboxRow.owner)) == "4711-older"


def _lose_sign_of_life(database: Database, owner: str) -> None:
    """What a restart of PostgreSQL, or a person who deletes files, does to a living process."""
    if database.dialect == "sqlite":
        Path(f"{database.engine.url.database}-{owner}").unlink()
        return
    with database.begin() as session:
        held = text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = :here")
        here = session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        for pid in session.scalars(held, {"here": here}).all():
            session.execute(select(func.pg_terminate_backend(pid)))


def test_a_process_that_lost_its_sign_of_life_never_acts_twice(
    database: Database, present: Callable[[], Presence]
) -> None:
    """It loses its claims, its effect is undone, and in the next round it is seen again."""
    fill(database)
    unlucky = present()
    coming = claim(database, unlucky.owner)[1]
    _lose_sign_of_life(database, unlucky.owner)
    other = present()
    while claim(database, other.owner) == ([], []):  # the server notices a broken line a moment later
        other.step()
    with pytest.raises(LostClaim):
        act(database, coming)
    with database.read() as session:
        assert session.get(SettingRow, "effect") is None
    assert (unlucky.step(), other.step()) == (0, 0)
    assert registered(database) == sorted(f"running.{one.owner}" for one in (unlucky, other))


def test_a_lock_on_a_file_that_was_just_removed_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever took the process for gone removes its file; a lock on what is removed nobody else would see."""
    path, lock, locked = tmp_path / "mark", fcntl.flock, []

    def after_removal(handle: int, how: int) -> None:
        if not locked:
            path.unlink()
        locked.append(handle)
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", after_removal)
    handle = presence._locked(path)
    assert handle is not None
    assert (len(locked), os.path.samestat(os.fstat(handle), path.stat())) == (2, True)
    os.close(handle)
