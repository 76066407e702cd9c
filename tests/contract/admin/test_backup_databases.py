"""A node on PostgreSQL is backed up as rows and restored into new databases (cases 84, 85)."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from admin.backup import archive, restoring
from admin.node import Node
from shared.bus.topology import SERVICES
from shared.post.quarantine_mode import is_quarantined
from shared.runtime.clock import SystemClock
from shared.store.audit import Audit
from tests.support.command import acting, make_node, refused, run, secret_file
from tests.support.database import private_postgres
from tests.support.world import FAST, plan_for

pytestmark = pytest.mark.database
PASSPHRASE = b"a passphrase for backups"


def on_postgresql(folder: Path) -> Path:
    """A node whose three databases are new ones."""
    plan = plan_for("lt-vilnius", folder)
    services = {
        service: replace(place, database_url=private_postgres().new_database())
        for service, place in plan.services.items()
    }
    return make_node(folder, plan=replace(plan, services=services))


def point_to_new_databases(folder: Path) -> None:
    """As on a new machine: the settings name databases that are empty."""
    for service in SERVICES:
        path = folder / service / "service.toml"
        old = Node.at(folder).settings(service).database_url
        path.write_text(path.read_text().replace(old, private_postgres().new_database()))


def test_there_and_back(tmp_path: Path) -> None:
    node = on_postgresql(tmp_path / "node")
    run("duty", "add", "a@example.org", "--name", "Anna", *acting(tmp_path, "anna"), node=node)
    archive.write(Node.at(node), tmp_path / "backup", PASSPHRASE, profile=FAST)
    secret = secret_file(tmp_path, PASSPHRASE)
    said = run("restore", tmp_path / "backup", tmp_path / "new", "--passphrase-file", secret)
    assert "restore load" in said.out
    point_to_new_databases(tmp_path / "new")
    run("restore", "load", node=tmp_path / "new")
    before, after = (run("user", "list", "--json", node=folder).json for folder in (node, tmp_path / "new"))
    assert [one["login"] for one in after] == [one["login"] for one in before]
    assert {one["active"] for one in after} == {False}  # until somebody says who is still here
    assert run("duty", "list", node=tmp_path / "new").out == run("duty", "list", node=node).out
    run("audit", "verify", node=tmp_path / "new")
    with Node.at(tmp_path / "new").databases() as databases:
        for service, database in databases.items():
            with database.begin() as session:
                assert is_quarantined(session)
                # Numbers that the database gives out go on after those that were restored.
                Audit(f"lt-vilnius/{service}", SystemClock()).append(session, "me", "test", "test")
    by = acting(tmp_path, "anna")
    run("restore", "release", "--all-still-shared", "--yes", *by, node=tmp_path / "new")
    assert "no rows to load" in refused("restore", "load", node=tmp_path / "new")


def test_a_database_in_use_is_never_filled(tmp_path: Path) -> None:
    node = on_postgresql(tmp_path / "node")
    archive.write(Node.at(node), tmp_path / "backup", PASSPHRASE, profile=FAST)
    restoring.restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE)
    with Node.at(node).database("intake") as database, database.read() as session:
        before = session.scalar(text("SELECT count(*) FROM user_account"))
    assert "not empty" in refused("restore", "load", node=tmp_path / "new")
    with Node.at(node).database("intake") as database, database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM user_account")) == before
        assert not is_quarantined(session)
