"""`myosotis matching quality`: how often people agreed with what was shown, and what that speaks for."""

from pathlib import Path
from typing import Any

import click

from admin import console
from admin.command import node_of
from admin.console import json_option
from admin.errors import AdminError
from admin.evaluate import files
from services.matching import rules
from services.matching.domain.precision import ENOUGH, Tally
from services.matching.handlers.alerts import KEYS_VERSION
from services.matching.proposal import LEAST_BEHIND, START_ROW, Moved, Proposal, TooFewDecisions, propose
from services.matching.quality import Report, report
from services.matching.store.kept import MOST_KEPT
from shared.crypto.rest import RestCipher

ALL = "together"


@click.group()
def matching() -> None:
    """Matching: how good it is, as people decided."""


@matching.command()
@json_option
@click.option(
    "--propose",
    "proposal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fit new weights to the decisions and write the changes to this file; replaces it. Applies nothing.",
)
@click.pass_context
def quality(ctx: click.Context, as_json: bool, proposal: Path | None) -> None:
    """How often people agreed with what was shown, by strength.

    Counts decisions that are kept without any reference to an alert, a case or a person.
    """
    if proposal is not None:
        files.check({"--propose": proposal}, {})
    with node_of(ctx).matching() as app, app.database.read() as session:
        found = report(session, RestCipher(app.bundle["rest"]))
    if as_json:
        console.show_object(_figures(found))
    else:
        _tell(found)
    if proposal is not None:
        _propose(found, proposal)


def _figures(found: Report) -> dict[str, Any]:
    return {
        "by_strength": [_row(strength.value, tally) for strength, tally in found.by_strength.items()],
        ALL: _row(ALL, found.together),
        "not_weighed": found.not_weighed,
        "kept": len(found.kept),
        "most_kept": MOST_KEPT,
        "months": None if found.months is None else list(map(_month, found.months)),
        "weights": rules.weights_version(),
        "kept_by_weights": dict(found.weights),
    }


def _row(name: str, tally: Tally) -> dict[str, Any]:
    interval = tally.interval
    return {
        "strength": name,
        "shown": tally.shown,
        "decided": tally.decided,
        "probable": tally.right,
        "excluded": tally.wrong,
        "elsewhere": tally.elsewhere,
        "open": tally.open,
        "undecided": tally.undecided,
        "precision": None if tally.precision is None else round(tally.precision, 4),
        "precision_from": None if interval is None else round(interval[0], 4),
        "precision_to": None if interval is None else round(interval[1], 4),
        "enough": tally.enough,
    }


def _tell(found: Report) -> None:
    rows = [*found.by_strength.items(), (ALL, found.together)]
    console.show([_cells(str(name), tally) for name, tally in rows], as_json=False, empty="")
    console.say("")
    if found.months is None:
        console.say("No decision is kept yet.")
    else:
        first, last = map(_month, found.months)
        console.say(
            f"{console.several(len(found.kept), 'decision')} kept, from {first} to {last}; "
            f"{MOST_KEPT} at most."
        )
    few = [str(name) for name, tally in rows if not tally.enough]
    if few:
        console.say(f"Fewer than {ENOUGH} decisions, too few to mean anything: {', '.join(few)}.")
    if found.not_weighed:
        console.say(f"{console.several(found.not_weighed, 'pair')} being compared anew: not in the table.")
    others = sum(count for version, count in found.weights.items() if version != rules.weights_version())
    if others:
        console.say(
            f"{console.several(others, 'decision')} made under other weights, and counted as shown then."
        )


def _cells(name: str, tally: Tally) -> dict[str, object]:
    row = _row(name, tally)
    precision = [row.pop(key) for key in ("precision", "precision_from", "precision_to")]
    row.pop("enough")
    share, low, high = (None if value is None else f"{value * 100:.0f}" for value in precision)
    row["precision"] = "" if share is None else f"{share} in 100"
    row["95_in_100"] = "" if share is None else f"{low} to {high}"
    row["remark"] = "" if tally.enough else "too few"
    return row


def _propose(found: Report, path: Path) -> None:
    try:
        proposal = propose(found.kept, KEYS_VERSION)
    except TooFewDecisions as error:
        raise AdminError(str(error)) from None
    files.write({path: _text(proposal)})
    console.note(
        f"{path}: {console.several(len(proposal.moved), 'weight')} would change. Nothing was applied: "
        "weights change with a release. Send the file to the developers; it names nobody."
    )


def _text(proposal: Proposal) -> str:
    lines = [
        f"Proposed weights, from {proposal.right} pairs called probable and {proposal.wrong} excluded.",
        f"Left out: {proposal.left_out} other decisions (older rules, no match keys, or nothing settled).",
        f"Shipped weights {rules.weights_version()}, match keys version {KEYS_VERSION}. Hundredths of a bit.",
        "",
        "NOTHING WAS APPLIED. Weights are the same for everybody (services/matching/weights.py). They change",
        "with a release, after a look at this table and at the labelled sets (bench/matching/fit.py).",
        "Strengths have to mean the same afterwards: if many weights move, their limits are looked at, too.",
        "START says how many of all shown pairs are right here, which differs from house to house.",
        "",
        "How much decisions surprise that were not fitted to, in bits; the second has to be smaller:",
        f"{proposal.surprise_now:7.3f} with the shipped weights and the START of here",
        f"{proposal.surprise_then:7.3f} with weights that were fitted here",
        "",
        f"Rows that fewer than {LEAST_BEHIND} decisions speak about are left as they are.",
        "",
        f"{'row':<34}{'old':>7}{'new':>7}{'change':>8}{'decisions':>11}",
    ]
    lines += [
        f"{_name(one):<34}{one.old:>7}{one.new:>7}{one.new - one.old:>+8}{one.behind:>11}"
        for one in proposal.moved
    ]
    return "\n".join(lines) + "\n"


def _name(one: Moved) -> str:
    code, row, what = one.name
    if one.name == START_ROW:
        return code
    return f"{code} {row}" + (" per bit" if what == "bits" else "")


def _month(month: int) -> str:
    return f"{month // 100}-{month % 100:02}"


COMMANDS: dict[str, click.Command] = {"matching": matching}
