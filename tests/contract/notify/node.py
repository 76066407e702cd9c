"""Notify of one organisation, with a recorded post and a channel that is told what to do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select

from services.notify.admin import NotifyAdmin
from services.notify.channels.base import PersonChannel
from services.notify.channels.desk.transport import Desk
from services.notify.channels.registry import Channels
from services.notify.dispatch import Dispatcher, RotaWatch
from services.notify.domain.notice import Notice
from services.notify.domain.rota import DutyPerson
from services.notify.handlers import Handlers
from services.notify.store.tables import DeliveryRow, WaitingRow
from shared.post.incoming import Incoming
from shared.runtime.clock import ManualClock, to_wire
from shared.runtime.ids import new_id
from shared.store.engine import Database
from shared.wire.codes import MsgStatus, Urgency
from shared.wire.local import DutySettled, DutyState, DutyWaiting
from shared.wire.messages import Body
from tests.support.post import RecordingPost

DESK = "https://desk.example.org/"


@dataclass
class ScriptedChannel(PersonChannel):
    """Raises what it is told to, per address or for all, and keeps what it was asked to send."""

    name: ClassVar[str] = "email"
    fails: dict[str, Exception] = field(default_factory=dict)
    tried: list[tuple[str, Notice, str]] = field(default_factory=list)
    reachable: bool = True

    def reaches(self, person: DutyPerson) -> bool:
        return self.reachable

    def send(self, notice: Notice, person: DutyPerson, delivery_id: str) -> None:
        self.tried.append((person.email, notice, delivery_id))
        error = self.fails.get(person.email) or self.fails.get("*")
        if error is not None:
            raise error

    @property
    def addresses(self) -> list[str]:
        """To whom it tried to send, in order."""
        return [address for address, _, _ in self.tried]


class Node:
    """What app.py puts together, for tests."""

    def __init__(
        self, database: Database, clock: ManualClock, people: dict[str, PersonChannel] | None = None
    ) -> None:
        self.database, self.clock = database, clock
        self.post = RecordingPost()
        self.channel = ScriptedChannel()
        channels = Channels({"email": self.channel} if people is None else people, Desk(self.post))
        self.handlers = Handlers(channels, clock).by_type()
        self.admin = NotifyAdmin(database, channels, clock)
        self.watch = RotaWatch(database, channels, clock)
        self.channels = channels
        self.dispatcher = self.new_dispatcher()

    def new_dispatcher(self) -> Dispatcher:
        """Another worker."""
        return Dispatcher(
            self.database, self.channels, self.clock, DESK, poll_seconds=0.01, chance=lambda: 0.5
        )

    def waits(
        self,
        reference: str | None = None,
        urgency: Urgency = Urgency.EXPECTED,
        status: MsgStatus = MsgStatus.ACTUAL,
        at: datetime | None = None,
    ) -> str:
        """`duty.waiting` arrives."""
        reference = reference or new_id("match")
        moment = to_wire(at or self.clock.now())
        self.hear(DutyWaiting(reference=reference, urgency=urgency, status=status, at=moment))
        return reference

    def settles(self, reference: str, at: datetime | None = None) -> None:
        """`duty.settled` arrives."""
        self.hear(DutySettled(reference=reference), at)

    def hear(self, body: Body, created: datetime | None = None) -> None:
        """One event, as the processor hands it over."""
        event = Incoming(body.TYPE, "intake", new_id("msg"), created or self.clock.now(), None, body)
        with self.database.begin() as session:
            self.handlers[body.TYPE](session, event)

    def dispatch(self) -> int:
        """Handle all that is due; returns how many."""
        count = 0
        while self.dispatcher.step():
            count += 1
            assert count < 1000
        return count

    def pass_time(self, **how: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**how))

    @property
    def states(self) -> list[tuple[str, int, str | None]]:
        """What the desk heard: state, told, reason."""
        bodies = self.post.bodies(DutyState)
        return [(body.state, body.told, body.reason) for body in bodies if isinstance(body, DutyState)]

    def waiting(self, reference: str) -> WaitingRow:
        """The row of a reference."""
        with self.database.read() as session:
            return session.get_one(WaitingRow, reference)

    def deliveries(self) -> list[tuple[str, int, str | None]]:
        """State, attempts and reason of every delivery."""
        with self.database.read() as session:
            rows = session.scalars(select(DeliveryRow).order_by(DeliveryRow.round, DeliveryRow.person)).all()
            return [(row.state, row.attempts, row.reason) for row in rows]
