"""The loops of one service: what comes in, what is done about it, what goes out, on each of its lanes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared.bus.port import ENVELOPE_CONTENT_TYPE, EVENT_CONTENT_TYPE, Delivery
from shared.crypto.rest import RestCipher
from shared.post import second_look
from shared.post.handover import Handover
from shared.post.incoming import BatchHandler, Handler
from shared.post.outbox_relay import OutboxRelay
from shared.post.pace import Allowance, Pace
from shared.post.payload import Decoder, Opener, PlainOpener
from shared.post.processor import Processor
from shared.post.receiver import Receiver
from shared.post.routes import Lane
from shared.post.second_look import SecondLook
from shared.post.wires import Wires
from shared.runtime.clock import Clock
from shared.runtime.metrics import ServiceMetrics
from shared.runtime.settings import ServiceSettings
from shared.runtime.worker import Loop, every
from shared.store.engine import Database
from shared.store.presence import Presence
from shared.wire.reject import Code


@dataclass(slots=True)
class PostOffice:
    """Everything of one worker process that touches a broker."""

    settings: ServiceSettings
    wires: Wires
    database: Database
    clock: Clock
    metrics: ServiceMetrics
    handlers: Mapping[str, Handler]
    decode: Decoder
    cipher: RestCipher | None
    sealed: Opener | None = None
    batches: Mapping[str, BatchHandler] = field(default_factory=dict)
    on_reject: Callable[[Code, Delivery], None] = field(default=lambda code, delivery: None)
    allowances: tuple[Allowance, ...] = ()
    """How much of one partner is handled at once (decisions/0014)."""
    _presence: Presence = field(init=False)
    _handover: Handover = field(init=False)

    def __post_init__(self) -> None:
        self._presence = Presence(self.database, [lane.value for lane in Lane])
        self._handover = Handover(self._presence.owner)

    def loops(self) -> list[Loop]:
        """One way in and one way out for each lane, and one processor for all that comes in.

        The first takes back at once what a process held that was killed.
        """
        loops = [Loop("presence", self._presence.run), Loop("processor", self.processor().run)]
        for lane in self.wires.lanes:
            loops.append(Loop(f"{lane}_in", self.receiver(lane).run))
            loops.append(Loop(f"{lane}_out", self.outbox_relay(lane).run))
        if self.sealed is not None and Lane.RELAY in self.wires.lanes:
            again = SecondLook(self.receiver(Lane.RELAY), self.sealed)
            loops.append(Loop("second_look", every(second_look.EVERY_SECONDS, again.step)))
        return loops

    def processor(self) -> Processor:
        """What runs the handlers."""
        return Processor(
            self.database,
            self.handlers,
            self.decode,
            self.cipher,
            self.clock,
            self._presence.owner,
            poll_seconds=self.settings.poll_seconds,
            batches=self.batches,
            handover=self._handover,
        )

    def receiver(self, lane: Lane) -> Receiver:
        """The way in. Plain events are read from the local broker only."""
        openers: dict[str, Opener] = {}
        if lane is Lane.LOCAL:
            openers[EVENT_CONTENT_TYPE] = PlainOpener(self.settings.service)
        if self.sealed is not None:
            openers[ENVELOPE_CONTENT_TYPE] = self.sealed
        return Receiver(
            lane=lane,
            me=self.settings.party,
            database=self.database,
            consumer=self.wires.consumer(lane),
            openers=openers,
            cipher=self.cipher,
            clock=self.clock,
            received=self.metrics.inbox_received.add,
            rejected=self.metrics.rejected.add,
            handover=self._handover,
            on_reject=self.on_reject,
            pace=Pace(self.allowances if lane is Lane.RELAY else ()),
        )

    def outbox_relay(self, lane: Lane) -> OutboxRelay:
        """The way out."""

        def published(count: int) -> None:
            self.metrics.outbox_published.add(lane.value, count)

        return OutboxRelay(
            lane=lane,
            database=self.database,
            publisher=self.wires.publisher(lane),
            clock=self.clock,
            owner=self._presence.owner,
            poll_seconds=self.settings.poll_seconds,
            published=published,
        )
