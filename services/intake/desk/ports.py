"""What the pages and the API are given: the use cases of intake, and nothing below them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self, cast

from flask import current_app

from services.intake.handlers.actor import PRIVILEGED, UserRole
from services.intake.handlers.history import History
from services.intake.handlers.intake import Intake
from services.intake.handlers.sessions import Sessions
from shared.runtime.clock import Clock
from shared.runtime.settings import ServiceSettings

EXTENSION = "myosotis-desk"
LANGUAGES = ("lt", "en", "fr")
"""The languages that have a complete catalogue."""
BEGUN = ("pl", "ru", "uk", "lv", "de")
"""Languages with a part of the sentences; the others are said in English (docs/LANGUAGES.md)."""
OFFERED = (*LANGUAGES, *BEGUN)


@dataclass(frozen=True, slots=True)
class Safety:
    """How the desk watches over its doors; `second_step_for` are roles that must set one up."""

    second_step_for: frozenset[UserRole] = PRIVILEGED
    lock_after: timedelta = timedelta(minutes=15)
    proof_lasts: timedelta = timedelta(minutes=5)
    """How long a proof of who one is serves for sensitive acts."""

    @classmethod
    def of(cls, settings: ServiceSettings) -> Self:
        """As the settings want it."""
        must = {"off": frozenset[UserRole](), "privileged": PRIVILEGED, "everybody": frozenset(UserRole)}
        return cls(
            second_step_for=must[settings.second_step], lock_after=timedelta(minutes=settings.lock_minutes)
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """One organisation's desk."""

    organisation: str
    intake: Intake
    history: History
    sessions: Sessions
    clock: Clock
    languages: tuple[str, ...]
    """In the order in which they are offered; the first one is for readers who did not choose."""
    safety: Safety = field(default_factory=Safety)

    @classmethod
    def of(cls, intake: Intake, languages: tuple[str, ...] = OFFERED, safety: Safety | None = None) -> Self:
        """Made from the use cases; a language without a catalogue is not offered."""
        return cls(
            organisation=intake.context.organisation,
            intake=intake,
            history=History(intake.context, intake.cases),
            sessions=Sessions(intake.context),
            clock=intake.context.clock,
            languages=tuple(one for one in languages if one in OFFERED) or ("en",),
            safety=safety or Safety(),
        )


def desk() -> Desk:
    """The desk of the application that answers this request."""
    return cast(Desk, current_app.extensions[EXTENSION])
