"""Backup and restore: one file, whole or not at all (cases 78, 85)."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from admin.backup import archive, restoring, sealed
from admin.backup.sealed import BackupDamaged, BackupWrongPassphrase, SealedReader, SealedWriter
from admin.node import Node
from shared.crypto.keyfile_format import Profile
from shared.post.quarantine_mode import is_quarantined
from tests.support.command import refused, run, secret_file
from tests.support.world import FAST

PASSPHRASE = b"a passphrase for backups"


@pytest.fixture
def backup(node: Path, tmp_path: Path) -> Path:
    """A backup with quick keys."""
    archive.write(Node.at(node), tmp_path / "backup", PASSPHRASE, profile=FAST)
    return tmp_path / "backup"


@pytest.mark.slow
def test_there_and_back_from_the_command_line(node: Path, tmp_path: Path) -> None:
    secret = secret_file(tmp_path, PASSPHRASE)
    said = run("backup", tmp_path / "file", "--passphrase-file", secret, node=node)
    assert "root key is not in it" in said.err
    assert (
        "quarantine" in run("restore", tmp_path / "file", tmp_path / "new", "--passphrase-file", secret).out
    )
    for part in ("intake/intake.key", "intake/passphrase", "matching/own.card", "notify/service.toml"):
        assert (tmp_path / "new" / part).read_bytes() == (node / part).read_bytes()
        assert (tmp_path / "new" / part).stat().st_mode == (node / part).stat().st_mode
    before, after = (run("user", "list", "--json", node=folder).json for folder in (node, tmp_path / "new"))
    assert [one["login"] for one in after] == [one["login"] for one in before]
    assert not (tmp_path / "new" / "root").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_restored_node_is_in_quarantine(backup: Path, tmp_path: Path) -> None:
    restoring.restore(backup, tmp_path / "new", PASSPHRASE)
    with Node.at(tmp_path / "new").databases() as databases:
        for database in databases.values():
            with database.read() as session:
                assert is_quarantined(session)


def test_rows_that_are_only_in_the_write_ahead_log_are_in_the_backup(node: Path, tmp_path: Path) -> None:
    line = sqlite3.connect(node / "intake" / "intake.db", isolation_level=None)
    line.execute("PRAGMA wal_autocheckpoint = 0")
    line.execute("INSERT INTO setting (name, value) VALUES ('late', 'news')")
    archive.write(Node.at(node), tmp_path / "backup", PASSPHRASE, profile=FAST)
    line.close()
    restoring.restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE)
    restored = sqlite3.connect(tmp_path / "new" / "intake" / "intake.db")
    assert restored.execute("SELECT value FROM setting WHERE name = 'late'").fetchone() == ("news",)
    restored.close()


def test_the_root_key_comes_along_when_asked(node: Path, tmp_path: Path) -> None:
    archive.write(Node.at(node), tmp_path / "backup", PASSPHRASE, with_root=True, profile=FAST)
    restoring.restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE)
    assert (tmp_path / "new" / "root" / "root.key").read_bytes() == (node / "root" / "root.key").read_bytes()


def test_a_wrong_passphrase_is_refused_plainly(backup: Path, tmp_path: Path) -> None:
    """Case 85."""
    wrong = secret_file(tmp_path, "another passphrase")
    sentence = refused("restore", backup, tmp_path / "new", "--passphrase-file", wrong)
    assert "passphrase does not open this backup" in sentence
    assert not (tmp_path / "new").exists()


def test_what_is_cut_changed_or_longer_writes_nothing(backup: Path, tmp_path: Path) -> None:
    """Every part of the file is covered: nothing is written before all of it was read."""
    data, broken = backup.read_bytes(), tmp_path / "broken"
    places = (0, 7, 9, 20, 40, 60, 66, 75, 90, 100, len(data) // 2, len(data) - 1)
    variants = [data[:place] for place in places]
    variants += [data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :] for place in places]
    variants += [data + b"x", b"", data[: 65 + sealed.CHUNK + 17]]
    for variant in variants:
        broken.write_bytes(variant)
        with pytest.raises((BackupDamaged, BackupWrongPassphrase)):
            restoring.restore(broken, tmp_path / "new", PASSPHRASE)
        assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".new*"))


def test_messages_in_another_order_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("wb") as out:
        writer = SealedWriter(out, b"secret", FAST)
        writer.write(os.urandom(3 * sealed.CHUNK))
        writer.finish()
    data, size = file.read_bytes(), sealed.CHUNK + 17
    begin = len(data) - 3 * size
    swapped = data[:begin] + data[begin + size : begin + 2 * size] + data[begin : begin + size]
    file.write_bytes(swapped + data[begin + 2 * size :])
    with file.open("rb") as source, pytest.raises(BackupDamaged):
        SealedReader(source, b"secret").read()


@pytest.mark.slow
def test_a_full_disk_leaves_no_half_file(node: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 78."""
    pushed = SealedWriter._push

    def full(writer: SealedWriter, data: bytes, tag: int) -> None:
        if len(data) == sealed.CHUNK:
            raise OSError(28, os.strerror(28))
        pushed(writer, data, tag)

    monkeypatch.setattr(SealedWriter, "_push", full)
    secret = secret_file(tmp_path, PASSPHRASE)
    sentence = refused("backup", tmp_path / "file", "--passphrase-file", secret, node=node)
    assert "No space left" in sentence
    assert "No half file" in sentence
    assert not (tmp_path / "file").exists()
    assert not list(tmp_path.glob(".file*"))


PROGRAM = """
import sys, time
from pathlib import Path
from admin.backup import archive
from admin.backup.sealed import SealedWriter
from admin.node import Node
from tests.support.world import FAST
pushed = SealedWriter._push
def slowly(writer, data, tag):
    pushed(writer, data, tag)
    print("pushed", flush=True)
    time.sleep(0.2)
SealedWriter._push = slowly
archive.write(Node.at(Path(sys.argv[1])), Path(sys.argv[2]), b"a passphrase for backups", profile=FAST)
"""


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_no_half_file(node: Path, tmp_path: Path) -> None:
    """Case 78: kill -9 while it writes; the next run tidies up and is whole."""
    target = tmp_path / "file"
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(node), str(target)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(4):
        assert process.stdout.readline() == "pushed\n"
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    assert not target.exists()
    assert list(tmp_path.glob(".file*"))
    archive.write(Node.at(node), target, PASSPHRASE, profile=FAST)
    assert not list(tmp_path.glob(".file*"))
    assert restoring.check(target, PASSPHRASE).organisation == "lt-vilnius"


def test_nothing_is_overwritten(backup: Path, node: Path, tmp_path: Path) -> None:
    secret = secret_file(tmp_path, PASSPHRASE)
    assert "not overwritten" in refused("backup", backup, "--passphrase-file", secret, node=node)
    assert "not empty" in refused("restore", backup, node, "--passphrase-file", secret)


def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    import io
    import tarfile

    file = tmp_path / "file"
    with file.open("wb") as out:
        writer = SealedWriter(out, b"secret", FAST)
        with tarfile.open(fileobj=writer, mode="w|") as tar:
            info = tarfile.TarInfo("../outside")
            info.size = 1
            tar.addfile(info, io.BytesIO(b"x"))
        writer.finish()
    with pytest.raises(BackupDamaged):
        restoring.restore(file, tmp_path / "new", b"secret")
    assert not (tmp_path.parent / "outside").exists()


def test_opening_costs_what_the_file_says_and_no_more_than_is_sensible(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("wb") as out:
        writer = SealedWriter(out, b"secret", Profile(FAST.derivation, 2, 64))
        writer.finish()
    begun = time.monotonic()
    with file.open("rb") as source:
        assert SealedReader(source, b"secret").read() == b""
    assert time.monotonic() - begun < 5
