"""The file .env in a node's or a relay's folder: what docker compose asks for; no secret is among it."""

import os
from collections.abc import Mapping
from pathlib import Path

from admin.ownership import Owner

FILE = ".env"


def write_node(path: Path, folder: Path, organisation: str, owner: Owner | None) -> None:
    """For one node, whose files are in `folder`."""
    values = {
        "COMPOSE_PROJECT_NAME": f"myosotis-{organisation}",
        "COMPOSE_PROFILES": "node",
        "MYOSOTIS_FOLDER": str(folder),
        "MYOSOTIS_USER": _user(owner),
        "MYOSOTIS_DESK_PORT": "8080",
    }
    _write(path, "setup", values)


def write_relay(path: Path, folder: Path, port: int, owner: Owner | None) -> None:
    """For a relay, whose files are in `folder`."""
    values = {
        "COMPOSE_PROJECT_NAME": "myosotis-relay",
        "COMPOSE_PROFILES": "relay",
        "MYOSOTIS_RELAY_FOLDER": str(folder),
        "MYOSOTIS_USER": _user(owner),
        "MYOSOTIS_RELAY_PORT": str(port),
    }
    _write(path, "relay create", values)


def _user(owner: Owner | None) -> str:
    user, group = owner or (os.geteuid(), os.getegid())
    return f"{user}:{group}"


def _write(path: Path, command: str, values: Mapping[str, str]) -> None:
    text = f"# For docker compose: --env-file this. Written by `myosotis {command}`; holds no secret.\n"
    path.write_text(text + "".join(f"{name}={value}\n" for name, value in values.items()))
