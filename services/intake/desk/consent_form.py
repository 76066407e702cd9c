"""The form of a consent: from what was typed to a consent, keeping every word when something does not fit."""

from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from services.intake.desk.sentences import said
from services.intake.domain.codes import ConsentPurpose, ConsentScope, ConsentSource, ContactWish
from services.intake.domain.consent import Consent
from services.intake.domain.errors import DomainError

FIELDS = (
    "source",
    "witnessed_by",
    "language",
    "contact_wish",
    "addressee",
    "purpose",
    "given",
    "until",
    "paper",
)
_CHOOSE = "Choose one from the list."
_DAY = "Write a day as 2027-03-31."


@dataclass(slots=True, repr=False)
class ConsentForm:
    """What stands in the form, by field, and what is wrong with it."""

    values: dict[str, str]
    scope: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The text of a field, empty when there is none."""
        return self.values.get(name, "")


def empty(today: date, language: str) -> ConsentForm:
    """A new form: given today, in the language of the case's person if that is known."""
    return ConsentForm({"given": today.isoformat(), "language": language})


def read(form: MultiDict[str, str]) -> tuple[ConsentForm, Consent | None]:
    """The form as it was sent, and the consent that it describes; None when the form has errors."""
    sent = ConsentForm(
        {name: form.get(name, "").strip()[:200] for name in FIELDS}, frozenset(form.getlist("scope"))
    )
    days = {name: _day(sent, name) for name in ("given", "until")}
    codes = {"source": ConsentSource, "contact_wish": ContactWish, "purpose": ConsentPurpose}
    for name, known in codes.items():
        if sent.of(name) not in known.__members__.values():
            sent.errors[name] = said(_CHOOSE)
    for name in ("language", "addressee"):
        if not sent.of(name):
            sent.errors[name] = said(_CHOOSE)
    given, until = days["given"], days["until"]
    if sent.errors or given is None or until is None:
        return sent, None
    try:
        made = Consent(
            contact_wish=ContactWish(sent.of("contact_wish")),
            source=ConsentSource(sent.of("source")),
            language=sent.of("language")[:3],
            addressee=sent.of("addressee"),
            purpose=ConsentPurpose(sent.of("purpose")),
            scope=frozenset(ConsentScope(one) for one in sent.scope & set(ConsentScope)),
            given=given,
            until=until,
            witnessed_by=sent.of("witnessed_by"),
        )
    except DomainError as error:
        sent.errors[_field_of(error)] = said(error)
        return sent, None
    return sent, made


def _day(sent: ConsentForm, name: str) -> date | None:
    try:
        return date.fromisoformat(sent.of(name))
    except ValueError:
        sent.errors[name] = said(_DAY)
        return None


def _field_of(error: DomainError) -> str:
    places = {"WitnessMissing": "witnessed_by", "BeyondTheWish": "scope"}
    return places.get(type(error).__name__, "until")
