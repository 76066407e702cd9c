"""/healthz, /readyz and /metrics as part of a Flask app."""

from __future__ import annotations

from flask import Blueprint, request
from prometheus_client import CollectorRegistry
from werkzeug.wrappers import Response

from shared.runtime.health import Checks, wsgi_app


def health_blueprint(checks: Checks, registry: CollectorRegistry) -> Blueprint:
    """The three pages of shared.runtime.health. They show names of checks and numbers only."""
    blueprint = Blueprint("health", __name__)
    inner = wsgi_app(checks, registry)

    def answer() -> Response:
        return Response.from_app(inner, request.environ)

    for path in ("healthz", "readyz", "metrics"):
        blueprint.add_url_rule(f"/{path}", path, answer, methods=["GET"])
    return blueprint
