"""The nine fields of a call at night, and the note for the next shift that they write by themselves."""

from datetime import date

from werkzeug.datastructures import MultiDict

from services.intake.desk import case_form
from services.intake.desk.case_form import CaseForm
from services.intake.desk.i18n import gettext
from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind, Risk

FIELDS = (
    *("given_name", "family_name", "age", "sex", "category"),
    *("last_seen_place", "cause", "enquirer_name", "enquirer_phone"),
)
SAID_AT_MOST = 400
"""Characters of what the caller said in the note; the case has all of it."""


def empty() -> CaseForm:
    """A form for a new call."""
    return CaseForm({})


def read(form: MultiDict[str, str], today: date) -> tuple[CaseForm, Case | None]:
    """The nine fields as they were typed, and the case: missing, at high risk, begun today."""
    typed = CaseForm({name: form.get(name, "") for name in FIELDS})
    sent = CaseForm(typed.values | {"kind": CaseKind.MISSING.value, "risk": Risk.HIGH.value})
    made = case_form.parse(sent, today)
    return CaseForm(typed.values, errors=sent.errors), made


def note_for(case: Case, at: str, who: str) -> str:
    """What the next shift has to know: what was done, what was said, what is to do."""
    caller = case.enquirer
    said = case.separation.cause if case.separation else ""
    said = said if len(said) <= SAID_AT_MOST else said[:SAID_AT_MOST] + "…"
    lines = [gettext("Registered by telephone on %(at)s by %(who)s.", at=at, who=who)]
    if caller is not None:
        named = caller.name or gettext("no name given")
        reached = caller.phone or gettext("no number given")
        lines.append(gettext("Caller: %(name)s, %(phone)s.", name=named, phone=reached))
    if said:
        lines.append(gettext("What was said: %(said)s", said=said))
    lines += [
        gettext("Done: registered with high risk. Nothing is shared yet."),
        gettext("To do: call back, check who is asking, answer the questions about risk, share an alert."),
        gettext("Until then we neither confirm nor deny anything to anybody who calls."),
    ]
    return "\n".join(lines)
