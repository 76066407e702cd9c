"""`myosotis migrate`, `status` and `openapi`."""

import click

from admin import console
from admin.acting import COMMAND
from admin.command import node_of
from admin.ownership import give_to_owner
from admin.status import overview
from services.intake.api.document import document
from services.intake.api.table import ROUTES
from shared.bus.topology import SERVICES
from shared.post import keyed, process


@click.command()
@click.pass_context
def migrate(ctx: click.Context) -> None:
    """Bring the three databases to the newest shape, and take in the own card. Safe to repeat."""
    node = node_of(ctx)
    for service in SERVICES:
        with console.working(f"Preparing the database of {service}"):
            process.migrate(node.settings(service))
    for app in (node.intake, node.matching):
        with app() as opened:
            opened.begin(keyed.own_card(opened.settings))
            keyed.forget_first_key(opened.settings)
            if opened.settings.key_file is not None:
                give_to_owner(opened.settings.key_file)
    console.say("The databases are ready.")


@click.command()
@console.json_option
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """A short overview: partners, alerts, what waits."""
    found = overview(node_of(ctx), COMMAND)
    if as_json:
        console.show_object(found)
        return
    for name, value in found.items():
        console.say(f"{name.replace('_', ' '):<22} {_text(value)}")


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items()) or "none"
    return str(value)


@click.command()
def openapi() -> None:
    """Print the OpenAPI document of the desk's API."""
    console.show_object(document(ROUTES))


COMMANDS: dict[str, click.Command] = {"migrate": migrate, "status": status, "openapi": openapi}
