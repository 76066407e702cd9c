"""Runs `myosotis` as a person would, on real folders."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from click.testing import CliRunner

from admin import nodes
from admin.command import cli
from admin.nodes import NodePlan
from services.intake import app as intake_app
from services.intake.handlers.actor import UserRole
from services.intake.handlers.users import Users
from shared.bus.topology import SERVICES
from shared.post import keyed, process
from shared.runtime import settings as settings_files
from shared.runtime.clock import Clock, SystemClock
from tests.support.logs import log_restored
from tests.support.world import FAST, plan_for

PASSWORD = "four unrelated words do well"
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ROOT_PASSPHRASE = b"a root passphrase for tests"
STAFF = {
    "anna": UserRole.ADMINISTRATOR,
    "boris": UserRole.ADMINISTRATOR,
    "rasa": UserRole.CASEWORKER,
    "lea": UserRole.SAFEGUARDING_LEAD,
}


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


def run(*arguments: object, node: Path | None = None, answers: str = "", code: int | None = 0) -> Said:
    """Run one command. Whatever happens it ends with 0, 1 or 2, a sentence, and no traceback."""
    begin = [] if node is None else ["--node", str(node)]
    words = [*begin, *map(str, arguments)]
    with log_restored():
        result = CliRunner().invoke(cli, words, input=answers, prog_name="myosotis")
    said = Said(result.exit_code, result.stdout, result.stderr)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert "unexpected" not in result.output, said
    if code is not None:
        assert result.exit_code == code, said
    return said


def refused(*arguments: object, node: Path | None = None, answers: str = "") -> str:
    """Run a command that has to fail with code 1; the sentence it says."""
    said = run(*arguments, node=node, answers=answers, code=1)
    last = said.err.strip().splitlines()[-1]
    assert last.startswith("Error: "), said
    return last.removeprefix("Error: ")


def secret_file(folder: Path, text: str | bytes, name: str = "secret") -> Path:
    """A file with a passphrase or password."""
    path = folder / name
    path.write_bytes((text.encode() if isinstance(text, str) else text) + b"\n")
    return path


def acting(folder: Path, login: str) -> list[object]:
    """`--as LOGIN --password-file FILE`."""
    return ["--as", login, "--password-file", secret_file(folder, PASSWORD, "password")]


def make_node(
    folder: Path,
    organisation: str = "lt-vilnius",
    *,
    clock: Clock | None = None,
    plan: NodePlan | None = None,
    adapt: Callable[[Path], None] | None = None,
) -> Path:
    """A node that is set up and migrated and has its staff; quick keys."""
    clock = clock or SystemClock()
    nodes.create(folder, plan or plan_for(organisation, folder), ROOT_PASSPHRASE, clock, FAST)
    if adapt is not None:
        adapt(folder)
    for service in SERVICES:
        process.migrate(settings_files.load(folder / service))
    run("migrate", node=folder)
    hire(folder)
    return folder


def hire(folder: Path) -> None:
    """The staff of a node, each with the same password, whose hashes are quick to compare with."""
    app = intake_app.build(settings_files.load(folder / "intake"))
    users = Users(app.use_cases.context, QUICK_HASHER)
    try:
        for login, role in STAFF.items():
            users.create(login, PASSWORD, login.title(), role)
    finally:
        app.database.dispose()


def begin_again(folder: Path) -> None:
    """Take in the own card once more, as `migrate` does at every start."""
    app = intake_app.build(settings_files.load(folder / "intake"))
    try:
        app.begin(keyed.own_card(app.settings))
    finally:
        app.database.dispose()
