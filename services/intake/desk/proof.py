"""Who is at the keyboard? Asked before a sensitive act, and when nobody used the desk for a while.

The form that was being sent is kept in the page, sealed for this person and this address: whoever sits down
at a locked desk reads nothing of it. Passwords and codes are never in it. When the proof is right the request
goes on with what was typed, so that nothing is lost.
"""

import base64
import binascii
import json
import zlib
from typing import Any

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from services.intake.desk.ports import desk
from services.intake.desk.secret_fields import SECRETS
from services.intake.desk.sentences import said
from services.intake.handlers.errors import NotProved
from services.intake.handlers.signin import SignIn
from services.intake.handlers.unfinished import Unfinished
from shared.crypto.errors import CannotDecrypt

KEPT = "kept"
PASSWORD, CODE = "proof_password", "proof_code"


def take(who: SignIn | None) -> ResponseReturnValue | None:
    """Look at a proof that was sent along, and put the kept form in its place; None to go on.

    `who` may be locked. Nobody, or somebody else's form: 400, as for any form that is no longer good.
    """
    if who is None:
        return None  # the sign-in ended meanwhile: the guard asks for a new one
    if KEPT not in request.form:
        return _ask(who)
    fields = _opened(who, request.form[KEPT])
    if request.form.get(PASSWORD) or request.form.get(CODE):
        try:
            _prove(who)
        except NotProved as error:
            return _ask(who, said(error), kept=request.form[KEPT])
        who = desk().intake.sign_ins.resume(who.token)
    elif who.locked or not is_fresh(who):
        return _ask(who, kept=request.form[KEPT])
    g.locked, g.sign_in, g.actor = None, who, who.actor
    request.form = fields  # what was being sent before we asked
    return None


def ask_unless_fresh(who: SignIn) -> ResponseReturnValue | None:
    """The page that asks, unless this person proved who they are a short while ago."""
    return None if is_fresh(who) else _ask(who)


def is_fresh(who: SignIn) -> bool:
    """Whether the last proof is recent enough for a sensitive act."""
    return desk().clock.now() - who.proved_at <= desk().safety.proof_lasts


def _prove(who: SignIn) -> None:
    source = request.remote_addr or "unknown"
    if request.form.get(CODE) and not who.locked:
        desk().intake.second_steps.prove(who, request.form[CODE], source)
    else:
        desk().intake.sign_ins.prove(who, request.form.get(PASSWORD, ""), source)


def _ask(who: SignIn, error: str = "", kept: str | None = None) -> ResponseReturnValue:
    """401: a look is asked for again by loading the page, a form by sending it sealed to the same address."""
    address = request.full_path.rstrip("?")
    if request.method in ("GET", "HEAD"):
        return locked_page(who, address, error)
    if kept is None:
        kept = _sealed(who)
    return _page(who, error, kept=kept, looking=False, action=address, lost_file=bool(request.files)), 401


def locked_page(who: SignIn, back: str, error: str = "") -> tuple[str, int]:
    """Asks for the password and leads back to a page that was only looked at."""
    return _page(who, error, kept="", looking=True, action=back, lost_file=False), 401


def _page(who: SignIn, error: str, **parts: object) -> str:
    return render_template("prove.html", who=who, error=error, **parts)


def _sealed(who: SignIn) -> str:
    typed = [pair for pair in request.form.items(multi=True) if pair[0] not in SECRETS]
    packed = zlib.compress(json.dumps(typed).encode())
    return base64.urlsafe_b64encode(_keeper().seal(who.actor.id, request.path, packed)).decode()


def _opened(who: SignIn, kept: str) -> ImmutableMultiDict[str, Any]:
    if not kept:
        return ImmutableMultiDict()
    try:
        sealed = base64.urlsafe_b64decode(kept.encode())
        packed = _keeper().open(who.actor.id, request.path, sealed)
    except (binascii.Error, UnicodeEncodeError, CannotDecrypt):
        abort(400)
    return ImmutableMultiDict([(name, value) for name, value in json.loads(zlib.decompress(packed))])


def _keeper() -> Unfinished:
    return Unfinished(desk().intake.context)
