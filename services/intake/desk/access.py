"""Who may open which page. A page without an entry is opened to nobody: the request ends as an error."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from services.intake.handlers.actor import UserRole

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

ANYBODY = "anybody"
"""Also without signing in."""
SIGNED_IN = frozenset(UserRole)

Access = frozenset[UserRole] | str
_ATTRIBUTE = "opened_by"
_SENSITIVE = "asks_for_proof"
OPEN_ENDPOINTS = frozenset({"static", "health.healthz", "health.readyz", "health.metrics"})


def always() -> bool:
    """Every form that is sent here is a sensitive act."""
    return True


def page(
    blueprint: Blueprint,
    rule: str,
    opened_by: Access,
    methods: tuple[str, ...] = ("GET",),
    *,
    sensitive: Callable[[], bool] | None = None,
) -> Callable[[View], View]:
    """Register a view under a rule, with who may open it.

    `sensitive` says of a form that is sent whether it wants a fresh proof of who sends it (desk/proof.py).
    """

    def register(view: View) -> View:
        setattr(view, _ATTRIBUTE, opened_by)
        setattr(view, _SENSITIVE, sensitive)
        blueprint.add_url_rule(rule, view.__name__, view, methods=list(methods))
        return view

    return register


def opened_by(app: Flask, endpoint: str) -> Access | None:
    """Who may open an endpoint; None for one that nobody thought about."""
    if endpoint in OPEN_ENDPOINTS:
        return ANYBODY
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def is_sensitive(app: Flask, endpoint: str) -> bool:
    """Whether the form of this request is a sensitive act."""
    asks: Callable[[], bool] | None = getattr(app.view_functions[endpoint], _SENSITIVE, None)
    return asks is not None and asks()
