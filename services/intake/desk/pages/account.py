"""Signing in and out, the language, and the places where one is signed in."""

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard, language, proof
from services.intake.desk.access import ANYBODY, SIGNED_IN, always, page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.handlers.errors import NotProved, SignInFailed, WeakPassword, WrongCode
from services.intake.handlers.signin import SignIn
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
    if made.half:
        guard.begin_half(made)
        return redirect(url_for("account.second"), 303)
    return redirect(guard.begin(made), 303)


@page(pages, "/sign-in/code", ANYBODY, ("GET", "POST"))
def second() -> ResponseReturnValue:
    """The second step of a sign-in (case 56). Without a first one there is nothing to do here."""
    half, error = guard.half(), ""
    if half is None:
        return redirect(url_for("account.sign_in"), 303)
    if request.method == "POST":
        code, here = request.form.get("code", ""), request.remote_addr or "unknown"
        try:
            made = desk().intake.second_steps.finish(half, code, here)
        except WrongCode as problem:
            error = said(problem)
        else:
            return redirect(guard.begin(made), 303)
    return render_template("second.html", error=error), 401 if error else 200


@page(pages, "/unlock", ANYBODY, ("POST",))
def unlock() -> ResponseReturnValue:
    """Back to the page that was asked for while the desk was locked; one that was looked at, not sent."""
    guard.recognise()
    back = request.form.get("back", "")
    back = back if guard.is_local(back) else url_for("today.today")
    if g.locked is not None:
        try:
            typed, here = request.form.get(proof.PASSWORD, ""), request.remote_addr or "unknown"
            desk().intake.sign_ins.prove(g.locked, typed, here)
        except NotProved as error:
            return proof.locked_page(g.locked, back, said(error))
    return redirect(back, 303)


@page(pages, "/sign-out", ANYBODY, ("POST",))
def sign_out() -> ResponseReturnValue:
    """End the session; the browser forgets what it kept. Also when it has ended already."""
    guard.end()
    return clear_site_data(make_response(redirect(url_for("account.sign_in"), 303)))


@page(pages, "/language", ANYBODY, ("POST",))
def choose_language() -> ResponseReturnValue:
    """Another language for this browser, then back to the page that asked, or to the start."""
    wanted = request.form.get("language", "")
    if wanted in desk().languages:
        session[language.SESSION_FIELD] = wanted
    back = request.form.get("back", "")
    start = url_for("today.today" if guard.SIGN_IN in session else "account.sign_in")
    return redirect(back if guard.is_local(back) else start, 303)


@page(pages, "/account", SIGNED_IN)
def account() -> ResponseReturnValue:
    """Where this person is signed in."""
    current = guard.current()
    opened = desk().sessions.overview(current.actor)
    return render_template(
        "account.html",
        name=current.name,
        sessions=opened,
        this_session=current.session_id,
        second_step=desk().intake.second_steps.standing(current.actor),
        tokens=desk().intake.sign_ins.tokens(current.actor),
    )


@page(pages, "/account/password", SIGNED_IN, ("GET", "POST"))
def own_password() -> ResponseReturnValue:
    """One's own new password; ends all other sign-ins. Tries at the old one are counted."""
    current, error = guard.current(), ""
    if request.method == "POST":
        try:
            made = _with_new_password(current)
        except (NotProved, WeakPassword) as problem:
            error = said(problem)
        else:
            if made is not None:
                wanted = guard.begin(made)  # clears what the browser had, so the sentence comes after it
                flash(gettext("Your password was changed."))
                return redirect(wanted, 303)
            error = gettext("The two new passwords differ.")
    rendered = render_template("password.html", error=error, must_change=current.must_change)
    return rendered, 422 if error else 200


def _with_new_password(current: SignIn) -> SignIn | None:
    """The new sign-in; None when the new password was typed in two ways."""
    intake, here = desk().intake, request.remote_addr or "unknown"
    old, new = request.form.get("password", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return None
    intake.sign_ins.prove(current, old, here)
    intake.users.change_password(current.actor.id, new, current.actor)
    return intake.sign_ins.begin(current.actor.id)


@page(pages, "/account/sessions/<session_id>/end", SIGNED_IN, ("POST",))
def end_session(session_id: str) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    desk().sessions.end(session_id, guard.actor())
    flash(gettext("That sign-in was ended."))
    return redirect(url_for("account.account"), 303)


@page(pages, "/account/tokens/<token_id>/end", SIGNED_IN, ("POST",))
def end_token(token_id: str) -> ResponseReturnValue:
    """End one of one's own accesses for programs."""
    desk().intake.sign_ins.revoke_token(token_id, guard.actor())
    flash(gettext("That access was ended."))
    return redirect(url_for("account.account"), 303)


@page(pages, "/account/sessions/end-all", SIGNED_IN, ("POST",), sensitive=always)
def end_all() -> ResponseReturnValue:
    """End every one of one's own sign-ins, this one as well."""
    desk().sessions.end_all(guard.actor())
    guard.end()
    return clear_site_data(make_response(redirect(url_for("account.sign_in"), 303)))
