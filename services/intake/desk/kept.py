"""What was typed into a form that can no longer be sent: handed back, never saved by itself (case 44)."""

import re

from flask import current_app, g, render_template, request

from services.intake.desk import guard
from services.intake.desk.access import opened_by
from services.intake.desk.secret_fields import SECRETS

_SECRET_PAGES = ("account.", "second_step.", "staff.welcome")
"""Pages of passwords and second factors: nothing of them is kept, whatever the field is called."""
_CHOICE = re.compile(r"[a-z0-9_.:-]*")


def typed() -> list[tuple[str, str]]:
    """All fields of the form that was sent but secrets; nothing if there is no word that a person typed.

    A form of choices alone is quick to choose again, and nobody confirms an erasure on a page that does not
    say what would be erased. Files cannot be handed back; the browser has them still.
    """
    endpoint = request.endpoint or ""
    if request.method != "POST" or request.files or endpoint.startswith(("api.", *_SECRET_PAGES)):
        return []
    pairs = [pair for pair in request.form.items(multi=True) if pair[0] not in SECRETS]
    return pairs if any(_CHOICE.fullmatch(value) is None for _, value in pairs) else []


def page() -> str | None:
    """A page that holds what was typed; None where there is nothing to keep or it comes from elsewhere.

    Signed out: it asks to sign in in another tab and sends the same again. Signed in: it shows what was
    typed, for a person to look at and to send, if the role may send it at all.
    """
    pairs = typed()
    if not pairs or not guard.is_from_here():
        return None
    if g.actor is None:
        return render_template("signed_out.html", kept=pairs, action=request.path)
    access = opened_by(current_app, request.endpoint or "")
    if not isinstance(access, frozenset) or g.actor.role not in access:
        return None
    return render_template("not_sent.html", kept=pairs, words=words(), action=request.path)


def words() -> list[str]:
    """What a person typed into the form that was sent, without secrets and without choices."""
    if not guard.is_from_here():
        return []
    return [value for _, value in typed() if _CHOICE.fullmatch(value) is None]
