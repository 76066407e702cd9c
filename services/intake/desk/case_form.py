"""The form of a case: from what was typed to a case, keeping every word of it when something does not fit."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self, TypeVar

from werkzeug.datastructures import MultiDict

from services.intake.desk.sentences import said
from services.intake.domain import person_record
from services.intake.domain.asking import NOTHING_CHECKED, EnquirerCheck, Identity, Order
from services.intake.domain.case import Case, Enquirer, Episode, NameMissing, Separation
from services.intake.domain.codes import CaseKind, Category, Risk, TracingStatus
from services.intake.domain.dates import PartialDate
from services.intake.domain.errors import DomainError
from services.intake.domain.person import BadPerson, Person, check_together
from services.intake.domain.triage import NOT_ASKED, QUESTIONS, Answer, Triage, propose
from services.intake.domain.triage import check as check_risk

MARK_ROWS = 4
_TEXTS = (
    "given_name",
    "family_name",
    "sex",
    "date_of_birth",
    "age",
    "nationality",
    "eye_colour",
    "hair_colour",
    "last_seen_date",
    "last_seen_place",
)
TRIAGE = tuple(f"triage_{question.code}" for question in QUESTIONS)
FIELDS = (
    *(
        "category",
        "risk",
        *TRIAGE,
        "risk_because",
        *_TEXTS,
        "alternate_names",
        "languages",
        "height_cm",
        "marks",
        "protect_location",
    ),
    *("enquirer_name", "enquirer_relation", "enquirer_phone", "enquirer_email", "enquirer_language"),
    *("enquirer_identity", "enquirer_order", "enquirer_plausible", "enquirer_check"),
    *("last_contact", "cause", "note"),
)
"""What can be changed in a case, in the order of the form. The kind cannot."""
_ENQUIRER = ("name", "relation", "phone", "email", "language")
_CHECK = ("identity", "order", "plausible")
_PROTECT = {"yes": True, "no": False}
MAX_LINE = 200
T = TypeVar("T")
Code = TypeVar("Code", Identity, Order, Answer)


@dataclass(slots=True, repr=False)
class CaseForm:
    """What stands in the form, by field, and what is wrong with it. Values are text as it was typed."""

    values: dict[str, str]
    languages: tuple[str, ...] = ()
    marks: list[tuple[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    base: str = ""
    """What stood in the form when it was opened, as `packed` writes it; empty when that is not known."""

    def of(self, name: str) -> str:
        """The text of a field, empty when there is none."""
        return self.values.get(name, "")

    def mark_rows(self) -> list[tuple[str, str]]:
        """The marks, and empty rows to add some."""
        empty = max(MARK_ROWS - len(self.marks), 2)
        return [*self.marks, *[("", "")] * empty]

    def untold(self) -> Self:
        """The same without what is wrong with it: nobody asked to save it."""
        return replace(self, errors={})

    def part(self, name: str) -> str:
        """The text of a field; of languages and marks, one line each."""
        if name == "languages":
            return "\n".join(sorted(self.languages))
        if name == "marks":
            return "\n".join(f"{kind}:{place}" for kind, place in self.marks)
        return "\n".join(self.of(name).strip().splitlines())

    def packed(self, fields: Sequence[str] = FIELDS) -> str:
        """These fields, for a hidden field of the page: only so can it be told later what was changed."""
        return json.dumps({name: self.part(name) for name in fields}, ensure_ascii=False)


def empty(kind: str = "") -> CaseForm:
    """A new form."""
    return CaseForm({"kind": kind, "risk": Risk.MEDIUM.value, "protect_location": "unknown"})


def of_case(case: Case) -> CaseForm:
    """A form filled with what is known."""
    plain = person_record.to_plain(case.person)
    values = {name: str(plain.get(name, "")) for name in (*_TEXTS, "height_cm")}
    values |= {"kind": case.kind, "category": case.category, "risk": case.risk, "note": case.note}
    values["alternate_names"] = "\n".join(case.person.alternate_names)
    protected = case.person.protect_location
    values["protect_location"] = "unknown" if protected is None else "yes" if protected else "no"
    if case.enquirer is not None:
        values |= {f"enquirer_{name}": getattr(case.enquirer, name) for name in _ENQUIRER}
        check = case.enquirer.check
        values |= {f"enquirer_{name}": getattr(check, name).value for name in _CHECK}
        values["enquirer_check"] = check.note
    if case.separation is not None:
        values["cause"] = case.separation.cause
        values["last_contact"] = str(case.separation.last_contact or "")
    values |= {f"triage_{code}": answer.value for code, answer in case.triage.answers}
    values["risk_because"] = case.triage.because
    marks = [(kind, place) for kind, _, place in (mark.partition(":") for mark in case.person.marks)]
    made = CaseForm(values, case.person.languages, marks)
    return replace(made, base=made.packed())


def read(form: MultiDict[str, str], today: date, old: Case | None = None) -> tuple[CaseForm, Case | None]:
    """The form as it was sent, and the case that it describes; None when the form has errors."""
    sent = typed(form)
    return sent, parse(sent, today, old)


def typed(form: MultiDict[str, str]) -> CaseForm:
    """The form as it was sent, word for word."""
    pairs = zip(form.getlist("mark_kind"), form.getlist("mark_place"), strict=False)
    return CaseForm(
        {name: value for name, value in form.items() if name not in ("languages", "csrf_token", "base")},
        tuple(form.getlist("languages")),
        [pair for pair in pairs if any(pair)],
        base=form.get("base", ""),
    )


def parse(sent: CaseForm, today: date, old: Case | None = None) -> Case | None:
    """The case that a form describes; None after noting in the form what is wrong with it."""
    values = _person_values(sent, old)
    for name, value in values.items():
        _try(sent, name, lambda name=name, value=value: person_record.from_plain({name: value}, today))  # type: ignore[misc]
    kind = _try(sent, "kind", lambda: old.kind if old else CaseKind(sent.of("kind")))
    category = _try(sent, "category", lambda: Category(sent.of("category")))
    last_contact = _try(sent, "last_contact", lambda: _date(sent.of("last_contact"), today))
    check = _try(sent, "enquirer_check", lambda: _enquirer_check(sent))
    enquirer = _try(sent, "enquirer_name", lambda: _enquirer(sent, check))
    triage = _try(sent, "risk_because", lambda: triage_of(sent)) or NOT_ASKED
    person = None if any(name in sent.errors for name in values) else _person(sent, values, today)
    risk = _risk(sent, triage, person or Person(), today)
    if kind is None or person is None:
        return None
    try:
        made = Case(
            kind=kind,
            person=person,
            category=category or Category.ADULT,
            risk=risk or Risk.MEDIUM,
            tracing_status=old.tracing_status if old else TracingStatus.OPEN,
            episode=old.episode if old else Episode(),
            enquirer=enquirer,
            separation=_separation(sent, last_contact, old),
            note=sent.of("note").strip(),
            triage=triage,
        )
    except NameMissing as error:
        sent.errors["family_name"] = said(error)
        return None
    except DomainError as error:
        sent.errors[getattr(error, "field", "note")] = said(error)
        return None
    return None if sent.errors else made


def _person(sent: CaseForm, values: dict[str, Any], today: date) -> Person | None:
    try:
        person = person_record.from_plain(values, today)
        check_together(person)
    except BadPerson as error:
        sent.errors.setdefault(error.field, said(error))
        return None
    return person


def person_of(sent: CaseForm, today: date) -> Person:
    """The person that a form describes. Raises BadPerson."""
    return person_record.from_plain(_person_values(sent, None), today)


def triage_of(sent: CaseForm) -> Triage:
    """The answers about risk that stand in a form. Raises ReasonTooLong."""
    answers = {question.code: sent.of(f"triage_{question.code}") for question in QUESTIONS}
    return Triage.of(answers, sent.of("risk_because"))


def _risk(sent: CaseForm, triage: Triage, person: Person, today: date) -> Risk | None:
    """The risk that was chosen; without a choice the one that the answers speak for."""
    if not sent.of("risk"):
        return propose(triage, person, today).risk
    risk = _try(sent, "risk", lambda: Risk(sent.of("risk")))
    if risk is not None:
        _try(sent, "risk_because", lambda: check_risk(triage, risk, person, today))
    return risk


def _person_values(sent: CaseForm, old: Case | None) -> dict[str, Any]:
    values: dict[str, Any] = {name: sent.of(name) for name in _TEXTS if sent.of(name).strip()}
    values["alternate_names"] = [line for line in sent.of("alternate_names").splitlines() if line.strip()]
    values["languages"] = list(sent.languages)
    values["marks"] = [f"{kind}:{place}" for kind, place in sent.marks]
    height = sent.of("height_cm").strip()
    if height:
        values["height_cm"] = int(height) if height.isdecimal() and len(height) < 4 else height
    if sent.of("protect_location") in _PROTECT:
        values["protect_location"] = _PROTECT[sent.of("protect_location")]
    if old is not None:
        _keep(values, old)
    return values


def _keep(values: dict[str, Any], old: Case) -> None:
    """An age stays right for the day on which it was entered; a region goes with its place."""
    known = person_record.to_plain(old.person)
    if values.get("age") and values["age"] == known.get("age"):
        values["age_as_of"] = known["age_as_of"]
    if known.get("last_seen_region") and values.get("last_seen_place", "") == known.get(
        "last_seen_place", ""
    ):
        values["last_seen_region"] = known["last_seen_region"]


def _separation(sent: CaseForm, last_contact: PartialDate | None, old: Case | None) -> Separation | None:
    cause, before = sent.of("cause").strip(), old.separation if old else None
    if not (cause or last_contact or before):
        return None
    kept = before or Separation()
    return Separation(date=kept.date, cause=cause, place=kept.place, last_contact=last_contact)


def _enquirer(sent: CaseForm, check: EnquirerCheck | None) -> Enquirer | None:
    name, relation, phone, email, language = (
        sent.of(f"enquirer_{field}").strip()[:MAX_LINE] for field in _ENQUIRER
    )
    if check is None or not (any((name, relation, phone, email, language)) or check != NOTHING_CHECKED):
        return None
    return Enquirer(name, relation, phone, email, language, check)


def _enquirer_check(sent: CaseForm) -> EnquirerCheck:
    """What was checked; who did it and when is written down by the use case. Raises CheckNoteTooLong."""
    return EnquirerCheck(
        identity=_chosen(Identity, sent.of("enquirer_identity"), Identity.NOT_SEEN),
        order=_chosen(Order, sent.of("enquirer_order"), Order.NOT_ASKED),
        plausible=_chosen(Answer, sent.of("enquirer_plausible"), Answer.UNKNOWN),
        note=sent.of("enquirer_check").strip(),
    )


def _chosen(codes: type[Code], text: str, otherwise: Code) -> Code:
    """One of a list; what stands for not known when nothing, or nonsense, was chosen."""
    return codes(text) if text in list(codes) else otherwise


def _date(text: str, today: date) -> PartialDate | None:
    return PartialDate.parse(text, today) if text.strip() else None


def _try(sent: CaseForm, name: str, make: Callable[[], T]) -> T | None:
    """The value, or None after noting the first problem of this field."""
    try:
        return make()
    except (DomainError, ValueError) as error:
        missing = "Choose one from the list."
        sent.errors.setdefault(name, said(error if isinstance(error, DomainError) else missing))
        return None
