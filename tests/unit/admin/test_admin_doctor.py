"""`myosotis doctor` without servers: each thing that is broken is named, and says how to mend it."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.runtime.clock import ManualClock, SystemClock
from shared.store import inbox, quarantine
from shared.store.clock_seen import ClockSeen
from shared.store.engine import Database
from tests.support.command import run


def finding(node: Path, check: str, *, only: str) -> tuple[str, str]:
    """State and sentence of one check."""
    rows = run("doctor", "--json", "--only", only, node=node, code=None).json
    (row,) = [row for row in rows if row["check"] == check]
    return row["state"], row["sentence"]


@pytest.mark.slow
def test_a_broker_that_is_away_stops_no_other_check(node: Path) -> None:
    said = run("doctor", node=node, code=1)
    assert "BROKEN" in said.out
    for check in ("database intake", "card", "clock", "audit matching", "accounts"):
        assert f"OK      {check}" in said.out


def test_key_files(node: Path) -> None:
    """Case 30."""
    (node / "matching" / "matching.key").chmod(0o644)
    assert "chmod 600" in finding(node, "key files", only="key files")[1]


def test_a_database_that_is_damaged(node: Path) -> None:
    file = node / "notify" / "notify.db"
    data = bytearray(file.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    file.write_bytes(data)
    assert run("doctor", "--only", "database", node=node, code=1).out.count("BROKEN") == 1


@pytest.mark.slow
def test_a_file_that_is_no_database_is_named_once_and_with_advice(node: Path) -> None:
    for end in ("", "-wal", "-shm"):
        (node / "matching" / f"matching.db{end}").unlink(missing_ok=True)
    (node / "matching" / "matching.db").write_bytes(b"something else, and longer than a header. " * 200)
    rows = run("doctor", "--json", node=node, code=1).json
    told = [row["check"] for row in rows if "The database of matching is damaged" in row["sentence"]]
    assert told == ["database matching"]
    assert "OPERATIONS, 7" in next(row["sentence"] for row in rows if row["check"] == told[0])
    assert ("database intake", "OK") in [(row["check"], row["state"]) for row in rows]
    assert "The database of matching is damaged" in run("status", node=node, code=1).err
    assert not [row for row in rows if "DatabaseError" in row["sentence"]]


def test_certificates_that_are_gone(node: Path) -> None:
    assert not (node / "notify" / "tls").exists()
    state, sentence = finding(node, "broker local notify", only="broker")
    assert (state, "renew-node" in sentence, "space" in sentence) == ("BROKEN", True, False)


def test_a_database_that_was_never_prepared(node: Path) -> None:
    (node / "notify" / "notify.db").unlink()
    state, sentence = finding(node, "database notify", only="database")
    assert (state, "myosotis migrate" in sentence) == ("BROKEN", True)


@pytest.mark.parametrize(("days", "state"), [(100, "OK"), (340, "LOOK"), (366, "BROKEN")])
def test_the_card_runs_out(node: Path, monkeypatch: pytest.MonkeyPatch, days: int, state: str) -> None:
    """Case 17."""
    later = ManualClock(SystemClock().now() + timedelta(days=days))
    monkeypatch.setattr("admin.node.SystemClock", lambda: later)
    assert finding(node, "card", only="card")[0] == state


def test_a_clock_that_went_back(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 27."""
    earlier = ManualClock(SystemClock().now() - timedelta(hours=2))
    monkeypatch.setattr("admin.node.SystemClock", lambda: earlier)
    state, sentence = finding(node, "clock", only="clock")
    assert (state, "minutes behind" in sentence) == ("BROKEN", True)


@pytest.mark.slow
def test_what_is_parked_and_refused(node: Path) -> None:
    database, now = Database(f"sqlite:///{node / 'matching' / 'matching.db'}"), SystemClock().now()
    with database.begin() as session:
        quarantine.add(session, "relay", "signature", b"x", now)
        arrived = inbox.Incoming("fr-lyon/intake", "msg_1", "alert.published", b"", now)
        inbox.put(session, arrived, None)
    (item,) = inbox.claim(database, 1, now, "me", None)
    with database.begin() as session:
        inbox.park(session, item, "handler_failed")
    database.dispose()
    assert "1 handler_failed" in finding(node, "parked in matching", only="waiting")[1]
    assert "1 signature" in finding(node, "refused matching", only="waiting")[1]
    assert run("parked", "list", "--json", node=node).json[0]["reason"] == "handler_failed"
    assert run("quarantine", "list", "--json", node=node).json[0]["code"] == "signature"
    assert run("quarantine", "list", "--counts", "--json", node=node).json[0]["count"] == 1
    run("parked", "retry", 1, node=node, code=2)
    assert "1 will be tried again" in run("parked", "retry", "--yes", node=node).out
    assert run("parked", "list", "--json", node=node).json == []


def test_mail_and_root_key(node: Path) -> None:
    assert finding(node, "root key", only="root key")[0] == "LOOK"
    for path in (node / "root").iterdir():
        path.unlink()
    assert finding(node, "root key", only="root key")[0] == "OK"
    settings = node / "notify" / "service.toml"
    table = '[smtp]\nhost = "127.0.0.1"\nport = 9\nstarttls = false\nsender = "a@example.org"\n'
    settings.write_text(settings.read_text() + "\n" + table)
    assert finding(node, "mail", only="mail")[0] == "BROKEN"


@pytest.mark.parametrize(
    ("away", "says"),
    [(timedelta(hours=-3), "minutes behind"), (timedelta(days=31), "31 days ago")],
    ids=["behind", "far ahead"],
)
def test_a_clock_that_is_wrong_after_a_restart(
    node: Path, monkeypatch: pytest.MonkeyPatch, away: timedelta, says: str
) -> None:
    """Case 27: the command says so, and takes a person's word that it is right."""
    now = SystemClock().now()
    database = Database(f"sqlite:///{node}/notify/notify.db")
    ClockSeen(database).note(now)
    monkeypatch.setattr("admin.node.SystemClock", lambda: ManualClock(now + away))
    state, sentence = finding(node, "clock", only="clock")
    assert (state, says in sentence, "--accept-clock" in sentence) == ("BROKEN", True, True)
    assert "OK" in run("doctor", "--accept-clock", "--only", "clock", node=node).out
    assert finding(node, "clock", only="clock")[0] == "OK"
    database.dispose()


def test_a_jump_that_a_running_service_saw(node: Path) -> None:
    """Case 27: two days are no long absence, and still nothing is deleted."""
    database = Database(f"sqlite:///{node}/notify/notify.db")
    ClockSeen(database).hold(timedelta(days=2))
    state, sentence = finding(node, "clock", only="clock")
    assert (state, "jumped by 2880 minutes" in sentence) == ("BROKEN", True)
    run("doctor", "--accept-clock", "--only", "clock", node=node)
    assert finding(node, "clock", only="clock")[0] == "OK"
    database.dispose()
