"""Registering a case in steps: which fields each step has, and the draft that carries them along."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.intake.desk.case_form import TRIAGE, CaseForm, parse
from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind

CHECK = "check"
STEPS: Mapping[str, tuple[str, ...]] = {
    "person": (
        *("kind", "given_name", "family_name", "alternate_names", "sex", "date_of_birth", "age"),
        *("nationality", "languages", "height_cm", "eye_colour", "hair_colour", "marks"),
    ),
    "contact": ("last_seen_date", "last_seen_place", "protect_location", "last_contact", "cause"),
    "enquirer": (
        *("enquirer_name", "enquirer_relation", "enquirer_phone", "enquirer_email", "enquirer_language"),
        *("enquirer_identity", "enquirer_order", "enquirer_plausible", "enquirer_check"),
    ),
    "risk": ("category", *TRIAGE, "risk", "risk_because", "note"),
    CHECK: (),
}
NAMES = tuple(STEPS)
FIELDS = tuple(name for fields in STEPS.values() for name in fields)


def after(step: str) -> str:
    """The next step; the last one is its own."""
    return NAMES[min(NAMES.index(step) + 1, len(NAMES) - 1)]


def before(step: str) -> str:
    """The step before; the first one is its own."""
    return NAMES[max(NAMES.index(step) - 1, 0)]


def empty() -> CaseForm:
    """What a new draft begins with."""
    return CaseForm({"kind": CaseKind.MISSING.value, "protect_location": "unknown"})


def packed(form: CaseForm) -> dict[str, Any]:
    """What was typed, as JSON for a draft; unknown fields of the page are left out."""
    values = {name: form.of(name) for name in FIELDS if form.of(name)}
    return {"values": values, "languages": list(form.languages), "marks": [list(pair) for pair in form.marks]}


def unpacked(record: Mapping[str, Any]) -> CaseForm:
    """The form that `packed` was given."""
    marks = [(str(kind), str(place)) for kind, place in record["marks"]]
    return CaseForm(dict(record["values"]), tuple(record["languages"]), marks)


def overlaid(stored: CaseForm, typed: CaseForm, step: str) -> CaseForm:
    """What is stored, with the fields of one step as they were typed."""
    fields = STEPS[step]
    values = {name: value for name, value in stored.values.items() if name not in fields}
    values |= {name: typed.of(name) for name in fields if name in typed.values}
    return CaseForm(
        values,
        typed.languages if "languages" in fields else stored.languages,
        typed.marks if "marks" in fields else stored.marks,
    )


def judged(form: CaseForm, step: str, today: date) -> tuple[CaseForm, Case | None]:
    """The form with what is wrong in this step, or for the last step in any; and the case if nothing is."""
    asked = replace(form, errors={})
    made = parse(asked, today)
    if step != CHECK:
        asked.errors = {name: error for name, error in asked.errors.items() if name in STEPS[step]}
    return asked, made


def label_of(form: CaseForm) -> str:
    """The name for the list of drafts."""
    names = f"{form.of('given_name').strip()} {form.of('family_name').strip()}".strip()
    return names or form.of("alternate_names").strip().partition("\n")[0].strip()


def step_of(field: str) -> str:
    """The step that a field is asked in."""
    return next(step for step, fields in STEPS.items() if field in fields)
