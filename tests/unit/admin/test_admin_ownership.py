"""Commands run by root, or by somebody else, leave nothing that the services cannot read or write.

The user of these tests may be anybody, so who owns what is played: only root gives files away.
"""

import os
import pwd
from pathlib import Path

import pytest

from admin.backup import archive, restoring
from admin.brokers import BrokerFolder
from admin.node import Node
from admin.relay.bundle import RelayBundle
from shared.runtime import ids
from tests.support.command import refused, run, secret_file
from tests.support.world import FAST

Given = dict[str, tuple[int, int]]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    """As root: what was given to whom, by name."""
    found: Given = {}

    def chown(path: Path, user: int, group: int, **_options: object) -> None:
        found[Path(path).name] = (user, group)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", chown)
    return found


def test_a_relay_made_by_root_can_be_read_by_its_container(given: Given, tmp_path: Path) -> None:
    """And nobody but root gets the authority, which the broker never needs."""
    relay = tmp_path / "relay"
    said = run("relay", "create", relay, "--name", "relay.example.org", "--port", "5699")
    assert f"--env-file {relay}/.env" in said.out
    theirs = {"definitions.json", "rabbitmq.conf", "enabled_plugins", "tls", *os.listdir(relay / "tls")}
    assert {name for name, owner in given.items() if owner == (10001, 10001)} == theirs
    settings = dict(line.split("=", 1) for line in (relay / ".env").read_text().splitlines()[1:])
    assert settings == {
        "COMPOSE_PROJECT_NAME": "myosotis-relay",
        "COMPOSE_PROFILES": "relay",
        "MYOSOTIS_RELAY_FOLDER": str(relay.resolve()),
        "MYOSOTIS_USER": "10001:10001",
        "MYOSOTIS_RELAY_PORT": "5699",
    }


def test_a_relay_of_somebody_who_is_not_root_runs_as_them(tmp_path: Path) -> None:
    run(
        "relay",
        "create",
        tmp_path / "relay",
        "--name",
        "relay.example.org",
        "--owner",
        f"{os.getuid()}:{os.getgid()}",
    )
    text = (tmp_path / "relay" / ".env").read_text()
    assert f"MYOSOTIS_USER={os.getuid()}:{os.getgid()}\n" in text


def test_admitting_leaves_the_definitions_with_whoever_reads_them(given: Given, tmp_path: Path) -> None:
    """As root: the file is made anew, and would belong to root, unreadable under a strict umask."""
    broker = BrokerFolder.create(tmp_path / "relay", ["relay.example.org"])
    given.clear()
    broker.write_topology(["lt-vilnius"], [])
    before = (tmp_path / "relay" / "definitions.json").stat()
    assert given[".definitions.json.new"] == (before.st_uid, before.st_gid)


def test_a_file_to_join_a_relay_may_belong_to_anybody(
    node: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It came by mail or stick, readable for all, and only its owner could change that."""
    broker = BrokerFolder.create(tmp_path / "relay", ["relay.example.org"], members=["lt-vilnius"])
    file = tmp_path / "lt-vilnius.relay"
    RelayBundle.issue(broker, "lt-vilnius").write(file, b"words", FAST)
    file.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", _refuse)
    run("relay", "join", file, "--passphrase-file", secret_file(tmp_path, "words", "words"), node=node)


def test_a_database_that_root_makes_belongs_to_the_service(given: Given, node: Path) -> None:
    """Otherwise the service could not write the file, nor what SQLite keeps beside it."""
    (node / "notify" / "notify.db").unlink()
    run("migrate", node=node)
    owner = (node / "notify").stat()
    assert given["notify.db"] == (owner.st_uid, owner.st_gid)
    assert "intake.db" not in given  # it was there before


def test_somebody_else_is_refused_and_told_who_may(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = (node / "intake").stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    said = refused("status", node=node)
    assert f"belong to {owner}" in said.replace(f"{_name(owner)} ({owner})", str(owner))
    assert f"sudo -u '#{owner}' myosotis" in said


def test_what_root_restores_can_be_entered_by_the_services_user(
    given: Given, node: Path, tmp_path: Path
) -> None:
    archive.write(Node.at(node), tmp_path / "backup", b"a passphrase for backups", profile=FAST)
    given.clear()
    restoring.restore(tmp_path / "backup", tmp_path / "new", b"a passphrase for backups")
    (folder,) = [name for name in given if name.endswith(".restoring")]
    owner = (node / "intake").stat()
    assert given[folder] == (owner.st_uid, owner.st_gid)


@pytest.mark.slow
def test_a_backup_by_the_services_user_does_without_the_root_keys_folder(
    node: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only root may look into it, and a container's command is not root."""
    exists = Path.exists

    def shut(path: Path) -> bool:
        if path.parent.name == "root":
            raise PermissionError
        return exists(path)

    monkeypatch.setattr(Path, "exists", shut)
    passphrase = secret_file(tmp_path, "a passphrase for backups", "passphrase")
    said = run("backup", tmp_path / "backup", "--passphrase-file", passphrase, node=node)
    assert "The root key is not in it" in said.err
    rows = run("doctor", "--json", "--only", "root key", node=node, code=None).json
    assert [row["state"] for row in rows] == ["LOOK"]


def test_signs_of_life_are_in_no_backup(node: Path, tmp_path: Path) -> None:
    """They are empty, and of processes that are not there after a restore."""
    (node / "intake" / f"intake.db-{ids.new_id('run')}").touch()
    archive.write(Node.at(node), tmp_path / "backup", b"a passphrase for backups", profile=FAST)
    restoring.restore(tmp_path / "backup", tmp_path / "new", b"a passphrase for backups")
    assert list((tmp_path / "new").rglob("*-run_*")) == []


def _name(user: int) -> str:
    return pwd.getpwuid(user).pw_name


def _refuse(*_arguments: object, **_options: object) -> None:
    raise PermissionError
