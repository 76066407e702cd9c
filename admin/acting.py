"""Who acts: every change is made in the name of a person who gave their password (rule 10)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from admin import console
from services.intake.app import IntakeApp
from services.intake.handlers.actor import Actor, UserRole

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
def acting(intake: IntakeApp, login: str, password_file: Path | None) -> Iterator[Actor]:
    """Sign in for the length of one command. Raises SignInFailed."""
    password = console.secret(f"Password of {login}", password_file).decode("utf-8", errors="replace")
    sign_ins = intake.use_cases.sign_ins
    signed_in = sign_ins.sign_in(login, password, SOURCE)
    try:
        yield signed_in.actor
    finally:
        sign_ins.sign_out(signed_in.token)
