"""Import of cases from a table, step by step: file, columns, dry run, progress; and taking it back."""

from collections import Counter

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard, import_form, import_words
from services.intake.desk.access import page
from services.intake.desk.downloads import download
from services.intake.desk.i18n import gettext, ngettext
from services.intake.desk.import_form import ColumnsForm
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.domain.errors import DomainError
from services.intake.domain.import_text import MAX_BYTES
from services.intake.domain.imports import Problem
from services.intake.handlers.actor import WRITES_CASES
from services.intake.handlers.errors import BadField, NothingToImport
from services.intake.handlers.import_desk import Progress
from services.intake.handlers.import_drafts import Draft
from services.intake.handlers.workbook_writer import XLSX, write

pages = Blueprint("imports", __name__, url_prefix="/import")

SHOWN_PROBLEMS = 200
SHOWN_NAMES = 50


@page(pages, "", WRITES_CASES, ("GET", "POST"))
def import_cases() -> ResponseReturnValue:
    """Choose a file; it is kept for its owner until it is imported, thrown away or a day old."""
    if request.method == "GET":
        return _start()
    file = request.files.get("table")
    data = file.read(MAX_BYTES + 1) if file is not None else b""
    try:
        draft = desk().intake.import_desk.upload(data, guard.actor())
    except DomainError as error:
        return _start(said(error))
    return redirect(url_for("imports.columns", table_id=draft), 303)


@page(pages, "/tables/<table_id>/columns", WRITES_CASES, ("GET", "POST"))
def columns(table_id: str) -> ResponseReturnValue:
    """What each column means, with samples of what stands in it."""
    actor, tables = guard.actor(), desk().intake.import_desk
    draft = tables.draft(table_id, actor)
    if request.method == "GET":
        return _columns(draft, import_form.of_draft(draft))
    form = import_form.read(request.form, draft)
    try:
        if request.form.get("step") == "reread":
            tables.reread(table_id, actor, **form.file_changes(draft))
            return redirect(url_for("imports.columns", table_id=table_id), 303)
        tables.arrange(table_id, form.layout, actor, form.template)
    except (BadField, DomainError) as error:
        return _columns(draft, form, said(error)), 422
    return redirect(url_for("imports.preview", table_id=table_id), 303)


@page(pages, "/tables/<table_id>", WRITES_CASES)
def preview(table_id: str) -> ResponseReturnValue:
    """The dry run: what an import would do. Nothing is saved by looking at it."""
    return _preview(table_id)


@page(pages, "/tables/<table_id>/repair", WRITES_CASES, ("POST",))
def repair(table_id: str) -> ResponseReturnValue:
    """Accept proposed values, whole kinds with one tick or single cells; and the order of a date, once."""
    actor, tables = guard.actor(), desk().intake.import_desk
    kinds = [one for one in request.form.getlist("kind") if one in import_words.REPAIRS]
    cells = [cell for text in request.form.getlist("cell") if (cell := import_form.cell_of(text))]
    tables.repair(table_id, actor, kinds, cells, request.form.get("day_order", ""))
    return redirect(url_for("imports.preview", table_id=table_id), 303)


@page(pages, "/tables/<table_id>/problems.xlsx", WRITES_CASES)
def problems(table_id: str) -> ResponseReturnValue:
    """The rows that cannot be imported yet, with the cells to mend marked: mend them and import that file."""
    draft, found = desk().intake.import_desk.faulty(table_id, guard.actor())
    return download(write([import_form.sheet_of_problems(draft, found)]), "problems.xlsx", XLSX)


@page(pages, "/tables/<table_id>/confirm", WRITES_CASES, ("POST",))
def confirm_import(table_id: str) -> ResponseReturnValue:
    """Save every row without a problem, as one batch."""
    known_too = request.form.get("known_too") == "yes"
    try:
        progress = desk().intake.import_desk.begin(table_id, guard.actor(), known_too=known_too)
    except NothingToImport as error:
        return _preview(table_id, said(error))
    return _on_its_way(table_id, progress)


@page(pages, "/tables/<table_id>/progress", WRITES_CASES, ("GET", "POST"))
def progress(table_id: str) -> ResponseReturnValue:
    """How far it is. The page sends its own form for the next part; without a script a person does."""
    actor, tables = guard.actor(), desk().intake.import_desk
    if request.method == "POST":
        return _on_its_way(table_id, tables.go_on(table_id, actor))
    return render_template("import_progress.html", table_id=table_id, now=tables.progress(table_id, actor))


@page(pages, "/tables/<table_id>/discard", WRITES_CASES, ("POST",))
def discard(table_id: str) -> ResponseReturnValue:
    """Throw a table away before it is imported."""
    desk().intake.import_desk.discard(table_id, guard.actor())
    flash(gettext("The table is thrown away. Nothing of it is kept here but what was registered."))
    return redirect(url_for("imports.import_cases"), 303)


@page(pages, "/templates/<template_id>/forget", WRITES_CASES, ("POST",))
def forget_template(template_id: str) -> ResponseReturnValue:
    """Drop a layout that the team kept."""
    desk().intake.imports.templates.forget(template_id, guard.actor())
    flash(gettext("The layout is forgotten."))
    return redirect(url_for("imports.import_cases"), 303)


@page(pages, "/<batch_id>/undo", WRITES_CASES, ("GET", "POST"))
def undo_import(batch_id: str) -> ResponseReturnValue:
    """Take a whole import back, after a look at what would be erased."""
    actor, imports = guard.actor(), desk().intake.imports
    if request.method == "GET":
        undo = imports.undo_view(batch_id, actor)
        return render_template("import_undo.html", undo=undo, batch=undo.batch, shown=SHOWN_NAMES)
    count = imports.undo(batch_id, actor)
    flash(ngettext("%(num)s case was erased.", "%(num)s cases were erased.", count))
    return redirect(url_for("imports.import_cases"), 303)


def _start(error: str = "") -> ResponseReturnValue:
    actor, intake = guard.actor(), desk().intake
    batches = intake.imports.overview(actor)
    rendered = render_template(
        "import.html",
        batches=batches,
        who=desk().history.names({batch.imported_by for batch in batches}),
        waiting=intake.import_desk.waiting(actor),
        templates=intake.imports.templates.overview(actor),
        error=error,
    )
    return rendered, 422 if error else 200


def _columns(draft: Draft, form: ColumnsForm, error: str = "") -> str:
    return render_template(
        "import_columns.html",
        draft=draft,
        form=form,
        choices=import_form.column_choices(),
        words=import_words,
        error=error,
    )


def _preview(table_id: str, error: str = "") -> ResponseReturnValue:
    actor, tables = guard.actor(), desk().intake.import_desk
    draft = tables.draft(table_id, actor)
    if draft.state != "open":
        return redirect(url_for("imports.progress", table_id=table_id), 303)
    if not import_form.is_arranged(draft):
        return redirect(url_for("imports.columns", table_id=table_id), 303)
    found = tables.try_out(table_id, actor)
    rendered = render_template(
        "import_preview.html",
        draft=draft,
        found=found,
        kinds=_kinds(found.problems),
        samples={kind: _first(found.problems, kind) for kind in import_words.REPAIRS},
        words=import_words,
        shown=SHOWN_PROBLEMS,
        said=said,
        error=error,
    )
    return rendered, 422 if error else 200


def _on_its_way(table_id: str, now: Progress) -> ResponseReturnValue:
    if not now.is_done:
        return redirect(url_for("imports.progress", table_id=table_id), 303)
    flash(ngettext("%(num)s case was registered.", "%(num)s cases were registered.", now.total))
    return redirect(url_for("imports.import_cases"), 303)


def _kinds(found: tuple[Problem, ...]) -> list[tuple[str, str, int]]:
    """Kinds of repair that can be accepted, in words, with how many cells each would mend."""
    counted = Counter(one.repair for one in found if one.proposal is not None)
    return [
        (kind, gettext(words), counted[kind]) for kind, words in import_words.REPAIRS.items() if counted[kind]
    ]


def _first(found: tuple[Problem, ...], kind: str) -> Problem | None:
    return next((one for one in found if one.repair == kind and one.proposal is not None), None)
