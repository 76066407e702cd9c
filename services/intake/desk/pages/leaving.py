"""Quick exit: whoever has to be gone from the desk at once leaves a calendar on the screen."""

import calendar

from babel.dates import format_skeleton, get_day_names
from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, to_user_timezone

from services.intake.desk import guard
from services.intake.desk.access import ANYBODY, page
from services.intake.desk.ports import desk
from shared.web.headers import clear_site_data

pages = Blueprint("leaving", __name__)


@page(pages, "/leave", ANYBODY, ("POST",))
def leave() -> ResponseReturnValue:
    """End the sign-in, let the browser forget, and go where nothing tells of this desk."""
    guard.end()
    return clear_site_data(make_response(redirect(url_for("leaving.away"), 303)))


@page(pages, "/month", ANYBODY)
def away() -> ResponseReturnValue:
    """This month, as any calendar shows it; no word of the desk, and no way back to it."""
    today, locale = to_user_timezone(desk().clock.now()).date(), get_locale() or "en"
    names = get_day_names("abbreviated", "stand-alone", locale)
    return render_template(
        "away.html",
        title=format_skeleton("yMMMM", today, locale=locale),
        days=[names[number] for number in range(7)],
        weeks=calendar.Calendar().monthdayscalendar(today.year, today.month),
        today=today.day,
    )
