"""Whose files these are: services run as one user, and an administrator may be another, or root.

What a command writes among a service's files has to belong to that service's user, or the service cannot
read it any more; an SQLite database that root made is one that the service cannot write.
"""

import os
import pwd
import re
from collections.abc import Iterable
from pathlib import Path

import click

from admin.errors import AdminError

Owner = tuple[int, int]
"""User and group."""
COMPOSE_OWNER: Owner = (10001, 10001)
"""User and group of every container; the image's Dockerfile says the same."""


def _owner(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Owner | None:
    """uid:gid as two numbers."""
    del ctx, parameter
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9})", value)
    if found is None:
        raise click.BadParameter("write two numbers, uid:gid, such as 10001:10001")
    return int(found[1]), int(found[2])


owner_option = click.option(
    "--owner", callback=_owner, help="uid:gid of the services' files; 10001:10001 for containers, as root."
)


def give_files(owner: Owner, paths: Iterable[Path]) -> None:
    """Give these to the services' user. Raises AdminError when only root may."""
    try:
        for path in paths:
            os.chown(path, *owner, follow_symlinks=False)
    except PermissionError:
        raise AdminError(
            "Only root can give files to another user: run this as root, or without --owner."
        ) from None


def give_to_owner(path: Path) -> None:
    """As root: what was written into a service's folder belongs to whoever owns that folder."""
    if os.geteuid() != 0:
        return
    owner = path.parent.stat()
    os.chown(path, owner.st_uid, owner.st_gid)


def make_database_file(path: Path) -> None:
    """As root: an SQLite file that does not exist yet is made for the owner of its folder, before it is used.

    What SQLite keeps beside it (-wal, -shm) it gives to the file's owner by itself.
    """
    if os.geteuid() == 0 and not path.exists():
        path.touch(mode=0o600)
        give_to_owner(path)


def refuse_strangers(folder: Path) -> None:
    """Only the owner of a node's files, or root, works with them. Raises AdminError that says who that is."""
    owner, caller = folder.stat().st_uid, os.geteuid()
    if caller not in (0, owner):
        raise AdminError(
            f"The files in {folder.parent} belong to {_name(owner)}, and you are {_name(caller)}: what you "
            f"wrote there the services could not read. Run it as root, or: sudo -u '#{owner}' myosotis ..."
        )


def is_there(path: Path) -> bool:
    """Whether there is such a file, also in a folder that we may not enter: only what is there is shut."""
    try:
        return path.exists()
    except PermissionError:
        return True


def _name(user: int) -> str:
    try:
        return f"{pwd.getpwuid(user).pw_name} ({user})"
    except KeyError:
        return f"user {user}"
