"""`myosotis backup` and `myosotis restore`."""

import csv
import os
import sys
from pathlib import Path
from typing import Any

import click

from admin import console
from admin.acting import COMMAND, acting, person_options
from admin.backup import archive, release, restoring, standings
from admin.command import node_of
from admin.console import json_option, several, yes_option
from admin.errors import AdminError
from admin.node import Node
from admin.ownership import is_there
from admin.witness import Witness

MIN_PASSPHRASE = 12
file_option = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Restore(click.Group):
    """`restore FILE FOLDER` as well as `restore review` and `restore release`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Whatever is no sub-command is a file."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["file", *args]
        return super().resolve_command(ctx, args)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--passphrase-file", type=file_option, help="A file with the backup's passphrase.")
@click.option("--with-root", is_flag=True, help="The root key, too, if it lies in root/.")
@click.pass_context
def backup(ctx: click.Context, file: Path, passphrase_file: Path | None, with_root: bool) -> None:
    """Write databases, keys, cards, settings and certificates to one encrypted FILE. Services may run."""
    node = node_of(ctx)
    passphrase = console.secret("Passphrase of the backup", passphrase_file, twice=True)
    if len(passphrase) < MIN_PASSPHRASE:
        raise AdminError(f"Use {MIN_PASSPHRASE} characters or more for the passphrase of a backup.")
    try:
        with console.working("Copying databases and files"):
            count = archive.write(node, file, passphrase, with_root=with_root)
    except OSError as error:
        raise AdminError(
            f"The backup could not be written ({error.strerror}): free some space or choose another disk. "
            "No half file is left."
        ) from None
    console.say(f"{file} holds {several(count, 'file')}. Keep it on another machine, 67 days at most.")
    if not with_root and is_there(node.folder / "root" / "root.key"):
        console.note("The root key is not in it: keep that one apart, or use --with-root.")
    if not os.access(node.folder / archive.AUTHORITY, os.R_OK | os.X_OK):
        console.note(
            "The broker's authority is not in it, because only root may read it: keep it apart, too."
        )


@click.group(cls=_Restore)
def restore() -> None:
    """FILE FOLDER: put a backup into a new FOLDER. Then: review, release. Also: check FILE."""


@restore.command("file", hidden=True)
@click.argument("file", type=file_option)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--passphrase-file", type=file_option)
def restore_file(file: Path, folder: Path, passphrase_file: Path | None) -> None:
    """Check the whole of FILE, and only then write it to FOLDER."""
    passphrase = console.secret("Passphrase of the backup", passphrase_file)
    with console.working("Checking and restoring"):
        found = restoring.restore(file, folder, passphrase)
    console.say(
        f"{found.organisation} as of {console.moment(found.made)} is in {folder} ({found.files} files)."
    )
    if any(folder.glob(f"*/{archive.ROWS}")):
        console.say(f"Start PostgreSQL with new databases, then: myosotis --node {folder} restore load")
    console.say("It is in quarantine: it takes messages in and sends nothing. Next:")
    console.say(f"  myosotis --node {folder} restore review > decisions.csv")
    console.say("  write keep, withdraw or erase beside each alert, with the caseworkers")
    console.say(
        f"  myosotis --node {folder} restore release --decisions decisions.csv --keep PARTNER --as LOGIN"
    )


@restore.command("check")
@click.argument("file", type=file_option)
@click.option("--passphrase-file", type=file_option)
def check_file(file: Path, passphrase_file: Path | None) -> None:
    """Read the whole of FILE and say whether it could be restored. Writes nothing."""
    passphrase = console.secret("Passphrase of the backup", passphrase_file)
    with console.working("Checking"):
        found = restoring.check(file, passphrase)
    console.say(
        f"{file} is whole: {found.organisation} as of {console.moment(found.made)}, {found.files} files."
    )


@restore.command()
@click.pass_context
def load(ctx: click.Context) -> None:
    """Put the restored rows into new PostgreSQL databases."""
    node = node_of(ctx)
    if not any(node.folder.glob(f"*/{archive.ROWS}")):
        raise AdminError(
            "There are no rows to load: they were loaded already, or the databases are SQLite files."
        )
    with console.working("Loading"):
        counts = restoring.load(node)
    console.say(", ".join(f"{service}: {several(count, 'row')}" for service, count in counts.items()))


@restore.command()
@json_option
@click.pass_context
def review(ctx: click.Context, as_json: bool) -> None:
    """Print, as CSV, every alert that the restored node believes to be shared."""
    rows = release.live_alerts(node_of(ctx))
    if as_json:
        console.show(rows, as_json=True, empty="")
        return
    out = csv.DictWriter(sys.stdout, ["alert", "short", "case", "case_short", "shared", "decision"])
    out.writeheader()
    out.writerows(rows)
    console.note(
        "Write keep, withdraw or erase into the last column. Add rows for cases erased since: ,,case,,,erase"
    )
    _who(node_of(ctx))


def _who(node: Node) -> None:
    """The partners and accounts of the backup, beside the CSV: somebody may have left since."""
    with node.intake() as intake:
        with intake.database.read() as session:
            partners = [(row.organisation, row.status) for row in standings.undecided(session)]
        accounts = [one for one in intake.use_cases.users.overview(COMMAND) if one.set_aside]
    console.note("Partners: telephone each, and say --keep or --suspend of each at the release.")
    for organisation, status in partners:
        console.note(f"  {organisation} was {status}")
    console.note(
        "Accounts: all are off. Whoever is still here: myosotis user enable LOGIN --as ADMINISTRATOR"
    )
    for account in accounts:
        console.note(f"  {account.login} was {account.role.value}")


@restore.command("release")
@click.option("--decisions", type=file_option, help="The reviewed CSV.")
@click.option("--all-still-shared", is_flag=True, help="Nothing was withdrawn or erased since the backup.")
@click.option("--keep", multiple=True, metavar="PARTNER", help="The exchange with PARTNER goes on; repeat.")
@click.option(
    "--suspend",
    multiple=True,
    metavar="PARTNER",
    help="PARTNER was suspended since the backup, or is in doubt.",
)
@click.option(
    "--witness",
    "files",
    multiple=True,
    type=(str, file_option),
    metavar="PARTNER FILE",
    help="What PARTNER printed with `myosotis audit witness` and gave to you itself; may be repeated.",
)
@person_options
@yes_option
@click.pass_context
def release_node(
    ctx: click.Context,
    decisions: Path | None,
    all_still_shared: bool,
    keep: tuple[str, ...],
    suspend: tuple[str, ...],
    files: tuple[tuple[str, Path], ...],
    login: str,
    password_file: Path | None,
    yes: bool,
) -> None:
    """End the quarantine after reconciling; everything still shared goes out anew."""
    if (decisions is None) != all_still_shared:
        raise click.UsageError("Give either --decisions FILE or --all-still-shared.")
    node = node_of(ctx)
    chosen = None if decisions is None else release.read_decisions(decisions)
    witnesses = {partner: Witness.read(file) for partner, file in files}
    console.confirm("Are the workers stopped, and shall this node speak to its partners again?", yes)
    with node.intake() as intake, acting(intake, login, password_file, after_restore=True) as actor:
        actor.must_be(release.MAY_RELEASE)
        done = release.release(node, actor, chosen, witnesses, keep=keep, suspend=suspend)
        off = [one.login for one in intake.use_cases.users.overview(COMMAND) if one.set_aside]
    console.say(
        f"Released: {several(done.kept, 'alert')} kept, {done.withdrawn} withdrawn, "
        f"{several(done.erased, 'case')} erased again; {several(done.sent_anew, 'message')} to go out anew. "
        "Start the services."
    )
    if suspend:
        console.say(f"Suspended: {', '.join(sorted(suspend))}. Two people can start each again.")
    if off:
        console.say(
            f"Still off: {', '.join(off)}. Whoever is still here: myosotis user enable LOGIN --as {login}"
        )
    if done.lost:
        console.say(
            f"Shared after the backup and known to partners only: {several(done.lost, 'alert')}, now "
            "recalled there. Ask the caseworkers which cases are missing, and register and share them again."
        )


COMMANDS: dict[str, click.Command] = {"backup": backup, "restore": restore}
