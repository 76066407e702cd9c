"""The command `myosotis` itself: its options, its sub-commands, and how it ends when something goes wrong.

Exit codes: 0 done, 1 something is to be mended (one sentence says what), 2 the command was not understood.
"""

import importlib
import io
from pathlib import Path
from typing import Any, TextIO, cast

import click

from admin.errors import sentence
from admin.node import Node
from shared.runtime import log

MODULES: dict[str, str] = {
    "setup": "admin.setup.command",
    "migrate": "admin.status_commands",
    "status": "admin.status_commands",
    "openapi": "admin.status_commands",
    "relay": "admin.relay.commands",
    "card": "admin.partner_commands",
    "partner": "admin.partner_commands",
    "rotate": "admin.rotation.commands",
    "cases": "admin.case_commands",
    "import": "admin.case_commands",
    "publish": "admin.alert_commands",
    "alerts": "admin.alert_commands",
    "withdraw": "admin.alert_commands",
    "user": "admin.user_commands",
    "token": "admin.user_commands",
    "duty": "admin.duty_commands",
    "doctor": "admin.doctor.command",
    "audit": "admin.audit_commands",
    "parked": "admin.parked_commands",
    "quarantine": "admin.parked_commands",
    "evaluate": "admin.evaluate.command",
    "matching": "admin.matching_commands",
    "backup": "admin.backup.commands",
    "restore": "admin.backup.commands",
}
"""Each command is loaded when it is asked for, so that --help and setup start at once."""


class _Nowhere(io.TextIOBase):
    """Takes what is written and keeps nothing."""

    def write(self, text: str) -> int:
        """Forget it."""
        return len(text)


class Myosotis(click.Group):
    """The whole of sub-commands; no error leaves it as a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of an administrator's life, not of the alphabet."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the module of one command."""
        module = MODULES.get(cmd_name)
        if module is None:
            return None
        commands: dict[str, click.Command] = importlib.import_module(module).COMMANDS
        return commands[cmd_name]

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; what goes wrong becomes one sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click ends quietly when whoever reads our output, such as `head`, has enough
        except Exception as error:  # the last resort of a command: told, and never swallowed
            raise click.ClickException(sentence(error)) from None


@click.group(cls=Myosotis, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--node",
    "folder",
    envvar="MYOSOTIS_NODE",
    default=".",
    show_default="the current folder",
    type=click.Path(path_type=Path),
    help="Folder of the node, as `myosotis setup` made it.",
)
@click.version_option(package_name="myosotis")
@click.pass_context
def cli(ctx: click.Context, folder: Path) -> None:
    """Myosotis: exchange of encrypted missing-person alerts. Start with `myosotis setup`."""
    # Libraries may log somebody's data; a person at a terminal gets sentences instead.
    log.configure("myosotis", cast(TextIO, _Nowhere()), level="error")
    ctx.obj = folder


def node_of(ctx: click.Context) -> Node:
    """The node that this command is about. Raises AdminError when there is none."""
    folder = ctx.find_object(Path)
    return Node.at(folder or Path())
