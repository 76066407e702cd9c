"""Sharing an alert in three steps: choose, see exactly what leaves, confirm. Nothing leaves before that."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import alert_form, guard
from services.intake.desk.access import page
from services.intake.desk.alert_form import AlertForm
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.domain.alert import BadExpiry
from services.intake.domain.codes import SearchReason
from services.intake.domain.description import FIELDS
from services.intake.domain.errors import DomainError
from services.intake.handlers.actor import WRITES_CASES
from services.intake.handlers.alerts.views import AlertView
from services.intake.handlers.errors import IntakeError

pages = Blueprint("share", __name__)


@page(pages, "/cases/<case_id>/share", WRITES_CASES, ("GET", "POST"))
def share(case_id: str) -> ResponseReturnValue:
    """A new alert; where the case has one, that one is opened."""
    actor, made = guard.actor(), desk()
    alerts = made.intake.alerts.overview(actor, case_id=case_id, live_only=True)
    live = next((one for one in alerts if one.is_live(made.clock.now())), None)
    if live is not None:
        flash(gettext("This case has an alert already. Send a newer version of it, or add partners to it."))
        return redirect(url_for("alerts.one_alert", alert_id=live.id), 303)
    if request.method == "GET":
        return _shown(case_id, AlertForm(), None)
    _keep_reason(case_id)
    form = alert_form.read(request.form)
    if request.form.get("step") != "confirm" or form.error:
        return _next_step(case_id, form, None)
    shared = made.intake.alerts.publish(case_id, form.choices, actor, partners=form.to, until=form.ends)
    if made.intake.connection.down_since() is None:
        flash(gettext("The alert is on its way."))
    else:
        flash(gettext("The alert is saved and waits for the line. If it is urgent, telephone the partners."))
    return redirect(url_for("alerts.one_alert", alert_id=shared.id), 303)


@page(pages, "/alerts/<alert_id>/update", WRITES_CASES, ("GET", "POST"))
def update(alert_id: str) -> ResponseReturnValue:
    """A newer version of an alert, and more partners if some were ticked."""
    actor, alerts = guard.actor(), desk().intake.alerts
    view = alerts.get(alert_id, actor)
    if request.method == "GET":
        return _shown(view.case_id, alert_form.of_alert(view), view)
    form = alert_form.read(request.form)
    if request.form.get("step") != "confirm" or form.error:
        return _next_step(view.case_id, form, view)
    alerts.update(alert_id, actor, choices=form.choices, until=form.ends)
    added = set(form.to or []) - {share.partner for share in view.shares}
    if added:
        alerts.add_partners(alert_id, sorted(added), actor)
    if desk().intake.connection.down_since() is None:
        flash(gettext("The newer version is on its way."))
    else:
        flash(gettext("The alert is saved and waits for the line. If it is urgent, telephone the partners."))
    return redirect(url_for("alerts.one_alert", alert_id=alert_id), 303)


def _keep_reason(case_id: str) -> None:
    """The first step asks why the person is looked for where nobody said so; it is saved with the case."""
    wanted = request.form.get("reason", "")
    if wanted in SearchReason.__members__.values():
        desk().intake.reasons.give(case_id, SearchReason(wanted), guard.actor())


def _next_step(case_id: str, form: AlertForm, alert: AlertView | None) -> ResponseReturnValue:
    """On to a page with an address of its own, so that the browser can come back to it; errors at once."""
    if form.error:
        return _choose(case_id, form, alert, form.error)
    step = "change" if request.form.get("step") == "change" else "preview"
    if alert is None:
        return redirect(url_for("share.share", case_id=case_id, step=step, **form.address()), 303)
    return redirect(url_for("share.update", alert_id=alert.id, step=step, **form.address()), 303)


def _shown(case_id: str, first: AlertForm, alert: AlertView | None) -> ResponseReturnValue:
    """The choice, or with `step=preview` in the address what would leave. Changes nothing."""
    step = request.args.get("step", "")
    if step not in ("preview", "change"):
        return _choose(case_id, first, alert)
    form = alert_form.read(request.args)
    if form.error or step == "change":
        return _choose(case_id, form, alert, form.error)
    actor, intake = guard.actor(), desk().intake
    try:
        preview = intake.alerts.preview(case_id, form.choices, actor, until=form.ends)
    except BadExpiry as error:
        return _choose(case_id, form, alert, said(error))
    chosen = preview.partners if form.to is None else [one for one in form.to if one in preview.partners]
    names = {partner.organisation: partner.name for partner in intake.partners.overview(actor)}
    return render_template(
        "alert_preview.html",
        form=form,
        preview=preview,
        alert=alert,
        case=intake.cases.get(case_id, actor).summary,
        partners=[(one, names.get(one, one)) for one in chosen],
    )


def _choose(case_id: str, form: AlertForm, alert: AlertView | None, error: str = "") -> ResponseReturnValue:
    actor, intake = guard.actor(), desk().intake
    case = intake.cases.get(case_id, actor).summary
    try:
        # Without a date: only whether this case can be shared at all, and what is known of it.
        everything = intake.alerts.preview(case_id, AlertForm(released=frozenset(FIELDS)).choices, actor)
    except (DomainError, IntakeError) as impossible:
        if isinstance(impossible, DomainError):
            page_ = render_template("alert_impossible.html", case=case, sentence=said(impossible))
            return page_, 422
        raise
    rendered = render_template(
        "alert_form.html",
        form=form,
        error=error,
        case=case,
        alert=alert,
        known=dict(everything.preview.leaves),
        stays=dict(everything.preview.stays),
        latest=everything.expires_at,
        urgency=everything.urgency,
        partners=intake.partners.overview(actor),
    )
    return rendered, 422 if error else 200
