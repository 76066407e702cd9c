"""What is around every page: navigation, languages, the name of the organisation."""

from datetime import datetime

from flask import Flask, current_app, g, request
from flask_babel import get_locale
from werkzeug.exceptions import HTTPException

from services.intake.desk import language
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import BEGUN, desk
from services.intake.handlers.actor import ADMINISTERS, AUDITS, READS_CASES, WRITES_CASES


def add_to(app: Flask) -> None:
    """Give the templates what base.html asks for."""
    app.jinja_env.globals.update(
        get_locale=get_locale,
        navigation=navigation,
        language_names=language_names,
        is_begun=is_begun,
        organisation=organisation,
        here=here,
        line_down_since=line_down_since,
    )


def navigation() -> list[tuple[str, str]]:
    """Endpoints and titles that this person may open."""
    shown = [("today.today", gettext("Today"))]
    if g.actor.role in READS_CASES:
        shown.append(("matches.match_list", gettext("Possible matches")))
        shown.append(("cases.case_list", gettext("Cases")))
        shown.append(("alerts.alert_list", gettext("Alerts")))
    shown.append(("partners.partner_list", gettext("Partners")))
    if g.actor.role in AUDITS:
        shown.append(("audit.log_list", gettext("Log")))
    if g.actor.role in ADMINISTERS:
        shown.append(("staff.staff_list", gettext("Colleagues")))
    if g.actor.role in WRITES_CASES:
        shown.append(("imports.import_cases", gettext("Import a table")))
    if desk().intake.statistics.is_open_to(g.actor):
        shown.append(("statistics.overview", gettext("Statistics")))
    return shown


def language_names() -> list[tuple[str, str]]:
    """The languages that this desk offers, each by its own name."""
    return [(code, language.NAMES[code]) for code in desk().languages]


def is_begun() -> bool:
    """Whether some sentences of the reader's language are still in English."""
    return str(get_locale()) in BEGUN


def organisation() -> str:
    """The id of this organisation."""
    return desk().organisation


def here() -> str:
    """The address of this page, to come back to; empty for one that only a form shows, and for an error.

    The page for what is not there is the same for every address (case 46).
    """
    if g.get("is_error", False):
        return ""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return ""
    return request.path


def line_down_since() -> datetime | None:
    """Since when nothing reaches the partners; asked once a page."""
    return desk().intake.connection.down_since()
