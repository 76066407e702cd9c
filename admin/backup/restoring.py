"""Restore: read the whole backup once to check it, and only then write; the node starts in quarantine."""

import hashlib
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from sqlalchemy import update

from admin.backup import copies
from admin.backup.archive import MANIFEST, ROWS, sync_folder
from admin.backup.sealed import BackupDamaged, SealedReader
from admin.errors import AdminError
from admin.node import Node
from services.intake.handlers import set_aside
from shared.bus.topology import SERVICES
from shared.post import process, quarantine_mode
from shared.post.routes import Lane
from shared.runtime.clock import Clock, SystemClock, from_wire, to_wire
from shared.store import clock_seen
from shared.store.audit import Audit
from shared.store.engine import Database
from shared.store.tables import OutboxRow
from shared.wire.parties import Party, Role

PARKED = "restored"
MADE = "restored-as-of"
"""A file in the node's folder with the time of the backup."""
REPEATED = timedelta(hours=2)
"""What services of one node told each other so shortly before the backup is told again: the copies of their
databases are not of one moment, and a repetition is recognised."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that was read to its end and is whole."""

    organisation: str
    made: datetime
    files: int


def check(file: Path, passphrase: bytes) -> Checked:
    """Read it all and compare every hash; writes nothing. Raises BackupWrongPassphrase or BackupDamaged."""
    hashes: dict[str, str] = {}
    listed: object = None
    for name, member, tar in _members(file, passphrase):
        content = tar.extractfile(member)
        if content is None:
            raise BackupDamaged("This backup holds something that is not a file; use another copy.")
        if name == MANIFEST:
            listed = json.loads(content.read())
            continue
        hashes[name] = _digest(content)
    if not isinstance(listed, dict) or listed.get("files") != hashes:
        raise BackupDamaged("The list of files in this backup does not fit its content; use another copy.")
    return Checked(listed["organisation"], from_wire(listed["made"]), len(hashes))


def restore(file: Path, folder: Path, passphrase: bytes, clock: Clock | None = None) -> Checked:
    """Write a checked backup to `folder`, which must not exist or be empty: whole or not at all."""
    clock = clock or SystemClock()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AdminError(
            f"{folder} is not empty: restore into a new folder, and look before you replace one."
        )
    found = check(file, passphrase)
    waiting = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.restoring")
    waiting.mkdir(parents=True, mode=0o700)
    try:
        for name, member, tar in _members(file, passphrase):
            if name != MANIFEST:
                _write(waiting / name, member, tar)
        (waiting / MADE).write_text(to_wire(found.made) + "\n")
        for service in SERVICES:
            if not (waiting / service / ROWS).exists():
                _quarantine_file(Node.at(waiting, clock), service, found.made)
        if os.geteuid() == 0:
            # The services' user enters it, and commands in the container write there.
            owner = (waiting / SERVICES[0]).stat()
            os.chown(waiting, owner.st_uid, owner.st_gid)
        if folder.exists():
            folder.rmdir()
        waiting.rename(folder)
        sync_folder(folder.resolve().parent)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    return found


def _quarantine_file(node: Node, service: str, made: datetime) -> None:
    """An SQLite file that was just restored. Raises AdminError when the settings name another one."""
    file = copies.sqlite_file(node.settings(service).database_url)
    if file is None or node.folder not in file.resolve().parents:
        raise AdminError(
            f"The settings of {service} name a database outside of the node's folder, which is not touched: "
            "restore on a machine where it may be written, or ask for help."
        )
    with node.database(service) as database:
        quarantine(database, node, service, made)


def load(node: Node) -> dict[str, int]:
    """Put restored rows into PostgreSQL databases that are new, in quarantine before anybody uses them."""
    counts, made = {}, from_wire((node.folder / MADE).read_text().strip())
    for service in SERVICES:
        rows = node.folder / service / ROWS
        if rows.exists():
            process.migrate(node.settings(service))
            with node.database(service) as database:
                counts[service] = copies.load_rows(database, rows)
                quarantine(database, node, service, made)
            rows.unlink()
    return counts


def quarantine(database: Database, node: Node, service: str, made: datetime) -> None:
    """Nothing goes out; what waited for partners is set aside, because partners may have more by now.

    Nobody is signed in, and no account opens the desk until somebody says that this person is still here.
    """
    now = node.clock.now()
    waiting = update(OutboxRow).where(OutboxRow.state == "waiting")
    recently = update(OutboxRow).where(OutboxRow.state == "sent", OutboxRow.sent >= made - REPEATED)
    free = {"owner": None, "lease_until": None}
    with database.begin() as session:
        quarantine_mode.enter(session, now)
        if service == Role.INTAKE:
            count = set_aside.everybody(session, now)
            log = Audit(str(Party(node.organisation, Role.INTAKE)), node.clock)
            log.append(session, "command", "restore.begun", "node", {"accounts": count})
        clock_seen.accept(session, now)  # the time of the backup is no reason to doubt the clock
        session.execute(
            waiting.where(OutboxRow.lane == Lane.RELAY).values(state="parked", reason=PARKED, **free)
        )
        session.execute(
            recently.where(OutboxRow.lane == Lane.LOCAL).values(
                state="waiting", sent=None, attempts=0, **free
            )
        )


def _members(file: Path, passphrase: bytes) -> Iterator[tuple[str, tarfile.TarInfo, tarfile.TarFile]]:
    """Every file of the archive, and then the true end of the stream."""
    with file.open("rb") as source:
        sealed = SealedReader(source, passphrase)
        try:
            with tarfile.open(fileobj=sealed, mode="r|") as tar:
                for member in tar:
                    parts = PurePosixPath(member.name).parts
                    if not member.isfile() or member.name.startswith("/") or ".." in parts:
                        raise BackupDamaged("This backup holds a name that is not ours; do not use it.")
                    yield member.name, member, tar
        except tarfile.TarError:
            raise BackupDamaged("The content of this backup cannot be read; use another copy.") from None
        sealed.read()


def _write(path: Path, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = tar.extractfile(member)
    if content is None:
        raise BackupDamaged("This backup holds something that is not a file; use another copy.")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(content, out)
        out.flush()
        os.fsync(out.fileno())
    path.chmod(member.mode & 0o777)
    if os.geteuid() == 0:
        os.chown(path, member.uid, member.gid)
        os.chown(path.parent, member.uid, member.gid)


def _digest(content: object) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
