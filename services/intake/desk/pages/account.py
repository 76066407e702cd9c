"""Signing in and out, the language, and the places where one is signed in."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard, language
from services.intake.desk.access import ANYBODY, SIGNED_IN, page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.handlers.errors import SignInFailed
from shared.web.headers import clear_site_data

pages = Blueprint("account", __name__)


@page(pages, "/sign-in", ANYBODY, ("GET", "POST"))
def sign_in() -> ResponseReturnValue:
    """The sign-in form. Whatever was wrong, the answer is the same (case 54)."""
    if request.method == "GET":
        return render_template("sign_in.html", error="")
    login, password = request.form.get("login", ""), request.form.get("password", "")
    try:
        made = desk().intake.sign_ins.sign_in(login, password, request.remote_addr or "unknown")
    except SignInFailed as error:
        return render_template("sign_in.html", error=said(error)), 401
    return redirect(guard.begin(made), 303)


@page(pages, "/sign-out", ANYBODY, ("POST",))
def sign_out() -> ResponseReturnValue:
    """End the session; the browser forgets what it kept. Also when it has ended already."""
    guard.end()
    return clear_site_data(make_response(redirect(url_for("account.sign_in"), 303)))


@page(pages, "/language", ANYBODY, ("POST",))
def choose_language() -> ResponseReturnValue:
    """Another language for this browser, then back to the start."""
    wanted = request.form.get("language", "")
    if wanted in desk().languages:
        session[language.SESSION_FIELD] = wanted
    return redirect(url_for("today.today" if guard.SIGN_IN in session else "account.sign_in"), 303)


@page(pages, "/account", SIGNED_IN)
def account() -> ResponseReturnValue:
    """Where this person is signed in."""
    current = guard.current()
    opened = desk().sessions.overview(current.actor)
    return render_template("account.html", name=current.name, sessions=opened, here=current.session_id)


@page(pages, "/account/sessions/<session_id>/end", SIGNED_IN, ("POST",))
def end_session(session_id: str) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    desk().sessions.end(session_id, guard.actor())
    flash(gettext("That sign-in was ended."))
    return redirect(url_for("account.account"), 303)
