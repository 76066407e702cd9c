"""`myosotis user` and `myosotis token`: accounts of the staff, and tokens for programs."""

from pathlib import Path

import click

from admin import console
from admin.acting import COMMAND, acting, person_options
from admin.command import node_of
from admin.console import json_option, yes_option
from admin.errors import AdminError
from admin.node import Node
from services.intake.handlers.actor import UserRole
from services.intake.handlers.errors import MustChangePassword
from services.intake.handlers.intake import Intake
from services.intake.handlers.invitations import Link
from services.intake.handlers.users import User, fold_login

ROLES = click.Choice([role.value for role in UserRole])
password_file_of = click.option(
    "--new-password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the account's new password, instead of a question.",
)


@click.group()
def user() -> None:
    """Accounts of the staff."""


@user.command()
@click.argument("new_login", metavar="LOGIN", required=False)
@click.option("--name", help="The person's name, as colleagues see it.")
@click.option("--role", type=ROLES, help="What the person is here for.")
@click.option("--language", help="Two letters; the desk's first language if not given.")
@click.option("--team", default="main", show_default=True)
@click.option(
    "--first", is_flag=True, help="The very first account, an administrator; nobody has to sign in."
)
@click.option("--as", "login", envvar="MYOSOTIS_LOGIN", help="Login of the administrator who does it.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with that administrator's password.",
)
@password_file_of
@click.pass_context
def add(
    ctx: click.Context,
    new_login: str | None,
    name: str | None,
    role: str | None,
    language: str | None,
    team: str,
    first: bool,
    login: str | None,
    password_file: Path | None,
    new_password_file: Path | None,
) -> None:
    """Add an account. The first one is made with --first, right after set-up."""
    node = node_of(ctx)
    language = language or node.settings("intake").languages[0]
    with node.intake() as intake:
        users = intake.use_cases.users
        if first and users.overview(COMMAND):
            raise AdminError(
                "There are accounts already: add this one with --as and an administrator's login."
            )
        new_login = new_login or click.prompt("Login of the new account", type=str)
        name = name or click.prompt("Name of the person", type=str)
        chosen = UserRole.ADMINISTRATOR if first else UserRole(role or click.prompt("Role", type=ROLES))
        if first:
            password = _new_password(new_password_file)
            made = users.create(new_login, password, name, chosen, language=language, team=team)
        else:
            login = login or click.prompt("Your login", type=str)
            with acting(intake, login, password_file) as actor:
                password = _new_password(new_password_file)
                made = users.create(new_login, password, name, chosen, language=language, team=team, by=actor)
    console.say(f"{made.login} is {made.role.value}.")
    if made.must_change:
        console.say(
            f"They set their own password first: myosotis user password {made.login}, or at the desk."
        )
    if first:
        console.say("Add a second administrator soon: it takes two people to verify a partner.")


@user.command()
@click.argument("new_login", metavar="LOGIN")
@click.option("--name", required=True, help="The person's name, as colleagues see it.")
@click.option("--role", type=ROLES, required=True, help="What the person is here for.")
@click.option("--language", help="Two letters; the desk's first language if not given.")
@click.option("--team", default="main", show_default=True)
@person_options
@click.pass_context
def invite(
    ctx: click.Context,
    new_login: str,
    name: str,
    role: str,
    language: str | None,
    team: str,
    login: str,
    password_file: Path | None,
) -> None:
    """Make an account and a link that works once, within a week: the person chooses the password there."""
    node = node_of(ctx)
    language = language or node.settings("intake").languages[0]
    with node.intake() as intake, acting(intake, login, password_file) as actor:
        made = intake.use_cases.invitations.invite(
            new_login, name, UserRole(role), actor, language=language, team=team
        )
    _show_link(node, made)


@user.command()
@click.argument("other", metavar="LOGIN")
@person_options
@click.pass_context
def link(ctx: click.Context, other: str, login: str, password_file: Path | None) -> None:
    """A new link for somebody who forgot the password (one hour) or has not begun (a week)."""
    node = node_of(ctx)
    with node.intake() as intake, acting(intake, login, password_file) as actor:
        found = _account(intake.use_cases, other)
        made = intake.use_cases.invitations.renew(found.id, actor)
    _show_link(node, made)


@user.command("list")
@json_option
@click.pass_context
def list_users(ctx: click.Context, as_json: bool) -> None:
    """Every account."""
    with node_of(ctx).intake() as intake:
        users = intake.use_cases.users.overview(COMMAND)
    logins = {one.id: one.login for one in users}
    rows = [
        {
            "login": one.login,
            "role": one.role.value,
            "team": one.team,
            "active": one.active,
            "off_since_restore": one.set_aside,
            "made_by": logins.get(one.created_by or "", ""),
            "password_from": logins.get(one.password_by or "", ""),
            "id": one.id,
        }
        for one in users
    ]
    console.show(rows, as_json=as_json, empty="No account yet: add one with `myosotis user add --first`.")


@user.command()
@click.argument("other", metavar="LOGIN")
@person_options
@yes_option
@click.pass_context
def disable(ctx: click.Context, other: str, login: str, password_file: Path | None, yes: bool) -> None:
    """Switch an account off and end its sessions and tokens at once."""
    console.confirm(f"Switch off the account {other}?", yes)
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        found = _account(intake.use_cases, other)
        if found.id == actor.id:
            raise AdminError("You cannot switch off your own account: ask another administrator.")
        intake.use_cases.users.deactivate(found.id, actor)
    console.say(f"{found.login} is switched off. If this person knew passphrases, change those keys, too.")


@user.command()
@click.argument("other", metavar="LOGIN")
@person_options
@click.pass_context
def enable(ctx: click.Context, other: str, login: str, password_file: Path | None) -> None:
    """Switch an account on again: after a restore, or when somebody comes back."""
    with node_of(ctx).intake() as intake, acting(intake, login, password_file, after_restore=True) as actor:
        found = _account(intake.use_cases, other)
        intake.use_cases.users.enable(found.id, actor)
    console.say(f"{found.login} may sign in again, with the old password.")


@user.command()
@click.argument("other", metavar="LOGIN")
@person_options
@password_file_of
@click.pass_context
def password(
    ctx: click.Context, other: str, login: str, password_file: Path | None, new_password_file: Path | None
) -> None:
    """Set a new password; ends every session of that account."""
    with (
        node_of(ctx).intake() as intake,
        acting(intake, login, password_file, with_given_password=True) as actor,
    ):
        found = _account(intake.use_cases, other)
        own = found.id == actor.id
        if not own and _account(intake.use_cases, login).must_change:
            raise MustChangePassword()
        intake.use_cases.users.change_password(found.id, _new_password(new_password_file), actor)
    console.say(f"{found.login} has a new password and has to sign in again.")
    if not own:
        console.say("It serves once, to set their own. For a week they are no second person for a partner.")


@click.group()
def token() -> None:
    """Tokens for programs that use the API."""


@token.command()
@click.option("--label", default="command line", show_default=True, help="What it is for.")
@click.option("--days", default=90, show_default=True, help="How long it is good: 1 to 365 days.")
@person_options
@click.pass_context
def issue(ctx: click.Context, label: str, days: int, login: str, password_file: Path | None) -> None:
    """Make a token that acts as you. It is shown once, on standard output alone."""
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        made = intake.use_cases.sign_ins.issue_token(label, actor, days=days)
    console.note(f"Good until {console.moment(made.expires_at)}. It is not shown again:")
    console.say(made.token)


def _show_link(node: Node, made: Link) -> None:
    console.note(f"For {made.name}, once, until {console.moment(made.expires_at)}. It is not shown again:")
    console.say(f"{node.settings('intake').public_url.rstrip('/')}/welcome/{made.token}")


def _new_password(file: Path | None) -> str:
    return console.secret("New password (12 characters or more)", file, twice=True).decode()


def _account(use_cases: Intake, login: str) -> User:
    for one in use_cases.users.overview(COMMAND):
        if one.login == fold_login(login):
            return one
    raise AdminError(f"There is no account {login}: `myosotis user list` shows all.")


COMMANDS: dict[str, click.Command] = {"user": user, "token": token}
