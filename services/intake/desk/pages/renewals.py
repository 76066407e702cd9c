"""What keeps a case going: why the person is looked for, and an alert that would end."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.domain.alert import expiry
from services.intake.domain.codes import Category, SearchReason
from services.intake.handlers.actor import WRITES_CASES
from services.intake.handlers.errors import BadField

pages = Blueprint("renewals", __name__)


@page(pages, "/cases/<case_id>/reason", WRITES_CASES, ("POST",))
def give_reason(case_id: str) -> ResponseReturnValue:
    """Say why this person is looked for."""
    reasons, actor = desk().intake.reasons, guard.actor()
    desk().intake.cases.must_see(case_id, actor)
    wanted = request.form.get("reason", "")
    if wanted not in SearchReason.__members__.values():
        raise BadField("reason", "Choose one from the list.")
    reasons.give(case_id, SearchReason(wanted), actor)
    flash(gettext("The reason is saved."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)


@page(pages, "/alerts/<alert_id>/renew", WRITES_CASES, ("GET", "POST"))
def renew(alert_id: str) -> ResponseReturnValue:
    """Let an alert live for the longest time again, with the case as it is now."""
    actor, intake = guard.actor(), desk().intake
    view = intake.alerts.get(alert_id, actor)
    case = intake.cases.get(view.case_id, actor).summary
    until = expiry(Category(case.category), desk().clock.now())
    if request.method == "GET":
        return render_template("alert_renew.html", alert=view, case=case, until=until)
    intake.alerts.update(alert_id, actor, until=until)
    flash(gettext("The alert is renewed. Partners get the case as it is now."))
    return redirect(url_for("alerts.one_alert", alert_id=alert_id), 303)
