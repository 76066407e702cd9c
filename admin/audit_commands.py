"""`myosotis audit`: verify the three logs, write down their heads, and be a partner's witness (case 83)."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from sqlalchemy import select

from admin import console
from admin.command import node_of
from admin.console import json_option
from admin.errors import AdminError
from admin.node import KEYED, Node
from admin.rotation.rolekeys import RoleKeyFile
from admin.witness import Witness, of
from services.intake.handlers.users import fold_login
from services.intake.store.users import UserRow
from shared.bus.topology import SERVICES
from shared.crypto.errors import BadSignature
from shared.crypto.signing import SigningKey
from shared.partners.rolekeys import SIGNING_SECRET
from shared.store import audit_check
from shared.store.audit import HEAD_LABEL, Audit, Head
from shared.store.audit_check import AuditReport, HeadVerifier, Problem
from shared.store.tables import AuditRow
from shared.wire.parties import Role

ADVICE: dict[Problem, str] = {
    Problem.CHANGED: "row {index} was changed afterwards",
    Problem.REMOVED: "row {index} was removed",
    Problem.FORKED: "from row {index} on the log was written anew",
    Problem.TRUNCATED: "rows from {index} on were cut off",
    Problem.UNKNOWN_HEAD: "a partner saw a state that this log never had: cut off or written anew from row "
    "{index} on at the earliest",
    Problem.BAD_HEAD: "the head at row {index} is not signed by this log's key",
}


@click.group()
def audit() -> None:
    """The logs of who looked at or did what."""


@audit.command()
@click.option(
    "--witness",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file from a partner's `myosotis audit witness`; may be repeated.",
)
@json_option
@click.pass_context
def verify(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Read all three logs and name the first row that cannot be believed. Exit code 1 if there is one."""
    node = node_of(ctx)
    reports = verify_all(node, [Witness.read(file) for file in files])
    rows = [
        {
            "log": f"{node.organisation}/{service}",
            "rows": report.length,
            "ok": report.ok,
            "first_bad": report.first_bad_index,
            "problem": explain(report),
        }
        for service, report in reports.items()
    ]
    console.show(rows, as_json=as_json, empty="")
    if not all(report.ok for report in reports.values()):
        raise AdminError(
            "An audit log was tampered with or damaged. Change nothing, copy the database, and compare it "
            "with a backup: OPERATIONS, `audit verify` says no."
        )


def verify_all(node: Node, witnesses: Sequence[Witness] = ()) -> dict[str, AuditReport]:
    """The report of each service's log. `witnesses` are partners' words about our logs."""
    witnessed = [head.as_head() for one in witnesses for head in one.heads]
    reports = {}
    for service in SERVICES:
        log = f"{node.organisation}/{service}"
        check = _verifier(node, service)
        with node.database(service) as database, database.read() as session:
            mine = [head for head in witnessed if head.log == log]
            reports[service] = audit_check.verify(session, log, check, mine)
    return reports


def explain(report: AuditReport) -> str:
    """What is wrong, in words; empty when nothing is."""
    return "" if report.problem is None else ADVICE[report.problem].format(index=report.first_bad_index)


def _verifier(node: Node, service: str) -> HeadVerifier:
    keys = RoleKeyFile.open(node, Role(service)).every_key() if service in KEYED else []

    def check(head: Head) -> None:
        if not head.signature:
            return  # a witness's word: it is compared, and a difference is for people to judge
        for key in keys:
            try:
                key.verify(HEAD_LABEL, head.message, head.signature)
            except BadSignature:
                continue
            return
        raise BadSignature("this head is not signed by a key of this service")

    return check


@audit.command()
@click.option("--log", "service", type=click.Choice(SERVICES), default="intake", show_default=True)
@click.option("--who", help="Only what this LOGIN did.")
@click.option("--about", help="Only rows about this id: of a case, an alert, a partner, an account.")
@click.option("--last", default=50, show_default=True, help="How many rows, the newest last.")
@json_option
@click.pass_context
def show(
    ctx: click.Context, service: str, who: str | None, about: str | None, last: int, as_json: bool
) -> None:
    """Print the log: who looked at or did what. It holds ids and codes, and no person's data."""
    node = node_of(ctx)
    with node.database("intake") as database, database.read() as session:
        logins = {row.id: row.login for row in session.scalars(select(UserRow))}
    chosen = select(AuditRow).order_by(AuditRow.index.desc()).limit(max(last, 1))
    if who is not None:
        ids = [one for one, login in logins.items() if login == fold_login(who)]
        if not ids:
            raise AdminError(f"There is no account {who}: `myosotis user list` shows all.")
        chosen = chosen.where(AuditRow.actor.in_(ids))
    if about is not None:
        chosen = chosen.where(AuditRow.subject == about)
    with node.database(service) as database, database.read() as session:
        rows = [
            {
                "row": row.index,
                "at": row.at,
                "who": logins.get(row.actor, row.actor),
                "did": row.action,
                "about": row.subject,
                "details": row.details,
            }
            for row in reversed(session.scalars(chosen).all())
        ]
    console.show(rows, as_json=as_json, empty="The log has no such row.")


@audit.command()
@click.pass_context
def head(ctx: click.Context) -> None:
    """Sign and print the newest state of intake's and matching's logs, to be kept elsewhere."""
    node = node_of(ctx)
    heads = []
    for role in Role:
        signer = _signer(node, role)
        log = f"{node.organisation}/{role.value}"
        with node.database(role.value) as database, database.begin() as session:
            made = Audit(log, node.clock).sign_head(session, signer)
        if made is not None:
            heads.append({"log": log, "index": made.index, "hash": made.hash.hex()})
    empty = {"kind": "myosotis witness", "about": node.organisation, "by": node.organisation}
    console.show_object({**empty, "heads": heads, "received": []})


def _signer(node: Node, role: Role) -> Callable[[bytes], bytes]:
    key = SigningKey.from_seed(RoleKeyFile.open(node, role).bundle[SIGNING_SECRET])

    def sign(message: bytes) -> bytes:
        return key.sign(HEAD_LABEL, message)

    return sign


@audit.command()
@click.argument("organisation")
@click.pass_context
def witness(ctx: click.Context, organisation: str) -> None:
    """Print what we keep of ORGANISATION's logs and numbers, for them, when they ask for it."""
    found = of(node_of(ctx), organisation)
    if not found.heads and not found.received:
        raise AdminError(f"Nothing from {organisation} has arrived here yet.")
    console.say(found.model_dump_json(indent=2))


COMMANDS: dict[str, click.Command] = {"audit": audit}
