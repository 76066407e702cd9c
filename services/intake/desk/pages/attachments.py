"""Attachments of a case: listed, added, taken out as a download, removed. None is ever shown in a page."""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.desk.uploads import sent_file
from services.intake.handlers.actor import READS_CASES, WRITES_CASES
from services.intake.handlers.attachments import MOST
from services.intake.handlers.errors import CaseErased, IntakeError, NotFound, PaperInUse

pages = Blueprint("attachments", __name__, url_prefix="/cases/<case_id>/attachments")


@page(pages, "", READS_CASES)
def attachment_list(case_id: str) -> ResponseReturnValue:
    """The attachments of a case, and where one is added."""
    return _page(case_id)


@page(pages, "", WRITES_CASES, ("POST",))
def add_attachment(case_id: str) -> ResponseReturnValue:
    """Keep a file as it is."""
    actor, attachments = guard.actor(), desk().intake.attachments
    attachments.overview(case_id, actor)  # NotFound before anything is read
    name, data = sent_file("file")
    if not name and not data:
        return _page(case_id, gettext("Choose a file first.")), 422
    try:
        attachments.add(case_id, name, data, actor)
    except (NotFound, CaseErased):
        raise
    except IntakeError as error:
        return _page(case_id, said(error)), 422
    flash(gettext("The attachment is kept."))
    return redirect(url_for("attachments.attachment_list", case_id=case_id), 303)


@page(pages, "/<attachment_id>", READS_CASES)
def take_out(case_id: str, attachment_id: str) -> ResponseReturnValue:
    """The file as a download; one that may do harm only from the page that says so."""
    actor, intake = guard.actor(), desk().intake
    found = intake.attachments.get(case_id, attachment_id, actor)
    if found.danger and request.args.get("anyway") != "yes":
        case = intake.cases.get(case_id, actor).summary
        return render_template("attachment_warning.html", case=case, paper=found)
    view, data = intake.attachments.take_out(case_id, attachment_id, actor)
    return send_file(
        BytesIO(data),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=view.name,
        conditional=False,
        etag=False,
    )


@page(pages, "/<attachment_id>/remove", WRITES_CASES, ("POST",))
def remove_attachment(case_id: str, attachment_id: str) -> ResponseReturnValue:
    """Delete an attachment."""
    try:
        desk().intake.attachments.remove(case_id, attachment_id, guard.actor())
    except PaperInUse as error:
        return _page(case_id, said(error)), 422
    flash(gettext("The attachment is removed."))
    return redirect(url_for("attachments.attachment_list", case_id=case_id), 303)


def _page(case_id: str, error: str = "") -> str:
    actor, intake = guard.actor(), desk().intake
    papers, view = intake.attachments.overview(case_id, actor), intake.cases.get(case_id, actor)
    return render_template(
        "attachments.html",
        case=view.summary,
        papers=papers,
        who=desk().history.names({one.added_by for one in papers}),
        most=MOST,
        writes=actor.role in WRITES_CASES,
        error=error,
    )
