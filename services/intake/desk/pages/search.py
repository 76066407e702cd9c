"""Looking for somebody by name. The name travels in the form alone: in no address, history, cookie or log."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import language
from services.intake.desk.access import page
from services.intake.desk.pages import alerts, cases
from services.intake.desk.paging import page_in
from services.intake.handlers.actor import READS_CASES

pages = Blueprint("search", __name__, url_prefix="/search")
LONGEST = 200
FILTERS = ("kind", "category", "risk", "state", "order")


@page(pages, "/cases", READS_CASES, ("POST",))
def case_search() -> ResponseReturnValue:
    """Cases by name; without one, the list with its filters in the address."""
    language.switched()
    text = request.form.get("q", "").strip()[:LONGEST]
    if not text:
        return redirect(url_for("cases.case_list", **_filters()), 303)
    return cases.listed(text, request.form, page_in(request.form))


@page(pages, "/alerts", READS_CASES, ("POST",))
def alert_search() -> ResponseReturnValue:
    """Alerts by the name of their case."""
    language.switched()
    text = request.form.get("q", "").strip()[:LONGEST]
    if not text:
        return redirect(url_for("alerts.alert_list", **_filters()), 303)
    return alerts.listed(text, request.form, page_in(request.form))


def _filters() -> dict[str, Any]:
    """What of the form may stand in an address: codes of lists, and nothing that somebody typed."""
    return {name: request.form[name] for name in FILTERS if request.form.get(name, "").isidentifier()}
