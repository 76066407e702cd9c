"""`myosotis rotate`: root, role-key, sealing, epoch; and `card` for a new validity."""

from datetime import UTC, datetime
from pathlib import Path

import click

from admin import console
from admin.acting import acting, ordering, person_options
from admin.command import node_of
from admin.console import yes_option
from admin.errors import AdminError
from admin.node import Node
from admin.rotation import cards, stolen
from admin.rotation import root as root_keys
from admin.rotation.rolekeys import ANNOUNCED_FOR, RoleKeyFile
from shared.wire.parties import Role

root_option = click.option(
    "--root", "root_folder", type=click.Path(file_okay=False, path_type=Path),
    help="Folder with root.key (and next-root.key); the node's own root/ if not given.",
)  # fmt: skip
passphrase_option = click.option(
    "--root-passphrase-file",
    "passphrase_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the root key's passphrase, instead of a question.",
)


@click.group()
def rotate() -> None:
    """New keys in place of old ones."""


@rotate.command()
@root_option
@passphrase_option
@person_options
@yes_option
@click.pass_context
def root(
    ctx: click.Context,
    root_folder: Path | None,
    passphrase_file: Path | None,
    login: str,
    password_file: Path | None,
    yes: bool,
) -> None:
    """Let the next root key take over; partners accept it by itself, words change."""
    node = node_of(ctx)
    console.confirm("Let the next root key take over? Your twelve words change with it.", yes)
    folder = root_folder or node.folder / "root"
    root_keys.refuse_before_delivery(node, folder)
    with ordering(node, login, password_file, "root_key.rotate"):
        passphrase = _passphrase(passphrase_file)
        with console.working("Making keys and a new card"):
            root_keys.rotate(node, folder, passphrase)
    console.say("The next root key has taken over, and every verified partner is told.")
    console.say(f"Put the new next-root.key from {folder} away from root.key again.")


@rotate.command()
@root_option
@passphrase_option
@person_options
@click.pass_context
def card(
    ctx: click.Context,
    root_folder: Path | None,
    passphrase_file: Path | None,
    login: str,
    password_file: Path | None,
) -> None:
    """Issue the card anew, good for another year; every verified partner is told."""
    node = node_of(ctx)
    with ordering(node, login, password_file, "card.rotate"):
        identity = cards.open_root(root_folder or node.folder / "root", _passphrase(passphrase_file))
        cards.install(node, cards.issue(node, identity, cards.own_card(node), node.clock.now()))
    console.say(f"The card is good until {console.moment(cards.own_card(node).valid_until)}.")


@rotate.command("role-key")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--stolen", "is_stolen", is_flag=True, help="The old key may be stolen: revoke it at once.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M"]),
    help="With --stolen: from when on it may have been misused (UTC).",
)
@click.option("--now", "at_once", is_flag=True, help="Use an announced key without waiting an hour.")
@root_option
@passphrase_option
@person_options
@yes_option
@click.pass_context
def role_key(
    ctx: click.Context,
    role: str,
    is_stolen: bool,
    since: datetime | None,
    at_once: bool,
    root_folder: Path | None,
    passphrase_file: Path | None,
    login: str,
    password_file: Path | None,
    yes: bool,
) -> None:
    """Announce a new key for ROLE; run again an hour later to put it into use. The old one counts 60 days."""
    node = node_of(ctx)
    keys = RoleKeyFile.open(node, Role(role))
    if keys.next_since is not None and not is_stolen:
        _check_announced(node, keys, at_once)
        with ordering(node, login, password_file, "role_key.use", role):
            keys.use_next(node.clock.now())
        console.say(f"The new key of {role} is in use once you restart that service.")
        return
    identity_of = root_folder or node.folder / "root"
    if is_stolen:
        console.confirm(
            "Are the workers and the desk of this node stopped, and shall the key be revoked?", yes
        )
        with ordering(node, login, password_file, "role_key.revoke", role):
            identity = cards.open_root(identity_of, _passphrase(passphrase_file))
            begun = since.replace(tzinfo=UTC) if since else node.clock.now()
            told = stolen.replace(node, Role(role), identity, begun)
        console.say(f"The key of {role} is replaced and revoked, and {_told(told)}. Start the services.")
        console.say("Now find out how it was taken, and look at what was received in its name: OPERATIONS.")
        return
    with ordering(node, login, password_file, "role_key.announce", role):
        identity = cards.open_root(identity_of, _passphrase(passphrase_file))
        keys.announce_next(node.clock.now())
        cards.install(node, cards.issue(node, identity, cards.own_card(node), node.clock.now()))
    console.say(f"A new key for {role} is announced. In an hour or later run the same command again.")


def _check_announced(node: Node, keys: RoleKeyFile, at_once: bool) -> None:
    now = node.clock.now()
    if keys.next_since is not None and now - keys.next_since < ANNOUNCED_FOR and not at_once:
        ready = console.moment(keys.next_since + ANNOUNCED_FOR)
        raise AdminError(
            f"The new key is announced; partners need time to learn of it. Run this after {ready}."
        )


@rotate.command()
@person_options
@yes_option
@click.pass_context
def sealing(ctx: click.Context, login: str, password_file: Path | None, yes: bool) -> None:
    """New sealing keys at once, in both services; otherwise they change weekly by themselves."""
    console.confirm("Make new sealing keys now?", yes)
    node = node_of(ctx)
    with ordering(node, login, password_file, "sealing_keys.rotate"):
        told = rotate_sealing(node)
    console.say(f"Both services have new sealing keys; {_told(told)}.")


def rotate_sealing(node: Node) -> int:
    """Force new sealing keys in both services; returns how many partners will be told."""
    now = node.clock.now()
    with node.matching() as matching, matching.database.begin() as session:
        matching.keys.rotate(session, now, force=True)
        matching_set = matching.keys.prekey_set(session)
        matching.tell_intake(session, matching_set)
    with node.intake() as intake, intake.database.begin() as session:
        # Not to wait for matching's own message: that one repeats what is known by then.
        intake.directory.add_prekeys(session, matching_set, now, organisation=node.organisation)
        intake.keys.rotate(session, now, force=True)
        intake.tell_everybody(session, intake.keys.prekey_set(session))
        return len(intake.directory.view(session, now).verified())


@rotate.command()
@click.argument("partner")
@person_options
@yes_option
@click.pass_context
def epoch(ctx: click.Context, partner: str, login: str, password_file: Path | None, yes: bool) -> None:
    """A new pseudonym key for PARTNER: all its look-ups are asked anew, over 30 days."""
    console.confirm(f"Begin a new pseudonym key for {partner}?", yes)
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        number = intake.use_cases.policies.rotate_epoch(partner, actor)
    console.say(f"Epoch {number} has begun for {partner}; the one before is answered for 30 days more.")


def _told(count: int) -> str:
    return f"{console.several(count, 'partner')} {'is' if count == 1 else 'are'} told"


def _passphrase(file: Path | None) -> bytes:
    return console.secret("Passphrase of the root key", file)


COMMANDS: dict[str, click.Command] = {"rotate": rotate}
