"""`myosotis parked` and `myosotis quarantine`: what was given up with a reason, and what was refused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click

from admin import console
from admin.command import node_of
from admin.console import json_option, yes_option
from admin.node import Node
from services.notify.admin import NotifyAdmin
from shared.bus.topology import SERVICES
from shared.store import inbox, outbox, quarantine

service_option = click.option("--service", type=click.Choice(SERVICES), help="Only this service.")
SHOWN = timedelta(days=90)


@click.group()
def parked() -> None:
    """Messages that were set aside; nothing is lost, a person decides."""


@parked.command("list")
@json_option
@click.pass_context
def list_parked(ctx: click.Context, as_json: bool) -> None:
    """Everything that is parked, with its reason."""
    console.show(list(_parked(node_of(ctx))), as_json=as_json, empty="Nothing is parked.")


def _parked(node: Node) -> Iterator[dict[str, Any]]:
    with node.databases() as databases:
        for service, database in databases.items():
            with database.read() as session:
                for going in outbox.parked(session):
                    yield _row(service, "out", going.id, going.recipient, "", going.reason, going.created)
                for coming in inbox.parked(session):
                    about = coming.sender, coming.type, coming.reason, coming.received
                    yield _row(service, "in", coming.id, *about)
    with node.notify() as notify:
        for line in NotifyAdmin(notify.database, notify.channels, notify.clock).list_parked():
            yield _row("notify", "notice", line.id, line.short, line.channel, line.explanation, line.since)


def _row(
    service: str, way: str, number: object, other: str, kind: str, reason: object, since: object
) -> dict[str, Any]:
    return {
        "service": service,
        "way": way,
        "number": number,
        "from_or_to": other,
        "type": kind,
        "reason": reason,
        "since": since,
    }


@parked.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--way", type=click.Choice(["in", "out", "notice"]), help="Only this way.")
@service_option
@yes_option
@click.pass_context
def retry(
    ctx: click.Context, numbers: tuple[int, ...], way: str | None, service: str | None, yes: bool
) -> None:
    """Try again what is parked: all of it, or these NUMBERS of one service and way."""
    if numbers and (service is None or way not in ("in", "out")):
        raise click.UsageError("With numbers, say which list they are from: --service and --way in or out.")
    if not numbers:
        console.confirm("Try everything again that is parked?", yes)
    node, only, count = node_of(ctx), list(numbers) or None, 0
    with node.databases() as databases:
        for name, database in databases.items():
            if service in (None, name):
                with database.begin() as session:
                    now = node.clock.now()
                    if way in (None, "out"):
                        count += outbox.retry_parked(session, now, ids=only)
                    if way in (None, "in"):
                        count += inbox.unpark(session, now, ids=only)
    if way in (None, "notice") and service in (None, "notify"):
        with node.notify() as notify:
            count += NotifyAdmin(notify.database, notify.channels, notify.clock).retry_parked()
    console.say(f"{count} will be tried again.")


@click.group("quarantine")
def quarantine_list() -> None:
    """What was refused at the door."""


@quarantine_list.command("list")
@click.option("--counts", is_flag=True, help="Only how many of each kind.")
@json_option
@click.pass_context
def list_refused(ctx: click.Context, counts: bool, as_json: bool) -> None:
    """Refused messages of the last 90 days: code, size and fingerprint; never content."""
    node, rows = node_of(ctx), []
    with node.databases() as databases:
        for service, database in databases.items():
            with database.read() as session:
                if counts:
                    found = quarantine.counts(session, node.clock.now() - SHOWN)
                    rows += [
                        {"service": service, "code": code, "count": n} for code, n in sorted(found.items())
                    ]
                    continue
                rows += [
                    {
                        "service": service,
                        "lane": row.lane,
                        "code": row.code,
                        "sender": row.sender,
                        "times": row.times,
                        "size": row.size,
                        "sha256": row.sha256.hex()[:16],
                        "received": row.received,
                        "kept": row.envelope is not None,
                    }
                    for row in quarantine.newest(session)
                ]
    console.show(rows, as_json=as_json, empty="Nothing was refused.")


COMMANDS: dict[str, click.Command] = {"parked": parked, "quarantine": quarantine_list}
