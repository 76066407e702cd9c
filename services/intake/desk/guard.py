"""Stands before every page: who is this, and may they open it?"""

import re

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import language
from services.intake.desk.access import ANYBODY, opened_by
from services.intake.desk.ports import desk
from services.intake.handlers.actor import Actor
from services.intake.handlers.errors import NotAllowed, NotSignedIn
from services.intake.handlers.signin import SignIn

SIGN_IN = "sign_in"
WANTED = "wanted"
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]{0,500}")
API = "api."


def add_to(app: Flask) -> None:
    """Ask before every request. The API has its own way to say who is calling."""
    app.before_request(_refuse_foreign_forms)
    app.before_request(_check)


def actor() -> Actor:
    """Who has signed in; only on pages that are not open to anybody."""
    return current().actor


def current() -> SignIn:
    """The session of this request. Raises NotSignedIn."""
    found: SignIn | None = getattr(g, "sign_in", None)
    if found is None:
        raise NotSignedIn()
    return found


def begin(made: SignIn) -> str:
    """Put a new session into the browser and return where the person wanted to go.

    All but the language that the browser had before is dropped, so that nobody can plant a session (case 45).
    """
    wanted, chosen = session.get(WANTED, ""), session.get(language.SESSION_FIELD)
    session.clear()
    session[SIGN_IN] = made.token
    if chosen is not None:
        session[language.SESSION_FIELD] = chosen
    return wanted if isinstance(wanted, str) and _LOCAL_PATH.fullmatch(wanted) else url_for("today.today")


def end() -> None:
    """Forget the session, here and in the browser."""
    if SIGN_IN in session:
        desk().intake.sign_ins.sign_out(session[SIGN_IN])
    session.clear()
    g.sign_in = g.actor = None


def _refuse_foreign_forms() -> None:
    """A form of another site is refused before anything is read (case 44)."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)


def _check() -> ResponseReturnValue | None:
    g.sign_in = g.actor = None
    endpoint = request.endpoint
    if endpoint is None or endpoint.startswith(API):
        return None
    if SIGN_IN in session:
        try:
            g.sign_in = desk().intake.sign_ins.resume(session[SIGN_IN])
            g.actor = g.sign_in.actor
        except NotSignedIn:
            session.pop(SIGN_IN)
    access = opened_by(current_app, endpoint)
    if access is None:
        raise RuntimeError("a page without an entry for who may open it")
    if access == ANYBODY:
        return None
    if g.actor is None:
        if request.method in ("GET", "HEAD"):
            session[WANTED] = request.path
            return redirect(url_for("account.sign_in"))
        abort(401)
    if g.actor.role not in access:
        raise NotAllowed()
    return None
