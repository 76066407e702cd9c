"""`myosotis duty`: who is told, and when."""

from pathlib import Path

import click

from admin import console
from admin.acting import ordering, person_options
from admin.command import node_of
from admin.console import json_option, yes_option
from admin.errors import AdminError
from services.notify.admin import NotifyAdmin
from services.notify.app import NotifyApp


@click.group()
def duty() -> None:
    """The duty rota: who gets mail when something waits."""


@duty.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name, for the rota.")
@click.option(
    "--language",
    default="lt",
    show_default=True,
    help="Language of the mails: lt, en, fr, pl, ru, uk, lv or de.",
)
@click.option("--zone", default="Europe/Vilnius", show_default=True)
@click.option("--hours", default="always", show_default=True, help="always, or such as: mon-fri 08:00-17:00")
@click.option("--from", "begins", help="From when on: 2026-11-21 20:00")
@click.option("--until", "ends", help="Until when: 2026-11-28 08:00")
@person_options
@click.pass_context
def add(
    ctx: click.Context,
    email: str,
    name: str,
    language: str,
    zone: str,
    hours: str,
    begins: str | None,
    ends: str | None,
    login: str,
    password_file: Path | None,
) -> None:
    """Put a person on the rota. Their mails never say what a case is about."""
    node = node_of(ctx)
    with ordering(node, login, password_file, "duty.add", "rota"), node.notify() as notify:
        person = _admin(notify).add_person(
            name, email, language=language, zone=zone, hours=hours, begins=begins, ends=ends
        )
    console.say(f"{person.name} is on the rota ({person.id}).")


@duty.command("list")
@json_option
@click.pass_context
def list_people(ctx: click.Context, as_json: bool) -> None:
    """The whole rota, and who is on duty now."""
    with node_of(ctx).notify() as notify:
        admin = _admin(notify)
        people, now = admin.list_people(), {person.id for person in admin.on_duty()}
    rows = [
        {
            "name": person.name,
            "email": person.email,
            "language": person.language,
            "hours": person.hours.text or "always",
            "from": person.begins,
            "until": person.ends,
            "on_duty_now": person.id in now,
            "id": person.id,
        }
        for person in people
    ]
    console.show(rows, as_json=as_json, empty="The rota is empty: nobody is told of anything.")


@duty.command()
@click.argument("person")
@person_options
@yes_option
@click.pass_context
def remove(ctx: click.Context, person: str, login: str, password_file: Path | None, yes: bool) -> None:
    """Take a PERSON (name, mail address or id) off the rota."""
    node = node_of(ctx)
    with node.notify() as notify:
        admin = _admin(notify)
        found = [one for one in admin.list_people() if person in (one.id, one.name, one.email)]
        if len(found) != 1:
            raise AdminError("Name exactly one person by the id that `myosotis duty list` shows.")
        console.confirm(f"Take {found[0].name} off the rota?", yes)
        with ordering(node, login, password_file, "duty.remove", found[0].id):
            admin.remove_person(found[0].id)
        left = admin.list_people()
    console.say(f"{found[0].name} is off the rota.")
    if not left:
        console.note("The rota is empty now: nobody is told of anything.")


def _admin(notify: NotifyApp) -> NotifyAdmin:
    return NotifyAdmin(notify.database, notify.channels, notify.clock)


COMMANDS: dict[str, click.Command] = {"duty": duty}
