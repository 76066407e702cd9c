"""What goes into a backup, and the file itself: written beside its place, synced, and renamed when whole."""

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from admin.backup import copies
from admin.backup.sealed import SealedWriter
from admin.errors import AdminError
from admin.node import Node
from shared.bus.topology import SERVICES
from shared.crypto.keyfile_format import STANDARD, Profile
from shared.post.process import open_database
from shared.runtime import clock
from shared.store import presence

MANIFEST = "manifest.json"
PARTS = (*SERVICES, "public", "broker", "postgres", ".env")
ROOT = "root"
AUTHORITY = "broker/authority"
ROWS = "restored.rows"
_DATABASE_ENDS = ("-wal", "-shm", "-journal", "-turn")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: where it lies on this machine, and its name in the backup."""

    path: Path
    name: str


def write(
    node: Node, target: Path, passphrase: bytes, *, with_root: bool = False, profile: Profile = STANDARD
) -> int:
    """Write the backup to `target`, whole or not at all; returns how many files are in it.

    Raises AdminError when there is a file already, and OSError (a full disk); then nothing is left behind.
    """
    if target.exists():
        raise AdminError(f"{target} exists already and is not overwritten: choose another name.")
    waiting, copied = target.with_name(f".{target.name}.new"), target.with_name(f".{target.name}.copies")
    _remove(waiting, copied)  # what a killed run left
    copied.mkdir(mode=0o700)
    try:
        entries = [*_databases(node, copied), *_files(node, with_root)]
        descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            _fill(file, entries, node, passphrase, profile)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(target)
        sync_folder(target.parent)
    finally:
        _remove(waiting, copied)
    return len(entries)


def _remove(waiting: Path, copied: Path) -> None:
    waiting.unlink(missing_ok=True)
    shutil.rmtree(copied, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make a renaming survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(file: IO[bytes], entries: list[Entry], node: Node, passphrase: bytes, profile: Profile) -> None:
    sealed = SealedWriter(file, passphrase, profile)  # type: ignore[arg-type]
    hashes: dict[str, str] = {}
    with tarfile.open(fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            with entry.path.open("rb") as content:
                hashes[entry.name] = hashlib.file_digest(content, "sha256").hexdigest()
            tar.add(entry.path, entry.name, recursive=False)
        text = manifest(node, hashes, node.clock.now())
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    sealed.finish()


def manifest(node: Node, hashes: dict[str, str], now: datetime) -> bytes:
    """Who, when, and the SHA-256 of every file; it comes last."""
    value = {
        "kind": "myosotis backup",
        "v": 1,
        "organisation": node.organisation,
        "made": clock.to_wire(now),
        "files": hashes,
    }
    return json.dumps(value, indent=1, sort_keys=True).encode()


def _databases(node: Node, copied: Path) -> Iterator[Entry]:
    for service in SERVICES:
        settings = node.settings(service)
        file = copies.sqlite_file(settings.database_url)
        if file is not None:
            if not file.exists():
                raise AdminError(f"{file} does not exist: run `myosotis migrate` before the first backup.")
            target = copied / f"{service}.db"
            copies.copy_sqlite(file, target)
            _like(target, file)
            yield Entry(target, f"{service}/{file.name}")
            continue
        target = copied / f"{service}.rows"
        database = open_database(settings)
        try:
            copies.write_rows(database, target)
        finally:
            database.dispose()
        _like(target, node.folder / service / "service.toml")
        target.chmod(0o600)
        yield Entry(target, f"{service}/{ROWS}")


def _like(copy: Path, original: Path) -> None:
    status = original.stat()
    copy.chmod(status.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(copy, status.st_uid, status.st_gid)


def _files(node: Node, with_root: bool) -> Iterator[Entry]:
    live = {copies.sqlite_file(node.settings(service).database_url) for service in SERVICES}
    names = {f"{path}{end}" for path in live if path is not None for end in ("", *_DATABASE_ENDS)}
    for part in (*PARTS, *((ROOT,) if with_root else ())):
        place = node.folder / part
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            hidden = path.name.endswith((".lock", ".new")) or path.name == ROWS or presence.is_mark(path)
            if path.is_file() and not path.is_symlink() and str(path) not in names and not hidden:
                yield Entry(path, str(path.relative_to(node.folder)))
