"""`myosotis audit`: verify the three logs, write down their heads, and be a partner's witness (case 83)."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from admin import console
from admin.command import node_of
from admin.console import json_option
from admin.errors import AdminError
from admin.node import KEYED, Node
from admin.rotation.rolekeys import RoleKeyFile
from admin.witness import Witness, of
from shared.bus.topology import SERVICES
from shared.crypto.errors import BadSignature
from shared.crypto.signing import SigningKey
from shared.partners.rolekeys import SIGNING_SECRET
from shared.store import audit_check
from shared.store.audit import HEAD_LABEL, Audit, Head
from shared.store.audit_check import AuditReport, HeadVerifier, Problem
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
