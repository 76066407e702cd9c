"""What the pages and the API are given: the use cases of intake, and nothing below them."""

from dataclasses import dataclass
from typing import Self, cast

from flask import current_app

from services.intake.handlers.history import History
from services.intake.handlers.intake import Intake
from services.intake.handlers.sessions import Sessions
from shared.runtime.clock import Clock

EXTENSION = "myosotis-desk"
LANGUAGES = ("lt", "en", "fr")
"""The languages that have a complete catalogue."""
BEGUN = ("pl", "ru", "uk", "lv", "de")
"""Languages with a part of the sentences; the others are said in English (docs/LANGUAGES.md)."""
OFFERED = (*LANGUAGES, *BEGUN)


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

    @classmethod
    def of(cls, intake: Intake, languages: tuple[str, ...] = OFFERED) -> Self:
        """Made from the use cases; a language without a catalogue is not offered."""
        return cls(
            organisation=intake.context.organisation,
            intake=intake,
            history=History(intake.context, intake.cases),
            sessions=Sessions(intake.context),
            clock=intake.context.clock,
            languages=tuple(one for one in languages if one in OFFERED) or ("en",),
        )


def desk() -> Desk:
    """The desk of the application that answers this request."""
    return cast(Desk, current_app.extensions[EXTENSION])
