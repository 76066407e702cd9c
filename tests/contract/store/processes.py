"""What the tests run in other processes; a function here must be importable there."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from shared.store import inbox, outbox, schema, sequence
from shared.store.engine import Database, lock
from shared.store.presence import Presence
from shared.store.tables import SettingRow
from tests.support.clock import START

# A fork of the test process would copy its threads' locks; a fork server has none and has imported this.
context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.contract.store.processes"])


def together(work: Callable[..., None], count: int, *arguments: Any) -> None:
    """Run `work(number, *arguments)` in so many processes at once; fails when one of them fails."""
    processes = [context.Process(target=work, args=(number, *arguments)) for number in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * count


def run_and_kill(work: Callable[..., None], *arguments: Any) -> None:
    """Run `work` in a process that kills itself with signal 9."""
    process = context.Process(target=work, args=arguments)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


def increment(number: int, url: str, how: str, times: int) -> None:
    """Add one, `times` times, in one of the three ways that are promised to lose nothing."""
    del number
    database = Database(url)
    for _ in range(times):
        with database.begin() as session:
            if how == "sequence":
                sequence.next(session, "counter")
                continue
            if how == "lock":
                lock(session, "counter")
            row = session.get_one(SettingRow, "counter", with_for_update=how == "for-update")
            row.value = str(int(row.value) + 1)
    database.dispose()


def claim_and_finish(number: int, url: str, folder: str) -> None:
    """Claim outbox rows in small batches until none is left, and write down which ones."""
    database = Database(url)
    with open(f"{folder}/claimed-{number}", "w", encoding="ascii") as file:
        while items := outbox.claim(database, 7, START, f"claimer-{number}"):
            file.writelines(f"{item.id}\n" for item in items)
            with database.begin() as session:
                outbox.sent(session, items, START)
    database.dispose()


def claim_and_die(url: str) -> None:
    """Claim everything and be killed before anything is marked as sent."""
    items = outbox.claim(Database(url), 100, START, "victim")
    assert items
    os.kill(os.getpid(), signal.SIGKILL)


def be_present_and_die(url: str) -> None:
    """Claim everything there is, as a worker does, and be killed while it is in hand."""
    database = Database(url)
    presence = Presence(database, ["relay", "local"])
    presence.step()
    assert outbox.claim(database, 100, START, presence.owner)
    assert inbox.claim(database, 100, START, presence.owner, None)
    os.kill(os.getpid(), signal.SIGKILL)


def handle_and_die(url: str, before_commit: bool) -> None:
    """Take a message from the inbox, write its effect, and be killed before or after the commit."""
    database = Database(url)
    (item,) = inbox.claim(database, 1, START, "victim", None, lease=timedelta(seconds=30))
    with database.begin() as session:
        session.add(SettingRow(name=f"effect-{item.message_id}", value="1"))
        inbox.done(session, item, START)
        session.flush()
        if before_commit:
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def migrate_and_perhaps_die(url: str, service: str, kill_at: int) -> None:
    """Migrate; be killed before the statement numbered `kill_at`. Exit 3 when there were fewer."""
    database = Database(url)
    seen = 0

    def count(*arguments: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    schema.migrate(database, Path(service))
    database.dispose()
    if kill_at:
        os._exit(3)
