"""Several workers, and workers that are started anew in the middle of something."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.intake import app as intake_app
from services.intake.domain.codes import CaseKind
from services.intake.store.pseudonyms import PolicyRow
from services.matching import app as matching_app
from services.matching.store import tables
from shared.runtime import settings as settings_files
from shared.runtime.settings import ServiceSettings
from shared.store.tables import OutboxRow
from tests.scenario.play import LYON, VILNIUS, holds, looks_for, matches_at, person, register, share, stuck
from tests.support.world import SLOT, MemoryWires, Node, Post, World

pytestmark = pytest.mark.slow

PEOPLE = (
    person(),
    person("Milda", "Bitinaitė", "1999-07-01"),
    person("Rasa", "Vilkaitė", "2003-11-30"),
    person("Ieva", "Lapinskienė", "1987-01-09"),
    person("Jurgita", "Stonkutė", "2001-05-22"),
    person("Daiva", "Grybauskienė", "1979-09-17"),
)


def settings_of(node: Node, service: str) -> ServiceSettings:
    """The settings of one service, read anew as a new process does."""
    folder: Path = node.folder / service
    return settings_files.load(folder)


def test_two_matching_workers_on_one_inbox_propose_nothing_twice(two: World) -> None:
    """Case 87: two processes on one database and one queue, alerts and own cases arriving together."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    second = matching_app.build(settings_of(lyon, "matching"), two.clock)
    wires = MemoryWires(LYON, "matching", two.relay, lyon.local)
    posts = [lyon.posts[1], Post(second.office(wires), wires)]
    for someone in PEOPLE:
        holds(lyon, someone)
    for someone in PEOPLE:
        share(vilnius, looks_for(vilnius, someone))
    waiting = lyon.posts.pop(1)  # both workers run below, in threads
    two.run_slots(2)
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def work(post: Post) -> None:
        try:
            start.wait()
            for _ in range(6):
                post.turn()
        except BaseException as problem:  # reported below, in the test's own thread
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(post,)) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    lyon.posts.insert(1, waiting)
    two.run_slots(2)
    assert failures == []
    with lyon.matching.database.read() as session:
        assert session.scalar(select(func.count()).select_from(tables.match)) == len(PEOPLE)
        told = session.scalars(select(OutboxRow.recipient).where(OutboxRow.lane == "local")).all()
    assert list(told).count("notify") == len(PEOPLE)
    assert len({match.case_id for match in matches_at(lyon)}) == len(matches_at(lyon)) == len(PEOPLE)
    assert stuck(two) == []
    second.database.dispose()


def test_a_worker_restarted_within_a_slot_asks_anew_in_the_next(two: World) -> None:
    """DESIGN 5: blinding factors live in memory; the answer to a lost batch is dropped, and no slot is used
    twice, so that the partner counts no offence (case 35)."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    held = holds(lyon)
    register(lyon, CaseKind.FOUND, PEOPLE[1])
    two.clock.advance(timedelta(seconds=SLOT))
    assert lyon.intake.use_cases.asker.tick(two.clock.now()) == [VILNIUS]

    # Killed with the batch under way: a new process knows nothing of it.
    fresh = intake_app.build(settings_of(lyon, "intake"), two.clock)
    old, lyon.intake = lyon.intake, fresh
    lyon.posts[0] = Post(fresh.office(lyon.posts[0].wires), lyon.posts[0].wires)
    assert fresh.use_cases.asker.tick(two.clock.now()) == []  # the slot is used
    two.pump()
    with lyon.matching.database.read() as session:
        assert session.scalar(select(func.count()).select_from(tables.own_case)) == 0
    two.run_slots(1)
    with lyon.matching.database.read() as session:
        assert session.scalar(select(func.count()).select_from(tables.own_case)) == 2
    share(vilnius, looks_for(vilnius))
    two.pump()
    assert [match.case_id for match in matches_at(lyon)] == [held]
    with vilnius.intake.database.read() as session:
        row = session.get_one(PolicyRow, LYON)
        assert (row.offences, row.refused_over_budget) == (0, 0)
    old.database.dispose()


def test_the_settings_bound_what_a_worker_keeps_in_memory(two: World) -> None:
    settings = settings_of(two[LYON], "matching").model_copy(update={"columns_mb": 3})
    app = matching_app.build(settings, two.clock)
    assert app.handlers.columns._most_bytes == 3 << 20
    app.database.dispose()
