"""`myosotis relay`: create, admit, list, renew for the operator; join for a member."""

import os
from pathlib import Path

import click

from admin import console
from admin.brokers import BrokerFolder
from admin.command import node_of
from admin.console import json_option, yes_option
from admin.errors import AdminError
from admin.ownership import COMPOSE_OWNER, Owner, give_files, give_to_owner, owner_option
from admin.relay import bundle as bundles
from admin.relay.bundle import RelayBundle
from admin.setup import environment
from admin.setup.answers import place
from shared.bus.topology import SERVICES, checked

RELOAD = "The broker reads its new definitions at its next start: restart it now; nothing is lost."
relay_option = click.option(
    "--relay",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the relay's broker; the node's own broker if not given.",
)


@click.group()
def relay() -> None:
    """The meeting place of a circle: run one, admit members, or join one."""


@relay.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Host name under which members reach it.")
@click.option("--port", default=5671, show_default=True)
@owner_option
def create(folder: Path, name: str, port: int, owner: Owner | None) -> None:
    """Make the FOLDER of a broker that is a relay and nothing else."""
    if folder.exists() and any(folder.iterdir()):
        raise AdminError(f"{folder} is not empty: choose another folder for the relay.")
    if folder.exists():
        folder.rmdir()
    broker = BrokerFolder.create(folder, [name], port=port)
    if owner is None and os.geteuid() == 0:
        owner = COMPOSE_OWNER
    environment.write_relay(folder / environment.FILE, folder.resolve(), port, owner)
    if owner is not None:
        give_files(owner, broker.read_by_broker())
    console.say(f"The relay's files are in {folder}. Admit members, then start the broker:")
    console.say(f"  myosotis relay admit ORGANISATION --relay {folder}")
    console.say(f"  docker compose --env-file {folder}/{environment.FILE} up -d --wait")


@relay.command()
@click.argument("organisation")
@relay_option
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write; ORGANISATION.relay if not given."
)
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A passphrase of your own instead of six new words.",
)
@click.pass_context
def admit(
    ctx: click.Context, organisation: str, folder: Path | None, out: Path | None, passphrase_file: Path | None
) -> None:
    """Give ORGANISATION its inboxes and its rights, and write the file with which it joins."""
    broker = _broker(ctx, folder)
    checked(organisation)
    out = out or Path(f"{organisation}.relay")
    if out.exists():
        raise AdminError(f"{out} exists already and is not overwritten: move it away first.")
    places = broker.places
    known = organisation in places.members
    if not known:
        broker.write_topology([*places.members, organisation], places.nodes)
    _bundle(broker, organisation, out, passphrase_file)
    console.say("" if known else RELOAD)


@relay.command()
@click.argument("organisation")
@relay_option
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write; ORGANISATION.relay if not given."
)
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def bundle(
    ctx: click.Context, organisation: str, folder: Path | None, out: Path | None, passphrase_file: Path | None
) -> None:
    """Write a member's file anew: with fresh certificates, before the old ones expire."""
    broker = _broker(ctx, folder)
    if organisation not in broker.places.members:
        raise AdminError(f"{organisation} is not a member yet: run `myosotis relay admit {organisation}`.")
    _bundle(broker, organisation, out or Path(f"{organisation}.relay"), passphrase_file)


@relay.command()
@click.argument("organisation")
@relay_option
@yes_option
@click.pass_context
def remove(ctx: click.Context, organisation: str, folder: Path | None, yes: bool) -> None:
    """Take ORGANISATION's rights away; its certificate opens nothing after the broker's next start."""
    broker = _broker(ctx, folder)
    places = broker.places
    if organisation not in places.members:
        raise AdminError(f"{organisation} is not a member of this relay.")
    console.confirm(f"Remove {organisation} and its rights from the relay?", yes)
    broker.write_topology([one for one in places.members if one != organisation], places.nodes)
    console.say(f"{organisation} is removed from the definitions. {RELOAD}")
    console.say(
        "A broker keeps users that its definitions no longer name. In its container run:\n"
        f"  rabbitmqctl delete_user {organisation}"
    )


@relay.command("list")
@relay_option
@json_option
@click.pass_context
def members(ctx: click.Context, folder: Path | None, as_json: bool) -> None:
    """Who is on this relay."""
    places = _broker(ctx, folder).places
    rows = [{"organisation": one, "local_broker_here": one in places.nodes} for one in places.members]
    console.show(rows, as_json=as_json, empty="Nobody is a member of this relay yet.")


@relay.command("renew-server")
@relay_option
@click.pass_context
def renew_server(ctx: click.Context, folder: Path | None) -> None:
    """A new certificate for the broker itself, before the old one expires; members need nothing new."""
    broker = _broker(ctx, folder)
    broker.renew_server()
    for name in ("server.pem", "server.key"):
        give_to_owner(broker.path / "tls" / name)
    console.say("The broker has a new certificate; restart it to use it.")


@relay.command("renew-node")
@click.pass_context
def renew_node(ctx: click.Context) -> None:
    """New certificates for this node's three services on its own broker, before the old ones expire."""
    node = node_of(ctx)
    broker = _broker(ctx, None)
    broker.admit_node(node.organisation, node.folder)
    if node.organisation in broker.places.members:
        broker.admit_member(node.organisation, node.folder)
    for service in SERVICES:
        for path in (node.folder / service / "tls").iterdir():
            give_to_owner(path)
    console.say("All three services have new certificates for the node's own broker: restart them.")


@relay.command("join")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--address", help="Where to dial, host:port, if not where the relay's certificate says.")
@click.pass_context
def join_relay(ctx: click.Context, file: Path, passphrase_file: Path | None, address: str | None) -> None:
    """Join the relay whose operator made FILE; again later, with a newer file, to renew certificates."""
    node = node_of(ctx)
    RelayBundle.must_look_like_one(file)
    passphrase = console.secret("The six words that the relay's operator told you", passphrase_file)
    given = RelayBundle.read(file, passphrase)
    host, port = place(address, given.port) if address else (None, None)
    bundles.join(node, given, host=host, port=port)
    console.say(f"{node.organisation} joins the relay at {host or given.host}. Restart intake and matching;")
    console.say(
        "then `myosotis doctor` says whether the relay lets them in. The file is not needed any more:"
    )
    console.say(f"delete {file}, it holds a private key.")


def _broker(ctx: click.Context, folder: Path | None) -> BrokerFolder:
    return BrokerFolder.load(folder or (ctx.find_object(Path) or Path()) / "broker")


def _bundle(broker: BrokerFolder, organisation: str, out: Path, passphrase_file: Path | None) -> None:
    words = bundles.new_passphrase() if passphrase_file is None else ""
    passphrase = words.encode() or console.secret("", passphrase_file)
    RelayBundle.issue(broker, organisation).write(out, passphrase)
    console.say(f"{out} is for {organisation}: send it by mail or stick. It is good for 13 months.")
    if words:
        console.say(f"Tell them these words by telephone, and not in the same mail:\n\n  {words}\n")


COMMANDS: dict[str, click.Command] = {"relay": relay}
