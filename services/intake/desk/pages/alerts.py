"""Alerts that were shared: where each one stands at every partner, and taking one back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.intake.desk import guard
from services.intake.desk.access import page
from services.intake.desk.i18n import gettext
from services.intake.desk.paging import page_number
from services.intake.desk.ports import desk
from services.intake.handlers.actor import READS_CASES, WRITES_CASES
from services.intake.handlers.alerts.lists import ORDERS, AlertFilter

pages = Blueprint("alerts", __name__, url_prefix="/alerts")


@page(pages, "", READS_CASES)
def alert_list() -> ResponseReturnValue:
    """Live alerts; all of them with ?state=all. Order and page stand in the address, names never do."""
    return listed("", request.args, page_number())


def listed(text: str, wished: MultiDict[str, str], number: int) -> str:
    """The list in this order, and with `text` the alerts of cases that it names."""
    everything, order = wished.get("state") == "all", wished.get("order", "")
    order = order if order in ORDERS else ORDERS[0]
    wanted = AlertFilter(text=text, live_only=not everything, order=order)
    found = desk().intake.alerts.page_of(wanted, guard.actor(), number)
    address = {"order": order, "state": "all" if everything else "live"}
    return render_template("alerts.html", found=found, everything=everything, address=address, q=text)


@page(pages, "/<alert_id>", READS_CASES)
def one_alert(alert_id: str) -> ResponseReturnValue:
    """One alert, with what every partner signed for."""
    actor, intake = guard.actor(), desk().intake
    view = intake.alerts.get(alert_id, actor)
    names = {partner.organisation: partner.name for partner in intake.partners.overview(actor)}
    return render_template(
        "alert.html",
        alert=view,
        names=names,
        signed=sum(share.state in ("compared", "deleted") for share in view.shares),
        now=desk().clock.now(),
        writes=actor.role in WRITES_CASES,
    )


@page(pages, "/<alert_id>/withdraw", WRITES_CASES, ("GET", "POST"))
def withdraw(alert_id: str) -> ResponseReturnValue:
    """Take one alert back everywhere; the case stays open."""
    actor, alerts = guard.actor(), desk().intake.alerts
    if request.method == "GET":
        return render_template("alert_withdraw.html", alert=alerts.get(alert_id, actor))
    alerts.withdraw(alert_id, actor)
    flash(gettext("The alert is taken back. Partners delete it and sign for that."))
    return redirect(url_for("alerts.one_alert", alert_id=alert_id), 303)
