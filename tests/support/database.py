"""Real databases for tests: an SQLite file, and a private PostgreSQL cluster that nobody else uses.

A missing PostgreSQL is a failure and never a skip. On Debian: apt-get install postgresql.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from shared.store.engine import Database
from shared.store.tables import SharedBase

KINDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


class PrivatePostgres:
    """One cluster in a temporary folder, reached through a socket in that folder."""

    def __init__(self) -> None:
        self._bin = _binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="myo-pg-", dir="/tmp"))
        self._as_user: list[str] = []
        self.user = pwd.getpwuid(os.getuid()).pw_name
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root.
            self.user = "postgres"
            account = pwd.getpwnam(self.user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
            self._as_user = [
                "setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups",
            ]  # fmt: skip
        self._data = self._folder / "data"

    def start(self) -> None:
        """Make the cluster and wait until it answers."""
        self._run("initdb", "-D", str(self._data), "-U", self.user, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off -c max_connections=100"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-t", "60", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """Stop the cluster and delete it, in a process of its own: a test process may be ended at any moment,
        and a hundred databases take longer than that to delete.
        """
        stop = [
            *self._as_user,
            str(self._bin / "pg_ctl"),
            "-D",
            str(self._data),
            "-m",
            "immediate",
            "-w",
            "stop",
        ]
        process = subprocess.Popen(
            ["sh", "-c", '"$@"; rm -rf "$0"', str(self._folder), *stop],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            start_new_session=True,
        )  # fmt: skip
        process.returncode = 0  # nobody waits for it

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(
            host=str(self._folder), user=self.user, dbname="postgres", autocommit=True
        ) as line:
            line.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://{self.user}@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._bin / program), *arguments]
        # pg_ctl leaves a child behind that would hold a pipe open for ever, so output goes to a file.
        with tempfile.TemporaryFile() as output:
            result = subprocess.run(
                command, stdout=output, stderr=output, cwd="/", env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                check=False, timeout=120,
            )  # fmt: skip
            output.seek(0)
            if result.returncode != 0:
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")


@functools.cache
def private_postgres() -> PrivatePostgres:
    """The cluster of this test process, started at first use and stopped at its end."""
    cluster = PrivatePostgres()
    cluster.start()
    atexit.register(cluster.stop)
    return cluster


def new_url(kind: str, folder: Path) -> str:
    """The address of a new, empty database of this kind."""
    if kind == "postgresql":
        return private_postgres().new_database()
    return f"sqlite:///{folder / f'test_{next(_numbers)}.db'}"


def new_database(kind: str, folder: Path) -> Database:
    """A new database with the shared tables, made without migrations."""
    if kind == "sqlite":
        return copy_of(_shared_tables(), folder)
    database = Database(new_url(kind, folder))
    SharedBase.metadata.create_all(database.engine)
    return database


def image(fill: Callable[[Database], object], begin: bytes = b"") -> bytes:
    """The SQLite file that `fill` makes of `begin`, for many tests to begin with: a copy is made at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.db"
        path.write_bytes(begin)
        database = Database(f"sqlite:///{path}")
        fill(database)
        database.dispose()
        assert not path.with_name("image.db-wal").exists()  # all of it is in the file
        return path.read_bytes()


def copy_of(data: bytes, folder: Path) -> Database:
    """A new SQLite database that begins as this image."""
    url = new_url("sqlite", folder)
    Path(url.removeprefix("sqlite:///")).write_bytes(data)
    return Database(url)


@functools.cache
def _shared_tables() -> bytes:
    return image(lambda database: SharedBase.metadata.create_all(database.engine))


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    return Path(on_path).resolve().parent
