"""A Flask application with everything safe by default; a service adds its pages."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import IO

from flask import Flask, Request, request
from prometheus_client import CollectorRegistry
from werkzeug.exceptions import RequestEntityTooLarge

from shared.runtime.health import Checks
from shared.web.errors import ErrorPage, add_error_pages, plain_page
from shared.web.headers import add_security_headers
from shared.web.health import health_blueprint

LARGEST_REQUEST = 12 * 1024 * 1024
LARGEST_FORM = 512 * 1024
LARGEST_FROM_STRANGERS = 16 * 1024
"""Bytes of a body that are read before it is known who sends it: a sign-in, and much to spare."""
MOST_FIELDS = 1_000
SESSION_COOKIE = "myosotis"


class MemoryRequest(Request):
    """A request whose files stay in memory: what people send is not written to a disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """The library would write a file of more than 500 KB into a temporary folder, readable as it is."""
        return BytesIO()


def create_app(
    name: str,
    *,
    secret_key: bytes,
    https: bool,
    hosts: list[str],
    checks: Checks | None = None,
    registry: CollectorRegistry | None = None,
    page: ErrorPage = plain_page,
    is_known: Callable[[], bool] = lambda: False,
) -> Flask:
    """An app without pages of its own. Nothing is read from the environment.

    `name`: the import name of the package with templates and static files. `secret_key`: at least 32 bytes.
    `hosts`: names under which the service is reached; any other Host header is a 400 (case 57). With `checks`
    and `registry` it answers /healthz, /readyz and /metrics. `is_known` says, from the headers alone, whether
    somebody who signed in sends this request: of others, nothing large is read.
    """
    if len(secret_key) < 32:
        raise ValueError("the secret of the sessions has at least 32 bytes")
    app = Flask(name)
    app.request_class = MemoryRequest
    app.config.update(
        SECRET_KEY=secret_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_NAME=f"__Host-{SESSION_COOKIE}" if https else SESSION_COOKIE,
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        SEND_FILE_MAX_AGE_DEFAULT=0,
        TRAP_HTTP_EXCEPTIONS=False,
        PROPAGATE_EXCEPTIONS=False,
        DEBUG=False,
        TRUSTED_HOSTS=hosts,
    )
    app.jinja_options = {"autoescape": True}

    @app.before_request
    def _little_from_strangers() -> None:
        # A server that reads ahead keeps nothing of it either; here whoever sent it is told.
        endless = "Transfer-Encoding" in request.headers
        if (endless or (request.content_length or 0) > LARGEST_FROM_STRANGERS) and not is_known():
            raise RequestEntityTooLarge

    @app.before_request
    def _bounded_form() -> None:
        # Werkzeug counts the parts of a multipart form only.
        if request.mimetype == "application/x-www-form-urlencoded":
            too_long = (request.content_length or 0) > LARGEST_FORM
            if too_long or request.get_data().count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge

    add_security_headers(app, https=https)
    add_error_pages(app, page)
    if checks is not None and registry is not None:
        app.register_blueprint(health_blueprint(checks, registry))
    return app
