"""Errors of the use cases as pages, in the reader's language."""

from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError

from services.intake.desk import again, guard, kept
from services.intake.desk.access import opened_by
from services.intake.desk.i18n import gettext
from services.intake.desk.sentences import said
from services.intake.domain.errors import DomainError
from services.intake.handlers.errors import (
    CaseErased,
    EditConflict,
    IntakeError,
    NotAllowed,
    NotFound,
    NotSignedIn,
)
from shared.partners.verification import VerificationError
from shared.runtime import ids, log
from shared.web.errors import plain_page

STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    NotAllowed: 403,
    NotSignedIn: 401,
    EditConflict: 409,
    CaseErased: 410,
}
"""Every other error of a use case is a 422: it was understood, and cannot be done."""

TROUBLES = (IntakeError, DomainError, VerificationError)


def add_to(app: Flask) -> None:
    """Handle the errors of use cases; all others are handled by shared.web.errors."""
    for kind in TROUBLES:
        app.register_error_handler(kind, _trouble)
    app.register_error_handler(CSRFError, _no_longer_good)


def status_of(error: Exception) -> int:
    """The HTTP status of a use case's error."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


def _trouble(error: Exception) -> tuple[str, int]:
    status, g.is_error = status_of(error), True
    if status in (401, 403, 404):
        return error_page(status, ids.new_id("incident")), status
    typed = kept.words()
    return render_template(
        "error.html", status=status, sentence=said(error), incident="", typed=typed
    ), status


def _no_longer_good(_: CSRFError) -> tuple[str, int]:
    """A form whose mark is not of this session. What was typed is handed back, and nothing is saved.

    A long form comes back as a form; others as a page that shows what was typed (`kept`). Who makes another
    page send one gets no further than a form that somebody would have to send (case 44).
    """
    guard.recognise()
    shown = again.FORMS.get(request.endpoint or "")
    try:
        if g.actor is not None and shown is not None and guard.is_from_here():
            return _again(shown), 400
        return kept.page() or error_page(400, ids.new_id("incident")), 400
    except TROUBLES as error:
        return _trouble(error)


def _again(shown: again.Again) -> str:
    """A long form as it was typed, for whoever may send it."""
    if g.actor.role not in (opened_by(current_app, request.endpoint or "") or ()):
        raise NotAllowed()
    return shown(**(request.view_args or {}))


def error_page(status: int, incident: str) -> str:
    """The page for an error that is not a use case's: one sentence and an id to tell the administrator."""
    try:
        # A sign-in that ended by itself, while somebody was writing: the words come back.
        page = kept.page() if status == 401 else None
        g.is_error = True
        typed = kept.words() if status >= 500 else []
        return page or render_template(
            "error.html", status=status, sentence=_sentence(status), incident=incident, typed=typed
        )
    except Exception as error:
        # The last resort. A request for another host, for one, has no address that a page could link to.
        log.get("web").info("error_page_plain", incident=incident, status=status, error=error)
        return plain_page(status, incident)


def _sentence(status: int) -> str:
    sentences = {
        400: gettext("This form is no longer good. Go back, load the page again and send it once more."),
        401: gettext("Please sign in again."),
        403: gettext("Your role does not allow this; ask somebody whose role does."),
        404: gettext("There is nothing here. It may have been closed, or it is not yours to see."),
        405: gettext("This cannot be done here."),
        413: gettext("What was sent is too large."),
        503: gettext("The desk cannot reach its data just now. Nothing was lost; try again in a minute."),
    }
    return sentences.get(status) or gettext("Something went wrong. Nothing was saved; please try again.")
