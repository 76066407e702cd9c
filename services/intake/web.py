"""Builds the web application of intake: the desk in the browser and the JSON API."""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from prometheus_client import CollectorRegistry

from services.intake import api, desk
from services.intake.desk.ports import Desk, Safety
from services.intake.handlers.intake import Intake
from shared.runtime.health import Checks
from shared.runtime.settings import ServiceSettings
from shared.web.app import create_app


def create(
    intake: Intake,
    settings: ServiceSettings,
    *,
    checks: Checks | None = None,
    registry: CollectorRegistry | None = None,
) -> Flask:
    """The WSGI application. `intake` is what handlers.intake.build made; nothing is read from elsewhere.

    With `checks` and `registry` it answers /healthz, /readyz and /metrics as well. The secret that signs the
    cookie is derived from intake's own keys, so every process of this organisation has the same one.
    """
    address = urlsplit(settings.public_url)
    app = create_app(
        "services.intake.desk",
        secret_key=_cookie_secret(intake.context.keys.blind_index),
        https=address.scheme == "https",
        hosts=sorted({address.hostname or "localhost", "localhost", "127.0.0.1"}),
        checks=checks,
        registry=registry,
        page=desk.error_page,
        is_known=_is_known,
    )
    made = Desk.of(intake, settings.languages, Safety.of(settings))
    desk.add_to(app, made)
    api.add_to(app, made)
    return app


def knows(app: Flask, environ: dict[str, Any]) -> bool:
    """Whether somebody who signed in sends a request with these headers; nothing of its body is read."""
    with app.request_context(environ):
        return _is_known()


def _is_known() -> bool:
    return desk.is_known() or api.is_known()


def _cookie_secret(key: bytes) -> bytes:
    return hmac.digest(key, b"desk cookie v1", hashlib.sha256)
