"""What the command `myosotis` does with notify's database: the rota, and what waits or is parked."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.channels.registry import Channels
from services.notify.domain import rota
from services.notify.domain.reasons import explain
from services.notify.domain.rota import DutyPerson, WeeklyHours
from services.notify.planning import Planner
from services.notify.store import deliveries, people, waiting
from shared.runtime import ids
from shared.runtime.clock import Clock
from shared.store.engine import Database


class NothingParked(LookupError):
    """Nothing with this id is parked; list what is parked to see the ids."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One thing that waits, for a list."""

    reference: str
    short: str
    urgency: str
    status: str
    at: datetime
    state: str
    told: int
    reason: str | None
    explanation: str


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """One notice that was given up, for a list."""

    id: str
    short: str
    person: str
    """The person's name on the rota, or their id when they left it."""
    channel: str
    attempts: int
    since: datetime
    reason: str | None
    explanation: str


class NotifyAdmin:
    """The administrator's hand in notify. `channels` let the desk hear of a retry."""

    def __init__(self, database: Database, channels: Channels, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._planner = Planner(channels)

    def add_person(
        self,
        name: str,
        email: str,
        *,
        language: str = "lt",
        zone: str = rota.DEFAULT_ZONE,
        hours: str = "always",
        begins: str | None = None,
        ends: str | None = None,
    ) -> DutyPerson:
        """Put a person on the rota; `hours` as WeeklyHours reads them, moments as '2026-11-21 20:00' there.

        Raises BadRota.
        """
        person = DutyPerson(
            id=ids.new_id("person"),
            name=name.strip(),
            email=email.strip(),
            language=language,
            zone=zone,
            hours=WeeklyHours.parse(hours),
            begins=None if begins is None else rota.local_moment(begins, zone),
            ends=None if ends is None else rota.local_moment(ends, zone),
        )
        with self._database.begin() as session:
            people.add(session, person)
        return person

    def list_people(self) -> list[DutyPerson]:
        """The whole rota, by name."""
        with self._database.read() as session:
            return people.everybody(session)

    def on_duty(self) -> list[DutyPerson]:
        """Who would be told now."""
        return rota.on_duty(self.list_people(), self._clock.now())

    def set_active(self, person_id: str, active: bool) -> None:
        """Take a person off duty for the time being, or back. Raises NoSuchPerson."""
        with self._database.begin() as session:
            people.set_active(session, person_id, active)
        if not active:
            self._drop_open(person_id)

    def remove_person(self, person_id: str) -> None:
        """Delete a person from the rota and cancel what was not sent to them yet. Raises NoSuchPerson."""
        with self._database.begin() as session:
            people.remove(session, person_id)
        self._drop_open(person_id)

    def list_waiting(self) -> list[WaitingLine]:
        """Everything that waits, the oldest first."""
        with self._database.read() as session:
            return [
                WaitingLine(
                    row.reference,
                    ids.short(row.reference),
                    row.urgency,
                    row.status,
                    row.at,
                    row.state,
                    row.told,
                    row.reason,
                    explain(row.reason),
                )
                for row in waiting.unsettled(session)
            ]

    def list_parked(self) -> list[ParkedLine]:
        """What was given up, the oldest first, with what to do about it."""
        with self._database.read() as session:
            names = {person.id: person.name for person in people.everybody(session)}
            return [
                ParkedLine(
                    row.id,
                    ids.short(row.reference),
                    names.get(row.person, row.person),
                    row.channel,
                    row.attempts,
                    row.changed,
                    row.reason,
                    explain(row.reason),
                )
                for row in deliveries.parked(session)
            ]

    def retry_parked(self, delivery_id: str | None = None) -> int:
        """Try again what is parked, all or one, from the first attempt. Returns how many notices that were.

        Raises NothingParked when an id is given that is not parked.
        """
        with self._database.read() as session:
            rows = [row for row in deliveries.parked(session) if delivery_id in (None, row.id)]
        if delivery_id is not None and not rows:
            raise NothingParked("nothing with this id is parked; list what is parked to see the ids")
        return sum(self._retry(row.id, row.reference, row.channel) for row in rows)

    def _retry(self, delivery_id: str, reference: str, channel: str) -> bool:
        now = self._clock.now()
        with self._database.begin() as session:
            row = waiting.locked(session, reference)
            retried = deliveries.retry_parked(session, delivery_id, now)
            if row is not None:
                self._planner.announce(session, row, channel, now)
        return retried

    def _drop_open(self, person_id: str) -> None:
        with self._database.read() as session:
            references = deliveries.unsent_references(session, person_id)
        for reference in references:
            now = self._clock.now()
            with self._database.begin() as session:
                row = waiting.locked(session, reference)
                deliveries.cancel(session, reference, now, person=person_id)
                if row is not None:
                    self._planner.plan(session, row, now)
