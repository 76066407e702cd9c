"""`myosotis doctor`."""

from dataclasses import replace

import click

from admin import console
from admin.command import node_of
from admin.console import json_option
from admin.doctor import broker, keys, people, store
from admin.doctor.finding import Check, Finding, State, run

CHECKS: dict[str, Check] = {
    "database": store.databases,
    "key files": keys.key_files,
    "card": keys.card,
    "root key": keys.root,
    "broker": broker.check,
    "clock": store.clock,
    "waiting": store.waiting,
    "audit": store.audit,
    "accounts": people.accounts,
    "duty rota": people.rota,
    "mail": people.mail,
}
_COLOUR = {State.OK: "green", State.LOOK: "yellow", State.BROKEN: "red"}


@click.command()
@click.option(
    "--only", multiple=True, type=click.Choice(list(CHECKS)), help="Only this check; may be repeated."
)
@click.option(
    "--accept-clock", is_flag=True, help="First: this machine's clock is right; delete by age again."
)
@json_option
@click.pass_context
def doctor(ctx: click.Context, only: tuple[str, ...], accept_clock: bool, as_json: bool) -> None:
    """Check everything and say how to mend what is not right. Exit code 1 when something is BROKEN."""
    node = node_of(ctx)
    if accept_clock:
        store.accept_clock(node)
        console.note(f"The clock counts as right: {console.moment(node.clock.now())}.")
    findings: list[Finding] = []
    for name, check in CHECKS.items():
        if only and name not in only:
            continue
        for found in run(name, check, node):
            finding = _once(found, findings)
            findings.append(finding)
            if not as_json:
                _line(finding)
    if as_json:
        rows = [{"check": one.check, "state": one.state.value, "sentence": one.sentence} for one in findings]
        console.show(rows, as_json=True, empty="")
    if any(finding.state is State.BROKEN for finding in findings):
        ctx.exit(1)


def _once(finding: Finding, before: list[Finding]) -> Finding:
    """What breaks several checks is explained once; the others say where."""
    for one in before:
        if finding.state is one.state is State.BROKEN and finding.sentence == one.sentence:
            return replace(finding, sentence=f"Not checked, for the same reason: see {one.check!r} above.")
    return finding


def _line(finding: Finding) -> None:
    state = click.style(f"{finding.state.value:<6}", fg=_COLOUR[finding.state], bold=True)
    click.echo(f"{state}  {finding.check:<24} {finding.sentence}")


COMMANDS: dict[str, click.Command] = {"doctor": doctor}
