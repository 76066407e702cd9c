"""Writers of one SQLite file queue before they ask the database, and nothing depends on it."""

import multiprocessing
import os
import threading
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.store.engine import Database
from shared.store.turn import FILE_ENDING, Turn

CONTEXT = multiprocessing.get_context("spawn")


def hold(path: Path, held: Event) -> None:
    """In another process: take the turn and keep it until killed."""
    with Turn(path).taken(10.0):
        held.set()
        threading.Event().wait(60)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database would be."""
    return tmp_path / "matching.db"


def test_another_process_waits_for_its_turn_and_gets_it_when_the_holder_is_killed(path: Path) -> None:
    """Case 86: a turn dies with the process that has it."""
    held = CONTEXT.Event()
    holder = CONTEXT.Process(target=hold, args=(path, held))
    holder.start()
    assert held.wait(30)
    had: list[str] = []

    def wait() -> None:
        with Turn(path).taken(30.0):
            had.append("turn")

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(0.3)
    assert had == []
    holder.kill()
    holder.join(10)
    waiting.join(10)
    assert had == ["turn"]


def test_who_waited_long_enough_goes_on_without_a_turn(path: Path) -> None:
    """It is a courtesy: a process that hangs with the turn in its hand holds up nobody for ever."""
    first, second = Turn(path), Turn(path)
    with first.taken(1.0), second.taken(0.05):
        pass
    with first.taken(1.0):
        pass


def test_two_threads_share_one_queue(path: Path) -> None:
    """The second thread of a process comes after the first."""
    turn, order = Turn(path), []

    def later() -> None:
        with turn.taken(10.0):
            order.append("second")

    with turn.taken(1.0):
        thread = threading.Thread(target=later)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_a_turn_that_cannot_be_kept_in_a_file_is_done_without(tmp_path: Path) -> None:
    """A folder that is gone, or belongs to somebody else."""
    with Turn(tmp_path / "nowhere" / "matching.db").taken(1.0):
        pass


def test_the_file_is_closed_with_the_database_and_private(path: Path) -> None:
    """No descriptor is left behind, and nobody else can hold the queue."""
    database = Database(f"sqlite:///{path}")
    with database.begin() as session:
        session.execute(text("CREATE TABLE kept (id INTEGER)"))
    file = path.with_name(path.name + FILE_ENDING)
    assert file.stat().st_mode & 0o777 == 0o600
    assert _descriptors(file) == 1
    database.dispose()
    assert _descriptors(file) == 0


def _descriptors(file: Path) -> int:
    here = Path("/proc/self/fd")
    links = [here / name for name in os.listdir(here)]
    return sum(1 for link in links if link.is_symlink() and os.path.realpath(link) == str(file))
