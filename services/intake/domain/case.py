"""A case: one person that an organisation looks for, holds, or cannot name (words.md)."""

from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain.asking import NOTHING_CHECKED, EnquirerCheck
from services.intake.domain.codes import CaseKind, Category, Risk, TracingStatus, Urgency
from services.intake.domain.dates import PartialDate
from services.intake.domain.errors import DomainError
from services.intake.domain.person import Person
from services.intake.domain.triage import NOT_ASKED, Triage

MAX_TEXT = 2000
ADULT_AGE = 18


class StatusNotAllowed(DomainError):
    """The search cannot go from its present status to that one; look at the steps in between."""


class CaseClosed(DomainError):
    """This case is closed; reopen it before you change it."""


class NameMissing(DomainError):
    """Give at least one name, or register the person as unidentified."""


class TextTooLong(DomainError):
    """This note is longer than 2,000 characters; shorten it."""


ALLOWED: dict[TracingStatus, frozenset[TracingStatus]] = {
    TracingStatus.OPEN: frozenset({TracingStatus.TRACING_IN_PROGRESS, TracingStatus.CLOSED}),
    TracingStatus.TRACING_IN_PROGRESS: frozenset(
        {TracingStatus.OPEN, TracingStatus.VERIFIED, TracingStatus.CLOSED}
    ),
    TracingStatus.VERIFIED: frozenset(
        {TracingStatus.TRACING_IN_PROGRESS, TracingStatus.REUNIFIED, TracingStatus.CLOSED}
    ),
    TracingStatus.REUNIFIED: frozenset({TracingStatus.CLOSED}),
    TracingStatus.CLOSED: frozenset(),
}
"""Where a search may go next. A closed one is only reopened, as a new episode or by mistake."""

URGENCY: dict[Risk, Urgency] = {
    Risk.HIGH: Urgency.IMMEDIATE,
    Risk.MEDIUM: Urgency.EXPECTED,
    Risk.LOW: Urgency.FUTURE,
    Risk.NO_APPARENT_RISK: Urgency.FUTURE,
}


@dataclass(frozen=True, slots=True, repr=False)
class Enquirer:
    """Who is looking. Never leaves the house except inside a disclosure."""

    name: str
    relation: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    check: EnquirerCheck = NOTHING_CHECKED

    def __repr__(self) -> str:
        return "<Enquirer>"


@dataclass(frozen=True, slots=True, repr=False)
class Separation:
    """How contact was lost, in the words of who reported it."""

    date: PartialDate | None = None
    cause: str = ""
    place: str = ""
    last_contact: PartialDate | None = None

    def __repr__(self) -> str:
        return "<Separation>"


@dataclass(frozen=True, slots=True)
class Episode:
    """One disappearance of one person: ten runaways are one person and ten episodes."""

    number: int = 1
    began: PartialDate | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One case. Changes return a new one; the store keeps reference and version."""

    kind: CaseKind
    person: Person
    category: Category
    risk: Risk = Risk.MEDIUM
    tracing_status: TracingStatus = TracingStatus.OPEN
    episode: Episode = Episode()
    enquirer: Enquirer | None = None
    separation: Separation | None = None
    note: str = ""
    triage: Triage = NOT_ASKED

    def __post_init__(self) -> None:
        named = self.person.given_name or self.person.family_name or self.person.alternate_names
        if self.kind is not CaseKind.UNIDENTIFIED and not named:
            raise NameMissing()
        if len(self.note) > MAX_TEXT or (self.separation and len(self.separation.cause) > MAX_TEXT):
            raise TextTooLong()

    @property
    def is_closed(self) -> bool:
        """Nothing of a closed case is compared or shared."""
        return self.tracing_status is TracingStatus.CLOSED

    @property
    def urgency(self) -> Urgency:
        """What the risk means for those who are told."""
        return URGENCY[self.risk]

    def move_to(self, status: TracingStatus) -> "Case":
        """The case with the next status; raises StatusNotAllowed."""
        if status not in ALLOWED[self.tracing_status]:
            raise StatusNotAllowed()
        return replace(self, tracing_status=status)

    def reopened(self) -> "Case":
        """A closed case opened again in the same episode; raises StatusNotAllowed if it is not closed."""
        if not self.is_closed:
            raise StatusNotAllowed("Only a closed case can be reopened.")
        return replace(self, tracing_status=TracingStatus.OPEN)

    def new_episode(self, began: PartialDate | None) -> "Case":
        """The same person went missing again."""
        opened = self.reopened()
        return replace(opened, episode=Episode(self.episode.number + 1, began))

    def with_person(self, person: Person) -> "Case":
        """The case after an edit of the person; raises CaseClosed."""
        if self.is_closed:
            raise CaseClosed()
        return replace(self, person=person)

    def __repr__(self) -> str:
        return f"<Case {self.kind.value}>"


def usual_category(person: Person, today: date) -> Category:
    """What the import proposes when the table names no category: adult, or the children's residual."""
    years = person.birth_years()
    if years is not None and today.year - years[1] < ADULT_AGE:
        return Category.LOST_INJURED_OTHERWISE
    return Category.ADULT
