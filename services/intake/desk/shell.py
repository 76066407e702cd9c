"""What is around every page: navigation, languages, the name of the organisation."""

from flask import Flask, g
from flask_babel import get_locale

from services.intake.desk import language
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.handlers.actor import READS_CASES, WRITES_CASES


def add_to(app: Flask) -> None:
    """Give the templates what base.html asks for."""
    app.jinja_env.globals.update(
        get_locale=get_locale,
        navigation=navigation,
        language_names=language_names,
        organisation=organisation,
    )


def navigation() -> list[tuple[str, str]]:
    """Endpoints and titles that this person may open."""
    shown = [("today.today", gettext("Today"))]
    if g.actor.role in READS_CASES:
        shown.append(("matches.match_list", gettext("Possible matches")))
        shown.append(("cases.case_list", gettext("Cases")))
        shown.append(("alerts.alert_list", gettext("Alerts")))
    shown.append(("partners.partner_list", gettext("Partners")))
    if g.actor.role in WRITES_CASES:
        shown.append(("imports.import_cases", gettext("Import a table")))
    return shown


def language_names() -> list[tuple[str, str]]:
    """The languages that this desk offers, each by its own name."""
    return [(code, language.NAMES[code]) for code in desk().languages]


def organisation() -> str:
    """The id of this organisation."""
    return desk().organisation
