"""A call at night: nine fields on one small page, and notes from one shift to the next (journey 11)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import again, guard, language, night
from services.intake.desk.access import page
from services.intake.desk.formats import moment
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.handlers.actor import WRITES_CASES

pages = Blueprint("night", __name__)


@page(pages, "/night", WRITES_CASES, ("GET", "POST"))
def call() -> ResponseReturnValue:
    """Register what a caller says, with the note for the next shift."""
    if request.method == "GET":
        return render_template("night.html", form=night.empty())
    form, made = night.read(request.form, desk().clock.now().date())
    if language.switched():
        return render_template("night.html", form=form.untold())
    if made is None:
        return render_template("night.html", form=form), 422
    note = night.note_for(made, moment(desk().clock.now()), guard.current().name)
    saved = desk().intake.handovers.register(made, note, guard.actor())
    flash(gettext("The case is registered, and the note for the next shift is written."))
    return redirect(url_for("cases.one_case", case_id=saved.summary.id), 303)


@again.form("night.call")
def _again() -> str:
    form, _ = night.read(request.form, desk().clock.now().date())
    return render_template("night.html", form=form.untold(), again=True)


@page(pages, "/cases/<case_id>/handover", WRITES_CASES, ("POST",))
def write_handover(case_id: str) -> ResponseReturnValue:
    """A note for the next shift."""
    desk().intake.handovers.write(case_id, request.form.get("text", ""), guard.actor())
    flash(gettext("The note for the next shift is saved."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)


@page(pages, "/handovers/<handover_id>/taken", WRITES_CASES, ("POST",))
def take_over(handover_id: str) -> ResponseReturnValue:
    """Somebody of this shift has it now."""
    case_id = desk().intake.handovers.take_over(handover_id, guard.actor())
    flash(gettext("You have taken over. The colleague who wrote it sees that."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)
