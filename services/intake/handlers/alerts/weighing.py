"""Weighs what an alert would tell, and asks for a reason where it may say who the person is."""

from sqlalchemy.orm import Session

from services.intake.domain.alert import Choices, released
from services.intake.domain.identifying import Meter, Standing, weigh
from services.intake.domain.matchkeys import alert_keys
from services.intake.domain.person import Person
from services.intake.handlers.actor import Actor
from services.intake.handlers.alerts.crowds import Crowds
from services.intake.handlers.errors import BadField, TooIdentifying
from services.intake.handlers.people import People
from services.intake.store.alerts import AlertRow
from services.intake.store.fields import ALERT_BECAUSE

LEAST_REASON = 10
MOST_REASON = 500
"""Characters of the reason."""


class Weighing:
    """The meter, and the reason that it may ask for. Works within the caller's transaction."""

    def __init__(self, organisation: str, people: People, crowds: Crowds) -> None:
        self._country = organisation[:2]
        self._people = people
        self._crowds = crowds

    def meter(self, person: Person, choices: Choices, by: Actor) -> Meter:
        """How identifying it would be to tell this of a person."""
        description = released(person, choices)
        names, alike = bool(alert_keys(person)), self._crowds.alike(description, by)
        return weigh(description, self._country, names_compared=names, alike=alike)

    def allowed(self, person: Person, choices: Choices, because: str, by: Actor) -> Standing:
        """Where the meter stands. Raises TooIdentifying without a reason, whoever asks and by which way."""
        if len(because) > MOST_REASON:
            raise BadField("because", "Write the reason in 500 characters at most.")
        standing = self.meter(person, choices, by).standing
        if standing is Standing.TOO_IDENTIFYING and len(because.strip()) < LEAST_REASON:
            raise TooIdentifying()
        return standing

    def keep_reason(self, session: Session, alert: AlertRow, because: str) -> None:
        """Keep the reason, or that there is none."""
        cipher, text = self._people.cipher(session, alert.case_id), because.strip()
        alert.because = ALERT_BECAUSE.seal(cipher, alert.id, text) if text else None

    def reason(self, session: Session, alert: AlertRow) -> str:
        """The reason that was given; empty when there is none."""
        if alert.because is None:
            return ""
        return ALERT_BECAUSE.open(self._people.cipher(session, alert.case_id), alert.id, alert.because)
