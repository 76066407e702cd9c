"""Sends what was planned: claims one delivery, commits, lets the channel speak, writes down the outcome.

The claim is committed before the channel speaks, the outcome and its `duty.state` in one transaction after it
(store.deliveries says what a kill between the two means).
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.notify.channels.base import OutcomeUnknown, PersonChannel, TransportError
from services.notify.channels.registry import Channels
from services.notify.domain import reasons
from services.notify.domain.backoff import Backoff
from services.notify.domain.notice import Notice
from services.notify.domain.rota import DutyPerson
from services.notify.domain.states import UNTOLD, WaitingState
from services.notify.planning import Planner
from services.notify.store import deliveries, people, waiting
from services.notify.store.deliveries import LOST_AT_MOST, Claim
from services.notify.store.tables import DeliveryRow, WaitingRow
from shared.runtime import ids, log
from shared.runtime.clock import Clock
from shared.runtime.vocabulary import declare
from shared.runtime.worker import Loop
from shared.store.engine import Database

SWEEP_SECONDS = 20.0
declare("dispatch", "rota", "email", "desk", *reasons.CODES)


class Dispatcher:
    """Sends due deliveries, one at a time, the most urgent first."""

    def __init__(
        self,
        database: Database,
        channels: Channels,
        clock: Clock,
        desk_address: str,
        *,
        backoff: Backoff | None = None,
        poll_seconds: float = 0.5,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`desk_address`: as domain.notice.desk_address gives it."""
        self._database, self._channels, self._clock = database, channels, clock
        self._desk_address, self._poll_seconds, self._chance = desk_address, poll_seconds, chance
        self._backoff = backoff or Backoff()
        self._planner = Planner(channels)
        self._owner = ids.new_id("worker")
        self._log = log.get("notify")

    def loop(self) -> Loop:
        """For shared.runtime.worker.Worker."""
        return Loop("dispatch", self.run)

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop; what is in hand is finished and written down first."""
        while not stop.is_set():
            if not self.step():
                stop.wait(self._poll_seconds)

    def step(self) -> bool:
        """Handle the next due delivery. False when nothing is due."""
        with self._database.read() as session:
            candidate = deliveries.next_due(session, self._clock.now())
        if candidate is None:
            return False
        with self._database.begin() as session:
            work = self._claim(session, candidate)
        if work is not None:
            self._send(work)
        return True

    def _claim(self, session: Session, candidate: DeliveryRow) -> "_Work | None":
        """What to send; None when it turns out that nothing is to be sent."""
        now = self._clock.now()
        # The reference first, then its rows: the order in which the handlers lock, too.
        row = waiting.locked(session, candidate.reference)
        delivery = deliveries.still_due(session, candidate.id, now)
        if row is None or delivery is None:
            return None
        person = people.find(session, delivery.person)
        channel = self._channels.people.get(delivery.channel)
        claim = None
        if person is None or not person.active or _is_over(row, delivery):
            deliveries.cancel_one(delivery, now)
        elif channel is None or not channel.reaches(person):
            deliveries.park(delivery, reasons.NO_CHANNEL, now)
        else:
            claim = deliveries.take(delivery, self._owner, now)
            if claim is not None:
                short = ids.short(row.reference)
                notice = Notice(short, row.urgency, row.status, self._desk_address, person.language)
                return _Work(claim, notice, person, channel)
        self._planner.announce(session, row, delivery.channel, now)
        return None

    def _send(self, work: "_Work") -> None:
        claim = work.claim
        try:
            work.channel.send(work.notice, work.person, claim.id)
        except TransportError as error:
            self._failed(claim, error)
        except Exception as error:
            # It may have struck after the notice left, so the outcome counts as unknown.
            self._log.error("notice_failed", channel=claim.channel, id=claim.id, error=error)
            self._failed(claim, OutcomeUnknown(reasons.UNEXPECTED))
        else:
            self._sent(claim)

    def _sent(self, claim: Claim) -> None:
        now = self._clock.now()
        with self._database.begin() as session:
            row = waiting.locked(session, claim.reference)
            delivery = deliveries.sent(session, claim, now)
            if row is not None:
                waiting.rang(row, delivery.round, now)
                self._planner.announce(session, row, claim.channel, now)
        self._log.info("notice_sent", channel=claim.channel, id=claim.id, attempts=claim.attempts)

    def _failed(self, claim: Claim, error: TransportError) -> None:
        now = self._clock.now()
        with self._database.begin() as session:
            row = waiting.locked(session, claim.reference)
            delivery = deliveries.ours(session, claim)
            if row is None or delivery is None:
                return  # the lease ran out and another worker decides
            delivery.lost += isinstance(error, OutcomeUnknown)
            if _is_over(row, delivery):
                deliveries.cancel_one(delivery, now)
            elif error.permanent or delivery.lost > LOST_AT_MOST or self._backoff.exhausted(claim.attempts):
                deliveries.park(delivery, error.reason, now)
            else:
                wait = self._backoff.wait(claim.attempts, self._chance)
                deliveries.retry(delivery, error.reason, now + wait, now)
            self._planner.announce(session, row, claim.channel, now)
            outcome = delivery.state
        code = error.reason.partition(".")[0]
        self._log.warning("notice_not_sent", channel=claim.channel, id=claim.id, reason=code, outcome=outcome)


class RotaWatch:
    """Tells whoever comes on duty of what nobody was told of yet: nobody was there, or no mail went out."""

    def __init__(
        self, database: Database, channels: Channels, clock: Clock, *, sweep_seconds: float = SWEEP_SECONDS
    ) -> None:
        self._database, self._clock, self._sweep_seconds = database, clock, sweep_seconds
        self._planner = Planner(channels)

    def loop(self) -> Loop:
        """For shared.runtime.worker.Worker."""
        return Loop("rota", self.run)

    def run(self, stop: threading.Event) -> None:
        """Look at the rota again and again until told to stop."""
        while not stop.is_set():
            self.step()
            stop.wait(self._sweep_seconds)

    def step(self) -> None:
        """One look at everything that nobody was told of, each in a transaction of its own."""
        with self._database.read() as session:
            references = waiting.untold(session)
        for reference in references:
            with self._database.begin() as session:
                row = waiting.locked(session, reference)
                if row is not None and row.state in UNTOLD:
                    self._planner.plan(session, row, self._clock.now())


@dataclass(frozen=True)
class _Work:
    """A claimed delivery with all that its channel is given."""

    claim: Claim
    notice: Notice
    person: DutyPerson
    channel: PersonChannel


def _is_over(row: WaitingRow, delivery: DeliveryRow) -> bool:
    """Nothing waits any more, or people are told anew in a later round."""
    return row.state == WaitingState.SETTLED or delivery.round != row.round
