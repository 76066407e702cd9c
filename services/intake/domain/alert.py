"""An alert: which coded values leave the house, to be looked at before they do.

`preview` shows what `released` would put into the message; both come from the same call.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind, Category, MsgStatus, PermittedUse, Tlp
from services.intake.domain.description import FIELDS, Description, describe
from services.intake.domain.errors import DomainError
from services.intake.domain.person import Person

DEFAULT_RELEASED = frozenset({"sex", "birth_decade"})

LIFETIME: dict[Category, timedelta] = {
    Category.RUNAWAY: timedelta(days=90),
    Category.PARENTAL_ABDUCTION: timedelta(days=365),
    Category.THIRD_PERSON_ABDUCTION: timedelta(days=365),
    Category.UNACCOMPANIED_MIGRANT: timedelta(days=365),
    Category.LOST_INJURED_OTHERWISE: timedelta(days=90),
    Category.ADULT: timedelta(days=180),
}
"""How long an alert lives before somebody has to say that the search goes on."""


class UnknownDescription(DomainError):
    """One of the ticked descriptions does not exist; reload the page and tick again."""


class NotSearchedFor(DomainError):
    """Alerts are shared for missing people only; a found person is never announced."""


class CaseIsClosed(DomainError):
    """The search has ended, so no alert can be shared; reopen the case first."""


class AlertOver(DomainError):
    """This alert was withdrawn and stays withdrawn; share a new one if the search goes on."""


class BadExpiry(DomainError):
    """Choose an end date in the future, and within the longest time for this kind of case."""


class AlertState(StrEnum):
    """Withdrawn and erased win over everything, for ever."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Stays(StrEnum):
    """Why something stays in the house."""

    NEVER_LEAVES = "never_leaves"
    NOT_CHOSEN = "not_chosen"
    PROTECTED = "protected"
    UNKNOWN = "unknown"


NEVER_LEAVES: tuple[str, ...] = (
    "given_name",
    "family_name",
    "alternate_names",
    "date_of_birth",
    "age",
    "height_cm",
    "last_seen_date",
    "last_seen_place",
)
"""Only ever inside a disclosure (rule 1); their coded forms have names of their own."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caseworker ticked."""

    released: frozenset[str] = DEFAULT_RELEASED
    status: MsgStatus = MsgStatus.ACTUAL
    tlp: Tlp = Tlp.AMBER_STRICT
    permitted_use: PermittedUse = PermittedUse.ASK_PARTNER

    def __post_init__(self) -> None:
        if not self.released <= frozenset(FIELDS):
            raise UnknownDescription()


@dataclass(frozen=True, slots=True)
class Preview:
    """What leaves, field and value, and what stays, field and why. In the order of the lists."""

    leaves: tuple[tuple[str, str | int | list[str]], ...]
    stays: tuple[tuple[str, Stays], ...]


def released(person: Person, choices: Choices) -> Description:
    """The description that goes into the message: nothing else of the person does, in the open."""
    return describe(person).only(choices.released)


def preview(person: Person, choices: Choices) -> Preview:
    """Exactly what `released` releases, and everything else by name."""
    leaving = released(person, choices).to_plain()
    known = describe(person).to_plain()
    stays = [(name, Stays.NEVER_LEAVES) for name in NEVER_LEAVES if _has(person, name)]
    for name in FIELDS:
        if name == "region" and person.location_protected and person.last_seen.region:
            stays.append((name, Stays.PROTECTED))
        elif name not in leaving:
            stays.append((name, Stays.NOT_CHOSEN if name in known else Stays.UNKNOWN))
    return Preview(tuple(leaving.items()), tuple(stays))


def _has(person: Person, name: str) -> bool:
    if name.startswith("last_seen_"):
        return bool(getattr(person.last_seen, name.removeprefix("last_seen_")))
    return bool(getattr(person, name))


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert about one case, as its publisher knows it. Versions count from 1."""

    choices: Choices
    expires: datetime
    version: int = 1
    state: AlertState = AlertState.PUBLISHED

    @classmethod
    def share(cls, case: Case, choices: Choices, now: datetime, until: datetime | None = None) -> "Alert":
        """A first version; raises NotSearchedFor, CaseIsClosed or BadExpiry."""
        if case.kind is not CaseKind.MISSING:
            raise NotSearchedFor()
        if case.is_closed:
            raise CaseIsClosed()
        return cls(choices, expiry(case.category, now, until))

    @property
    def is_over(self) -> bool:
        """Withdrawn or erased."""
        return self.state is not AlertState.PUBLISHED

    def is_live(self, now: datetime) -> bool:
        """Published and not yet expired."""
        return not self.is_over and now < self.expires

    def update(self, choices: Choices, expires: datetime | None = None) -> "Alert":
        """The next version; raises AlertOver, for ever, after a withdrawal."""
        if self.is_over:
            raise AlertOver()
        expires = expires or self.expires
        return replace(self, choices=choices, expires=expires, version=self.version + 1)

    def withdraw(self) -> "Alert":
        """The search ended. A second withdrawal changes nothing."""
        if self.is_over:
            return self
        return replace(self, state=AlertState.WITHDRAWN, version=self.version + 1)

    def erase(self) -> "Alert":
        """Must never come back; also after a withdrawal."""
        if self.state is AlertState.ERASED:
            return self
        return replace(self, state=AlertState.ERASED, version=self.version + 1)


def expiry(category: Category, now: datetime, until: datetime | None = None) -> datetime:
    """The end date: the chosen one if it is sound, else the longest for the category."""
    latest = now + LIFETIME[category]
    if until is None:
        return latest
    if not now < until <= latest:
        raise BadExpiry()
    return until
