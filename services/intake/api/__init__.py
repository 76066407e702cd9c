"""The JSON API under /api/v1, for programs that act as a person of the desk. No cookie, no form."""

import json
from typing import cast

from flask import Blueprint, Flask, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect

from services.intake.api import problems
from services.intake.api.document import document
from services.intake.api.routing import CSV, PREFIX, Call, Route
from services.intake.api.table import ROUTES
from services.intake.desk.access import ANYBODY, page
from services.intake.desk.ports import Desk, desk
from services.intake.handlers.actor import Actor
from services.intake.handlers.errors import NotAllowed, NotSignedIn

__all__ = ["ROUTES", "add_to", "is_known"]


def add_to(app: Flask, made: Desk) -> None:
    """Give the application the API. `desk.add_to` comes first."""
    blueprint = Blueprint("api", __name__)
    for route in ROUTES:
        page(blueprint, route.rule, route.called_by, (route.method,))(_view(route))
    described = json.dumps(document(ROUTES), ensure_ascii=False, sort_keys=True)

    def openapi() -> Response:
        return Response(described, content_type="application/json")

    page(blueprint, f"{PREFIX}/openapi.json", ANYBODY)(openapi)
    problems.add_to(blueprint)
    app.register_blueprint(blueprint)
    # No cookie is read here, so another site has nothing to misuse.
    cast(CSRFProtect, app.extensions["myosotis-csrf"]).exempt(blueprint)


def is_known() -> bool:
    """Whether this request has a token that is good; nothing but its header is read."""
    try:
        _bearer()
    except NotSignedIn:
        return False
    return True


def _view(route: Route) -> "_RouteView":
    return _RouteView(route)


class _RouteView:
    """One route as a Flask view: who is calling, is the body right, then the use case."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self.__name__ = route.name

    def __call__(self, **path: str) -> Response:
        actor = _bearer()
        g.actor = actor  # sentences are said in the language of the account
        if actor.role not in self._route.called_by:
            raise NotAllowed()
        result = self._route.do(self._call(actor, path))
        return Response(result.model_dump_json(), self._route.status, content_type="application/json")

    def _call(self, actor: Actor, path: dict[str, str]) -> Call:
        query = {name: request.args[name] for name in self._route.query if name in request.args}
        if self._route.takes_csv:
            if request.mimetype != CSV:
                abort(415)
            return Call(actor, path, query, data=request.get_data())
        if self._route.body is None:
            return Call(actor, path, query)
        if request.mimetype != "application/json":
            abort(415)
        return Call(actor, path, query, self._route.body.model_validate_json(request.get_data()))


def _bearer() -> Actor:
    scheme, _, access = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not access.strip():
        raise NotSignedIn()
    return desk().intake.sign_ins.resume_token(access.strip())
