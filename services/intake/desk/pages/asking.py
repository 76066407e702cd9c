"""The second person who allows sharing although something stands against it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.handlers.actor import WRITES_CASES

pages = Blueprint("asking", __name__)


@page(pages, "/cases/<case_id>/allow-sharing", WRITES_CASES, ("POST",))
def allow(case_id: str) -> ResponseReturnValue:
    """Allow it, with a reason that is kept with the case."""
    desk().intake.asking.allow(case_id, request.form.get("because", ""), guard.actor())
    flash(gettext("Sharing is allowed. It still has to be done."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)
