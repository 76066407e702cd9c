"""Error pages that say what happened in a sentence and show an id, and nothing of the program (case 60)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response
from markupsafe import escape
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from shared.runtime import ids, log

ErrorPage = Callable[[int, str], str]
"""Makes the page from a status and an incident id; a service hands in one in the reader's language."""

_SENTENCES = {
    400: "The request could not be understood.",
    401: "Please sign in.",
    403: "You may not do this.",
    404: "There is nothing here.",
    405: "This cannot be done here.",
    408: "The request took too long.",
    409: "Somebody else changed this in the meantime.",
    413: "What was sent is too large.",
    415: "This kind of file is not accepted.",
    429: "Too many requests. Please wait a little.",
    503: "The service cannot be reached just now. Nothing was lost; please try again in a minute.",
}
_UNEXPECTED = "Something went wrong. Nothing was saved; please try again."


def plain_page(status: int, incident: str) -> str:
    """The page for who has no better one."""
    sentence = escape(_SENTENCES.get(status, _UNEXPECTED))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{status}</title></head>'
        f"<body><h1>{sentence}</h1><p>{escape(incident)}</p></body></html>"
    )


def add_error_pages(app: Flask, page: ErrorPage = plain_page) -> None:
    """Every error of the app becomes such a page; the log has its id, type and code location."""
    logger = log.get("web")

    def answer(status: int, error: Exception) -> Response:
        incident = ids.new_id("incident")
        if status >= 500:
            logger.error("request_failed", incident=incident, status=status, error=error)
        else:
            logger.info("request_refused", incident=incident, status=status)
        return Response(page(status, incident), status, mimetype="text/html")

    @app.errorhandler(HTTPException)
    def _expected(error: HTTPException) -> Response:
        if error.response is not None and error.code is None:
            return Response("", 500)
        response = answer(error.code or 500, error)
        for name, value in error.get_headers():
            # Allow with 405 and Retry-After with 429 or 503 tell the caller what to do; no others are needed.
            if name in ("Allow", "Retry-After", "Location"):
                response.headers[name] = value
        return response

    @app.errorhandler(DBAPIError)
    @app.errorhandler(PoolTimeout)
    def _database(error: Exception) -> Response:
        # A lost connection, a lock that was not given in time, a full or read-only disk (cases 78, 79).
        away = not isinstance(error, DBAPIError) or error.connection_invalidated
        away = away or type(error).__name__ in ("OperationalError", "InternalError")
        return answer(503 if away else 500, error)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        return answer(500, error)
