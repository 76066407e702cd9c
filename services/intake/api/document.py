"""The OpenAPI 3.1 document, made from the table of routes and the models."""

import re
from typing import Any

from pydantic.json_schema import models_json_schema

from services.intake.api.models import Problem
from services.intake.api.routing import CSV, PREFIX, Route

PROBLEM_TYPE = "application/problem+json"
_ERRORS = {
    "400": "The request could not be understood.",
    "401": "The access is missing, wrong or has ended.",
    "403": "The role does not allow this.",
    "404": "There is no such record, or it is not yours to see.",
    "409": "The record changed meanwhile.",
    "422": "It was understood and cannot be done; the sentence says why.",
}


def document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """The whole document, ready for JSON."""
    models = {model for route in routes for model in (route.answer, route.body) if model} | {Problem}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in ordered], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Myosotis desk",
            "version": "1",
            "description": "What a caseworker does on the desk, for programs. Every look is recorded.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "responses": {str(route.status): _json("Done.", route.answer.__name__)}
        | {code: _json(text, Problem.__name__, PROBLEM_TYPE) for code, text in _ERRORS.items()},
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    parameters += [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
        for name, text in route.query.items()
    ]
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {"required": True} | _content(route.body.__name__)
    elif route.takes_csv:
        operation["requestBody"] = {"required": True, "content": {CSV: {"schema": {"type": "string"}}}}
    return operation


def _json(text: str, model: str, kind: str = "application/json") -> dict[str, Any]:
    return {"description": text} | _content(model, kind)


def _content(model: str, kind: str = "application/json") -> dict[str, Any]:
    return {"content": {kind: {"schema": {"$ref": f"#/components/schemas/{model}"}}}}
