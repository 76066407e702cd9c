"""The JSON API: its document, its access, its errors, and the way of one alert over it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.test import TestResponse

from services.intake.api.document import PROBLEM_TYPE
from tests.web.house import House
from tests.web.paths import rules

PERSON = {"given_name": "Jonas", "family_name": "Kalnietis", "date_of_birth": "1990-05", "sex": "male"}
CASE = {"kind": "missing", "category": "adult", "risk": "high", "person": PERSON}


class Program:
    """A program that acts as a person."""

    def __init__(self, house: House, login: str) -> None:
        self.client = house.app.test_client()
        self.headers = {"Authorization": f"Bearer {house.token(login)}"}

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: object = None, **options: Any) -> TestResponse:
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers, **options)


def test_the_document_is_sound_and_has_every_route(house: House) -> None:
    answer = house.app.test_client().get("/api/v1/openapi.json")
    document = answer.get_json()
    OpenAPIV31SpecValidator(document).validate()
    described = {
        (method.upper(), path, operation["operationId"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    routes = {
        (method, rule.replace("<", "{").replace(">", "}"), endpoint.removeprefix("api."))
        for endpoint, method, rule in rules(house)
        if endpoint.startswith("api.") and endpoint != "api.openapi"
    }
    assert described == routes


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer wrong", "Basic cmFzYTp4", "Bearer x y"])
def test_without_a_good_access_nothing_is_told(house: House, value: str) -> None:
    answer = house.app.test_client().get("/api/v1/cases", headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.content_type == PROBLEM_TYPE
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_desks_cookie_opens_nothing_here(house: House) -> None:
    """Otherwise another site could use a signed-in browser (case 44)."""
    assert house.browser("rasa").get("/api/v1/cases").status_code == 401


def test_an_account_switched_off_ends_its_access(own_house: House) -> None:
    """Case 98."""
    program = Program(own_house, "jonas")
    assert program.get("/me").get_json()["role"] == "caseworker"
    own_house.node.intake.users.deactivate(own_house.actors["jonas"].id, own_house.actors["admin"])
    assert program.get("/me").status_code == 401


def test_the_way_of_one_alert(own_house: House) -> None:
    """Register, look at what leaves, share, see the receipts, take it back."""
    program = Program(own_house, "rasa")
    made = program.post("/cases", CASE)
    assert made.status_code == 201
    case = made.get_json()["summary"]["id"]
    assert program.get("/cases?q=Kalnietis").get_json()["cases"][0]["id"] == case
    wish = {"case": case, "release": ["sex"], "partners": ["fr-lyon"], "exercise": True}
    preview = program.post("/alerts/preview", wish).get_json()
    assert preview["leaves"] == [{"field": "sex", "value": "male"}]
    assert "Kalnietis" not in json.dumps(preview)
    shared = program.post("/alerts", wish).get_json()
    assert [(one["partner"], one["state"]) for one in shared["shares"]] == [("fr-lyon", "queued")]
    assert shared["msg_status"] == "Exercise"
    back = program.post(f"/alerts/{shared['id']}/withdraw").get_json()
    assert back["state"] == "withdrawn"
    assert back["shares"][0]["state"] == "deleting"


def test_receipts_and_matches_have_what_a_check_needs(house: House) -> None:
    """The times that partners signed for; matches with case, strength and state; who was told."""
    program = Program(house, "rasa")
    share = next(
        one
        for one in program.get(f"/alerts/{house.of['alert']}").get_json()["shares"]
        if one["partner"] == "fr-lyon"
    )
    assert share["state"] == "compared"
    assert share["compared_at"] == "2026-11-21T21:40:00Z"
    receipts = program.get(f"/alerts/{house.of['alert']}/receipts").get_json()["receipts"]
    assert receipts[0]["outcome"] == "compared"
    match = program.get("/matches?waiting=true").get_json()["matches"][0]
    assert (match["case_id"], match["strength"], match["state"], match["duty_state"]) == (
        house.of["found"], "very_likely", "new", "told",
    )  # fmt: skip
    detail = program.get(f"/matches/{match['id']}").get_json()
    said = {one["comparator"]: one["sentence"] for one in detail["reasons"]}
    assert said["family_name_sound"].endswith("have the same stem; about 1 in 500 people bears it.")
    assert said["keys_year_both"] == "These agree together: both names with the year of birth."
    duty = program.get("/duty").get_json()["entries"]
    assert {"state": "told", "told": 3}.items() <= duty[0].items()


def test_deciding(own_house: House) -> None:
    program = Program(own_house, "rasa")
    path = f"/matches/{own_house.of['match']}/decision"
    seen = {"version": 1, "seen_state": "new"}
    late = program.post(path, {"state": "probable"} | seen | {"version": 9})
    assert (late.status_code, late.get_json()["code"]) == (409, "match_moved")
    blind = program.post(path, {"state": "probable", "version": 1})
    assert (blind.status_code, blind.get_json()["field"]) == (422, "seen_state")
    bare = program.post(path, {"state": "excluded"} | seen)
    assert (bare.status_code, bare.get_json()["code"]) == (422, "reason_missing")
    done = program.post(path, {"state": "excluded", "reason": "namesake"} | seen)
    assert done.get_json()["summary"]["state"] == "excluded"
    second = program.post(path, {"state": "in_review"} | seen)
    assert (second.status_code, second.get_json()["code"]) == (409, "match_moved")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (CASE | {"extra": 1}, "extra"),
        (CASE | {"kind": "lost"}, "kind"),
        (CASE | {"person": PERSON | {"height_cm": "175"}}, "person.height_cm"),
        (CASE | {"person": PERSON | {"date_of_birth": "15/05/20"}}, "date_of_birth"),
        (CASE | {"person": PERSON | {"given_name": "x" * 400}}, "person.given_name"),
        ([], None),
    ],
)
def test_a_wrong_body_is_a_problem_that_names_the_field(
    house: House, body: object, field: str | None
) -> None:
    """RFC 9457, a code, a sentence; what was sent is not repeated."""
    answer = Program(house, "rasa").post("/cases", body)
    problem = answer.get_json()
    assert answer.status_code == problem["status"] == 422
    assert answer.content_type == PROBLEM_TYPE
    assert problem.get("field") == field
    assert problem["detail"]
    assert "Kalnietis" not in answer.get_data(as_text=True)


def test_other_mistakes_are_problems_too(house: House) -> None:
    program = Program(house, "rasa")
    text = program.client.post("/api/v1/cases", data="x", headers=program.headers)
    assert (text.status_code, text.content_type) == (415, PROBLEM_TYPE)
    broken = program.client.post(
        "/api/v1/cases", data="{", headers=program.headers, content_type="application/json"
    )
    assert (broken.status_code, broken.content_type) == (422, PROBLEM_TYPE)
    assert program.get("/cases/case_no").get_json()["code"] == "not_found"
    assert program.get("/cases?kind=lost").status_code == 422
    assert Program(house, "admin").get("/cases").get_json()["code"] == "not_allowed"


def test_a_dry_run_names_row_column_and_value(house: House) -> None:
    program = Program(house, "rasa")
    table = "id,kind,family_name,date_of_birth\n1,missing,Petrauskas,15/05/20\n2,missing,Kazlauskas,1990\n"
    answer = program.client.post(
        "/api/v1/imports/dry-run", data=table.encode(), headers=program.headers, content_type="text/csv"
    )
    found = answer.get_json()
    assert found["accepted"] == 1
    assert (found["problems"][0]["row"], found["problems"][0]["column"]) == (2, "date_of_birth")
    assert program.get("/cases?q=Kazlauskas").get_json()["cases"] == []
