"""Stands before every page: who is this, and may they open it?"""

import re
from typing import TypeGuard

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import language, proof
from services.intake.desk.access import ANYBODY, is_sensitive, opened_by
from services.intake.desk.ports import desk
from services.intake.handlers.actor import Actor
from services.intake.handlers.errors import NotAllowed, NotSignedIn
from services.intake.handlers.signin import SignIn

SIGN_IN = "sign_in"
HALF = "half_sign_in"
"""Where the browser keeps a sign-in whose second step is to come."""
WANTED = "wanted"
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]{0,500}")
API = "api."
OWN_PASSWORD = "account.own_password"  # noqa: S105  # nosec B105: the name of a page
"""All that is open to somebody whose password another person chose."""
SET_UP = ("second_step.second_step", "second_step.set_up")
"""All that is open to somebody who has to set up a second step first."""


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


def is_known() -> bool:
    """Whether this request comes from a browser that has signed in; nothing but its cookie is read."""
    try:
        desk().intake.sign_ins.resume(session.get(SIGN_IN, ""))
    except NotSignedIn:
        return False
    return True


def begin(made: SignIn) -> str:
    """Put a new session into the browser and return where the person wanted to go.

    All but the language that the browser had before is dropped, so that nobody can plant a session (case 45).
    """
    wanted, chosen = session.get(WANTED, ""), session.get(language.SESSION_FIELD)
    session.clear()
    session[SIGN_IN] = made.token
    if chosen is not None:
        session[language.SESSION_FIELD] = chosen
    return wanted if is_local(wanted) else url_for("today.today")


def is_local(address: object) -> TypeGuard[str]:
    """Whether this is an address on this desk, to which a browser may be sent (case 57)."""
    return isinstance(address, str) and _LOCAL_PATH.fullmatch(address) is not None


def begin_half(made: SignIn) -> None:
    """The password was right: put what waits for the second step into the browser."""
    wanted, chosen = session.get(WANTED, ""), session.get(language.SESSION_FIELD)
    session.clear()
    session.update({HALF: made.token, WANTED: wanted})
    if chosen is not None:
        session[language.SESSION_FIELD] = chosen


def half() -> SignIn | None:
    """The sign-in of this browser whose second step is to come."""
    try:
        return desk().intake.sign_ins.resume(session.get(HALF, ""), half=True)
    except NotSignedIn:
        session.pop(HALF, None)
        return None


def end() -> None:
    """Forget the session, here and in the browser."""
    for kept in (SIGN_IN, HALF):
        if kept in session:
            desk().intake.sign_ins.sign_out(session[kept])
    session.clear()
    g.sign_in = g.actor = g.locked = None


def _refuse_foreign_forms() -> None:
    """A form of another site is refused before anything is read (case 44)."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and not is_from_here():
        abort(403)


def is_from_here() -> bool:
    """Whether the browser says that a page of this desk, or nobody, made it send this."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def recognise() -> None:
    """Find out who sends this request, where an error comes before anybody asked."""
    g.sign_in = g.actor = g.locked = None
    if SIGN_IN in session:
        try:
            found = desk().intake.sign_ins.resume(session[SIGN_IN], lock_after=desk().safety.lock_after)
        except NotSignedIn:
            session.pop(SIGN_IN)
            return
        if found.locked:
            g.locked = found  # to every page, this is nobody
        else:
            g.sign_in, g.actor = found, found.actor


def must_set_up(found: SignIn) -> bool:
    """Whether this role has to set up a second step, and this person has none."""
    return found.actor.role in desk().safety.second_step_for and not found.second_step


def _check() -> ResponseReturnValue | None:
    g.sign_in = g.actor = g.locked = None
    endpoint = request.endpoint
    if endpoint is None or endpoint.startswith(API):
        return None
    recognise()
    access = opened_by(current_app, endpoint)
    if access is None:
        raise RuntimeError("a page without an entry for who may open it")
    if access == ANYBODY:
        return None
    if proof.KEPT in request.form or g.locked is not None:
        again = proof.take(g.locked or g.sign_in)
        if again is not None:
            return again
    if g.actor is None:
        if request.method in ("GET", "HEAD"):
            session[WANTED] = request.path
            return redirect(url_for("account.sign_in"))
        abort(401)
    if g.sign_in.must_change and endpoint != OWN_PASSWORD:
        if request.method in ("GET", "HEAD"):
            return redirect(url_for(OWN_PASSWORD))
        raise NotAllowed()
    if must_set_up(g.sign_in) and endpoint not in (OWN_PASSWORD, *SET_UP):
        if request.method in ("GET", "HEAD"):
            return redirect(url_for(SET_UP[0]))
        raise NotAllowed()
    if g.actor.role not in access:
        raise NotAllowed()
    if request.method not in ("GET", "HEAD") and is_sensitive(current_app, endpoint):
        return proof.ask_unless_fresh(g.sign_in)
    return None
