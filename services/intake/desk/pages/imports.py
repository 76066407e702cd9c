"""Import of cases from a table: a dry run that names every problem, one batch, and taking it back.

The table is not kept between the two steps: it goes back to the browser, packed, and comes again with the
confirmation. So nothing of it lies on the server before somebody said yes.
"""

import base64
import binascii
import zlib

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import page
from services.intake.desk.i18n import ngettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.domain.errors import DomainError
from services.intake.domain.import_text import MAX_BYTES
from services.intake.handlers.actor import WRITES_CASES
from services.intake.handlers.errors import IntakeError
from shared.web.app import LARGEST_REQUEST

pages = Blueprint("imports", __name__, url_prefix="/import")

SHOWN_PROBLEMS = 200


@page(pages, "", WRITES_CASES, ("GET", "POST"))
def import_cases() -> ResponseReturnValue:
    """Choose a file; the dry run says what would happen."""
    if request.method == "GET":
        return _start()
    file = request.files.get("table")
    data = file.read(MAX_BYTES + 1) if file is not None else b""
    try:
        found = desk().intake.imports.dry_run(data, guard.actor())
    except DomainError as error:
        return _start(said(error))
    return render_template(
        "import_preview.html", found=found, packed=pack(data), shown=SHOWN_PROBLEMS, said=said
    )


@page(pages, "/confirm", WRITES_CASES, ("POST",))
def confirm_import() -> ResponseReturnValue:
    """Save every row without a problem, as one batch."""
    request.max_form_memory_size = LARGEST_REQUEST  # the packed table is a field of the form
    data = unpack(request.form.get("packed", ""))
    try:
        known_too = request.form.get("known_too") == "yes"
        batch, _ = desk().intake.imports.commit(data, guard.actor(), known_too=known_too)
    except (DomainError, IntakeError) as error:
        return _start(said(error))
    flash(ngettext("%(num)s case was registered.", "%(num)s cases were registered.", batch.rows))
    return redirect(url_for("imports.import_cases"), 303)


@page(pages, "/<batch_id>/undo", WRITES_CASES, ("GET", "POST"))
def undo_import(batch_id: str) -> ResponseReturnValue:
    """Take a whole import back."""
    actor, imports = guard.actor(), desk().intake.imports
    if request.method == "GET":
        batch = next((one for one in imports.overview(actor) if one.id == batch_id), None)
        if batch is None:
            abort(404)
        return render_template("import_undo.html", batch=batch)
    count = imports.undo(batch_id, actor)
    flash(ngettext("%(num)s case was erased.", "%(num)s cases were erased.", count))
    return redirect(url_for("imports.import_cases"), 303)


def _start(error: str = "") -> ResponseReturnValue:
    batches = desk().intake.imports.overview(guard.actor())
    who = desk().history.names({batch.imported_by for batch in batches})
    rendered = render_template("import.html", batches=batches, who=who, error=error)
    return rendered, 422 if error else 200


def pack(data: bytes) -> str:
    """A file as text for a hidden field."""
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def unpack(text: str) -> bytes:
    """What `pack` made; 400 for anything else, and for more than a file may have."""
    try:
        opener = zlib.decompressobj()
        data = opener.decompress(base64.b64decode(text, validate=True), MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        abort(400)
    if not data or len(data) > MAX_BYTES or not opener.eof:
        abort(400)
    return data
