"""The second step of one's own sign-in: an app for codes, and a sheet of paper for the day it is lost."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from services.intake.desk import guard
from services.intake.desk.access import SIGNED_IN, always, page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.handlers.errors import NotFound, WrongCode

pages = Blueprint("second_step", __name__, url_prefix="/account/second-step")


@page(pages, "", SIGNED_IN)
def second_step() -> ResponseReturnValue:
    """What is set up, and what to do about it."""
    current = guard.current()
    standing = desk().intake.second_steps.standing(current.actor)
    return render_template("second_step.html", standing=standing, must=guard.must_set_up(current))


@page(pages, "/set-up", SIGNED_IN, ("POST",), sensitive=always)
def set_up() -> ResponseReturnValue:
    """The picture to photograph; then, with the first code from it, the sheet of paper, shown once."""
    current, steps = guard.current(), desk().intake.second_steps
    if "code" not in request.form:
        return _picture()
    try:
        codes = steps.confirm(request.form["code"], current, request.remote_addr or "unknown")
    except WrongCode as error:
        return _picture(said(error))
    return render_template("paper_codes.html", codes=codes, login=current.login)


@page(pages, "/paper", SIGNED_IN, ("POST",), sensitive=always)
def new_paper() -> ResponseReturnValue:
    """A new sheet; the old one is worth nothing from now on."""
    current = guard.current()
    codes = desk().intake.second_steps.new_paper(current.actor)
    return render_template("paper_codes.html", codes=codes, login=current.login)


@page(pages, "/take-away", SIGNED_IN, ("POST",), sensitive=always)
def take_away() -> ResponseReturnValue:
    """Without it from now on, for instance before a new telephone is set up."""
    desk().intake.second_steps.take_away(guard.actor())
    flash(gettext("The second step is taken away."))
    return redirect(url_for("second_step.second_step"), 303)


def _picture(error: str = "") -> ResponseReturnValue:
    try:
        device = desk().intake.second_steps.prepare(guard.current())
    except NotFound:
        return redirect(url_for("second_step.second_step"), 303)
    # An <svg> in the page itself: the policy of the desk loads no picture from an address like data:.
    drawn = segno.make(device.address, error="m").svg_inline(scale=5, border=4, light="#fff")
    picture = Markup(drawn)  # noqa: S704  # nosec B704: numbers and colours, drawn by segno
    grouped = " ".join(device.secret[at : at + 4] for at in range(0, len(device.secret), 4))
    page_ = render_template("second_step_set_up.html", picture=picture, secret=grouped, error=error)
    return page_, 422 if error else 200
