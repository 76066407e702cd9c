"""Services without their business: real databases, real keys, real envelopes, and a broker in memory."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.bus.memory import MemoryBus
from shared.bus.port import EVENT_CONTENT_TYPE, Delivery, HandleBatch, Verdict
from shared.bus.topology import inbox_queue
from shared.crypto.rest import RestCipher, new_key
from shared.partners.directory import Directory
from shared.partners.records import touch
from shared.partners.rolekeys import RoleKeys
from shared.partners.tables import PartnerRow, PartnersBase
from shared.post import plain
from shared.post.incoming import Handler, Incoming
from shared.post.outbox_relay import OutboxRelay
from shared.post.payload import PlainDecoder, PlainOpener
from shared.post.processor import Processor
from shared.post.receiver import Receiver
from shared.post.routes import Lane
from shared.post.sealed import SealedPost
from shared.post.sealed_opener import EnvelopeOpener, SealedDecoder
from shared.runtime import clock as clocks
from shared.runtime import ids
from shared.runtime.clock import ManualClock
from shared.store.engine import Database
from shared.store.tables import InboxRow, OutboxRow, RejectedRow, SharedBase
from shared.wire.codes import MsgStatus, Urgency
from shared.wire.local import DutySettled, DutyWaiting
from shared.wire.messages import Body
from shared.wire.parties import Party, Role
from tests.support.clock import START, manual_clock
from tests.support.database import copy_of, image, new_database
from tests.unit.partners import world as cards

REST_KEY = new_key()
ENVELOPE = "application/vnd.myosotis.envelope"
VILNIUS = Party("lt-vilnius", Role.INTAKE)
LYON = Party("fr-lyon", Role.MATCHING)
RIGA = Party("lv-riga", Role.MATCHING)
ORGANISATIONS = ("lt-vilnius", "lv-riga", "fr-lyon")


class PowerCutError(Exception):
    """What a kill -9 is to code that runs in one process."""


@dataclass
class Book:
    """Handlers that keep what they were given; `refuse` may raise for some."""

    seen: list[Incoming] = field(default_factory=list)
    before: Callable[[Session, Incoming], None] = field(default=lambda session, incoming: None)

    def __call__(self, session: Session, incoming: Incoming) -> None:
        self.before(session, incoming)
        self.seen.append(incoming)

    @property
    def ids(self) -> list[str]:
        """The ids of the messages whose handler came to its end, in order."""
        return [incoming.id for incoming in self.seen]


@dataclass
class Desk:
    """Notify of Lyon: it reads plain events."""

    database: Database
    clock: ManualClock = field(default_factory=manual_clock)
    bus: MemoryBus = field(default_factory=lambda: MemoryBus.node("fr-lyon"))
    rejected: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)

    def receiver(self, queue: str = "notify") -> Receiver:
        """The way in."""
        return Receiver(
            lane=Lane.LOCAL,
            me="fr-lyon/notify",
            database=self.database,
            consumer=self.bus.consumer(queue),
            openers={EVENT_CONTENT_TYPE: PlainOpener("notify")},
            cipher=None,
            clock=self.clock,
            received=self.received.append,
            rejected=self.rejected.append,
        )

    def processor(self, handlers: Mapping[str, Handler], owner: str = "worker-1") -> Processor:
        """What runs the handlers."""
        return Processor(self.database, handlers, PlainDecoder("notify"), None, self.clock, owner)

    def take(self, *bodies: bytes, content_type: str = EVENT_CONTENT_TYPE) -> list[Verdict]:
        """Let the receiver take one batch."""
        return self.receiver().take(self.deliveries(*bodies, content_type=content_type))

    def deliveries(self, *bodies: bytes, content_type: str = EVENT_CONTENT_TYPE) -> list[Delivery]:
        """One batch, as the broker gives it."""
        return [Delivery("notify.message", body, content_type) for body in bodies]


def waiting_event(clock: ManualClock, sender: str = "matching") -> bytes:
    """A plain event for notify, with an id of its own."""
    body = DutyWaiting(
        reference=ids.new_id("match"),
        urgency=Urgency.IMMEDIATE,
        status=MsgStatus.ACTUAL,
        at=clocks.to_wire(clock.now()),
    )
    return plain.encode(ids.new_id("msg"), sender, clock.now(), body)


def settled_event(clock: ManualClock) -> bytes:
    """Another kind of event for notify."""
    body = DutySettled(reference=ids.new_id("match"))
    return plain.encode(ids.new_id("msg"), "intake", clock.now(), body)


def consume(bus: MemoryBus, queue: str, handle: HandleBatch) -> None:
    """Let a consumer take one batch; what `handle` raises is raised, and the batch goes back to the queue."""
    stop = threading.Event()

    def once(batch: list[Delivery]) -> list[Verdict]:
        stop.set()
        return handle(batch)

    bus.consumer(queue).run(once, stop)


@dataclass
class Office:
    """One role of one organisation on the relay, with keys and a directory."""

    me: Party
    database: Database
    clock: ManualClock
    keys: RoleKeys
    directory: Directory
    bus: MemoryBus
    cipher: RestCipher = field(default_factory=lambda: RestCipher(new_key()))

    @property
    def post(self) -> SealedPost:
        """The way out."""
        return SealedPost(self.me, self.keys, self.directory, self.clock)

    @property
    def queue(self) -> str:
        """The inbox queue on the relay."""
        return inbox_queue(self.me.organisation, self.me.role)

    def receiver(self) -> Receiver:
        """The way in."""
        return Receiver(
            lane=Lane.RELAY,
            me=str(self.me),
            database=self.database,
            consumer=self.bus.consumer(self.queue),
            openers={ENVELOPE: EnvelopeOpener(self.me, self.keys, self.directory, self.clock)},
            cipher=self.cipher,
            clock=self.clock,
        )

    def outbox_relay(self) -> OutboxRelay:
        """What publishes."""
        return OutboxRelay(Lane.RELAY, self.database, self.bus.publisher(), self.clock, "worker-1")

    def processor(self, handlers: Mapping[str, Handler]) -> Processor:
        """What runs the handlers."""
        decode = SealedDecoder(self.me.role.value)
        return Processor(self.database, handlers, decode, self.cipher, self.clock, "worker-1")

    def send(self, to: Party, *bodies: Body) -> list[str]:
        """Send in one transaction; the ids."""
        with self.database.begin() as session:
            return [self.post.send(session, to, body) for body in bodies]

    def set_status(self, organisation: str, status: str) -> None:
        """Put a partner somewhere without the people that it takes."""
        with self.database.begin() as session:
            session.get_one(PartnerRow, organisation).status = status
            touch(session)


def office(
    me: Party,
    folder: Path,
    bus: MemoryBus,
    clock: ManualClock,
    *,
    kind: str = "sqlite",
    partners: Sequence[str] = ORGANISATIONS,
) -> Office:
    """An office whose directory holds these partners, all verified."""
    keys = RoleKeys(me, cards.key(f"{me.organisation} {me.role}"), REST_KEY)
    directory, known = Directory(me.organisation), (me.organisation, *partners)
    if kind == "sqlite":
        database = copy_of(_furnished(me, known), folder)
    else:
        database = new_database(kind, folder)
        _furnish(database, keys, directory, known)
    return Office(me, database, clock, keys, directory, bus)


@cache
def _furnished(me: Party, known: tuple[str, ...]) -> bytes:
    def fill(database: Database) -> None:
        SharedBase.metadata.create_all(database.engine)
        keys = RoleKeys(me, cards.key(f"{me.organisation} {me.role}"), REST_KEY)
        _furnish(database, keys, Directory(me.organisation), known)

    return image(fill)


def _furnish(database: Database, keys: RoleKeys, directory: Directory, known: Sequence[str]) -> None:
    me = keys.party
    PartnersBase.metadata.create_all(database.engine)
    with database.begin() as session:
        keys.adopt(session, cards.opening_key(f"{me} prekey"), START)
        for organisation in set(known):
            data = cards.signed(cards.card(organisation))
            own = organisation == me.organisation
            assert directory.add_card(session, data, START, own=own).refused is None
            for role in Role:
                prekeys = cards.prekey_set(Party(organisation, role), made=START)
                taken = directory.add_prekeys(session, prekeys, START, organisation=organisation)
                assert taken.refused is None
            if not own:
                session.get_one(PartnerRow, organisation).status = "verified"
        touch(session)


def inbox(database: Database) -> list[InboxRow]:
    """Every row of the inbox."""
    with database.read() as session:
        return list(session.scalars(select(InboxRow).order_by(InboxRow.id)))


def outbox(database: Database) -> list[OutboxRow]:
    """Every row of the outbox."""
    with database.read() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def refused(database: Database) -> list[RejectedRow]:
    """The list of what was refused."""
    with database.read() as session:
        return list(session.scalars(select(RejectedRow).order_by(RejectedRow.id)))
