"""`myosotis cases` and `myosotis import`: references and counts; an administrator never sees a person."""

from pathlib import Path

import click
from sqlalchemy import select

from admin import console
from admin.acting import acting, person_options
from admin.command import node_of
from admin.console import json_option, several
from admin.errors import AdminError
from services.intake.domain.codes import CaseKind
from services.intake.domain.import_table import DAY_ORDERS
from services.intake.domain.imports import REPAIRS, DryRun, Problem
from services.intake.handlers.imports import Choice
from services.intake.store.cases import CaseRow
from shared.runtime import ids


@click.group()
def cases() -> None:
    """Cases by reference; their content is for caseworkers, on the desk."""


@cases.command("list")
@click.option("--state", type=click.Choice(["open", "closed", "erased"]), help="Only cases in this state.")
@json_option
@click.pass_context
def list_cases(ctx: click.Context, state: str | None, as_json: bool) -> None:
    """References, kinds and states. Never a name."""
    chosen = select(CaseRow).order_by(CaseRow.changed_at.desc(), CaseRow.id)
    if state is not None:
        chosen = chosen.where(CaseRow.state == state)
    with node_of(ctx).database("intake") as database, database.read() as session:
        rows = [
            {
                "case": row.id,
                "short": ids.short(row.id),
                "kind": row.kind,
                "state": row.state,
                "tracing_status": row.tracing_status,
                "team": row.team,
                "changed": row.changed_at,
            }
            for row in session.scalars(chosen)
        ]
    console.show(rows, as_json=as_json, empty="No case.")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what an import would do.")
@click.option("--sheet", default="", help="Which sheet of a workbook; else the first one with cells.")
@click.option("--template", default="", help="A layout of columns that the team kept on the desk, by name.")
@click.option("--dates", type=click.Choice(DAY_ORDERS), help="What a date like 04/05/1990 means.")
@click.option("--kind", type=click.Choice(list(CaseKind)), help="What every row is, without a column for it.")
@click.option("--repair", multiple=True, type=click.Choice(list(REPAIRS)), help="Accept such repairs.")
@person_options
@click.pass_context
def import_cases(
    ctx: click.Context,
    file: Path,
    dry_run: bool,
    sheet: str,
    template: str,
    dates: str | None,
    kind: str | None,
    repair: tuple[str, ...],
    login: str,
    password_file: Path | None,
) -> None:
    """Import cases from an Excel or CSV FILE as one batch; rows with a problem are left out and named."""
    data = file.read_bytes()
    choice = Choice(sheet, template, dates or "", CaseKind(kind) if kind else None, frozenset(repair))
    with node_of(ctx).intake() as intake, acting(intake, login, password_file) as actor:
        imports = intake.use_cases.imports
        if dry_run:
            found = imports.dry_run(data, actor, choice)
            _tell(found)
            console.say(
                f"Dry run: {several(len(found.accepted), 'row')} could be imported, nothing was changed."
            )
        else:
            with console.working("Importing"):
                batch, found = imports.commit(data, actor, choice)
            _tell(found)
            console.say(f"{several(batch.rows, 'case')} imported as {batch.id}; nothing is shared by that.")
            console.say("The desk can take the whole batch back.")
    if found.problems:
        left = several(len(found.problems), "problem")
        raise AdminError(f"{left} left: mend those rows and import them from another file.")


def _tell(found: DryRun) -> None:
    for problem in found.problems:
        offered = (
            f" (--repair {problem.repair} takes what is proposed)" if problem.proposal is not None else ""
        )
        console.say(f"{_place(problem)}: {problem.message}{offered}")
    for warning in found.warnings:
        console.say(f"{_place(warning)} (imported all the same): {warning.message}")
    if found.known:
        console.say(f"Left out, because their id is that of a case here already: {len(found.known)}.")
    if found.ignored_columns:
        # Named only beside rows that were read: in a table without headings these are a person's data.
        names = ", ".join(one[:40] for one in found.ignored_columns if found.accepted and one.isprintable())
        console.say(f"Columns that are not known here, left out: {names or len(found.ignored_columns)}.")


def _place(problem: Problem) -> str:
    """Where it is. Not the value: a terminal's history and a log of it are no place for a person's data."""
    return f"Row {problem.row}" + (f", column {problem.column}" if problem.column else "")


COMMANDS: dict[str, click.Command] = {"cases": cases, "import": import_cases}
