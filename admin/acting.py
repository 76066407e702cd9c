"""Who acts: every change is made in the name of a person who gave their password (rule 10)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from admin import console
from admin.node import Node
from services.intake.app import IntakeApp
from services.intake.handlers.actor import ADMINISTERS, Actor, UserRole
from services.intake.handlers.errors import MustChangePassword

SOURCE = "command-line"
COMMAND = Actor("command", UserRole.ADMINISTRATOR, "main")
"""For lists that show no person and change nothing."""

Function = TypeVar("Function", bound=Callable[..., Any])


def person_options(command: Function) -> Function:
    """`--as LOGIN` and `--password-file FILE`."""
    login = click.option(
        "--as", "login", envvar="MYOSOTIS_LOGIN", prompt="Your login", help="Login of the person who does it."
    )
    file = click.option(
        "--password-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file with the password on its first line, instead of a question.",
    )
    return login(file(command))


@contextmanager
def acting(
    intake: IntakeApp,
    login: str,
    password_file: Path | None,
    *,
    after_restore: bool = False,
    with_given_password: bool = False,
) -> Iterator[Actor]:
    """Sign in for the length of one command. Raises SignInFailed, and MustChangePassword.

    `after_restore`: also an administrator whose account the restore set aside. `with_given_password`: also
    somebody whose password another person chose.
    """
    password = console.secret(f"Password of {login}", password_file).decode("utf-8", errors="replace")
    sign_ins = intake.use_cases.sign_ins
    signed_in = sign_ins.sign_in(login, password, SOURCE, after_restore=after_restore)
    if signed_in.half:
        code = click.prompt(f"Code of the second step of {login}", type=str, hide_input=True, err=True)
        signed_in = intake.use_cases.second_steps.finish(signed_in, code, SOURCE)
    try:
        if signed_in.must_change and not with_given_password:
            raise MustChangePassword(
                "Another person chose this password: set your own first, with "
                f"`myosotis user password {login} --as {login}`, or at the desk. It opens nothing else."
            )
        yield signed_in.actor
    finally:
        sign_ins.sign_out(signed_in.token)


@contextmanager
def ordering(
    node: Node, login: str, password_file: Path | None, action: str, subject: str = "node"
) -> Iterator[Actor]:
    """An administrator signs in and orders something that spans services and files.

    Intake's audit log has the order before anything is done, so that nothing is done without it (rule 10).
    Raises SignInFailed, MustChangePassword, NotAllowed.
    """
    with node.intake() as intake, acting(intake, login, password_file) as actor:
        actor.must_be(ADMINISTERS)
        with intake.database.begin() as session:
            intake.use_cases.context.audit.append(session, actor.id, action, subject)
        yield actor
