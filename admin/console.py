"""How the command speaks: tables for people, JSON for programs, progress on long work, questions."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from admin.errors import AdminError

Row = Mapping[str, Any]
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask before a step that cannot be undone.")


def say(text: str) -> None:
    """One line on standard output."""
    click.echo(text)


def several(count: int, one: str, many: str = "") -> str:
    """'1 case', '2 cases'; `many` where an s is not enough."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def note(text: str) -> None:
    """One line beside the result, on standard error."""
    click.echo(text, err=True)


def show(rows: Sequence[Row], *, as_json: bool, empty: str) -> None:
    """Rows as a table, or as a JSON list; `empty` is said when there are none."""
    if as_json:
        click.echo(json.dumps([dict(row) for row in rows], default=_plain, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        # Text and not markup: a partner's name may hold brackets.
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    wide().print(table)


def show_object(value: Row) -> None:
    """One JSON object."""
    click.echo(json.dumps(dict(value), default=_plain, ensure_ascii=False, indent=2))


def wide() -> Console:
    """A console on today's standard output; off a terminal it never folds a line."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something takes a while: a moving line on a terminal, a plain one elsewhere."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        note(f"{what} ...")
        yield
        return
    with console.status(f"{what} ..."):
        yield


def confirm(question: str, yes: bool) -> None:
    """Ask before something that cannot be undone; ends the command when the answer is no."""
    if not yes:
        click.confirm(question, abort=True)


def secret(prompt: str, file: Path | None, *, twice: bool = False) -> bytes:
    """A passphrase from a file's first line, or asked for on the terminal without showing it."""
    if file is None:
        typed: str = click.prompt(prompt, hide_input=True, confirmation_prompt=twice)
        return typed.encode()
    data = file.read_bytes().split(b"\n", 1)[0].rstrip(b"\r")
    if not data:
        raise AdminError(f"{file} is empty; it must hold the passphrase on its first line.")
    return data


def moment(value: datetime | None) -> str:
    """A time for people, in UTC."""
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M UTC")


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
