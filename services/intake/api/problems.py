"""Errors of the API as RFC 9457 problems: a code for programs, a sentence for people."""

import re

from flask import Blueprint, Response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from services.intake.api.document import PROBLEM_TYPE
from services.intake.api.models import Problem
from services.intake.desk.problems import TROUBLES, status_of
from services.intake.desk.sentences import said

_SENTENCES = {
    400: "The request could not be understood; compare it with /api/v1/openapi.json.",
    401: "Send the access of your account as Authorization: Bearer.",
    404: "There is nothing here.",
    405: "This path does not take this method.",
    413: "What was sent is too large.",
    415: "Send JSON, or text/csv where the description says so.",
}


def add_to(blueprint: Blueprint) -> None:
    """Answer every error of the API's own routes as a problem."""
    for kind in TROUBLES:
        blueprint.register_error_handler(kind, _trouble)
    blueprint.register_error_handler(ValidationError, _not_valid)
    blueprint.register_error_handler(HTTPException, _expected)


def problem(status: int, code: str, detail: str, field: str | None = None) -> Response:
    """A problem as an answer."""
    made = Problem(
        type=f"urn:myosotis:problem:{code}",
        title=HTTP_STATUS_CODES.get(status, "Error"),
        status=status,
        code=code,
        detail=detail,
        field=field,
    )
    response = Response(made.model_dump_json(exclude_none=True), status, content_type=PROBLEM_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def code_of(error: Exception) -> str:
    """`EditConflict` as `edit_conflict`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()


def _trouble(error: Exception) -> Response:
    return problem(status_of(error), code_of(error), said(error), getattr(error, "field", None))


def _not_valid(error: ValidationError) -> Response:
    """The first field that does not fit. What stood in it is not repeated."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return problem(422, "not_valid", f"{first['msg']}.", field or None)


def _expected(error: HTTPException) -> Response:
    status = error.code or 500
    sentence = _SENTENCES.get(status, "This did not work; nothing was changed.")
    return problem(status, f"http_{status}", sentence)
