"""Builds matching from its settings: keys, directory, handlers, loops."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.matching.allowances import allowances
from services.matching.handlers import Handlers
from shared.crypto import keyfile
from shared.crypto.keyfile import KeyBundle
from shared.crypto.rest import RestCipher
from shared.partners import founding
from shared.partners.bundle import CardFile
from shared.partners.directory import Directory
from shared.partners.rolekeys import RoleKeys
from shared.post.incoming import Handler, Incoming
from shared.post.office import PostOffice
from shared.post.opening.aide import Aide
from shared.post.process import open_database
from shared.post.routes import Lane
from shared.post.sealed import SealedPost
from shared.post.sealed_opener import EnvelopeOpener, Recent, SealedDecoder
from shared.post.unreadable import Unreadable
from shared.post.upkeep import Upkeep
from shared.post.wires import RabbitWires, Wires
from shared.runtime.clock import Clock, ClockGuard, SystemClock
from shared.runtime.metrics import ServiceMetrics
from shared.runtime.settings import ServiceSettings
from shared.runtime.worker import Loop, every
from shared.store.audit import Audit
from shared.store.clock_seen import ClockSeen
from shared.store.engine import Database
from shared.wire.local import PartnerChanged
from shared.wire.messages import CardUpdated
from shared.wire.parties import Party, Role
from shared.wire.values import encode_base64

TICK_SECONDS = 0.25
ASK_AGAIN_SECONDS = 60.0


@dataclass(slots=True)
class MatchingApp:
    """Everything of one matching process."""

    settings: ServiceSettings
    database: Database
    clock: Clock
    bundle: KeyBundle
    keys: RoleKeys
    directory: Directory
    handlers: Handlers
    metrics: ServiceMetrics
    guard: ClockGuard

    @property
    def me(self) -> Party:
        """This node's matching."""
        return self.keys.party

    @property
    def post(self) -> SealedPost:
        """The way out."""
        return SealedPost(self.me, self.keys, self.directory, self.clock)

    def begin(self, card_file: CardFile) -> bool:
        """Take in the own card and keys that set-up made; safe to repeat."""
        with self.database.begin() as session:
            return founding.begin(
                session, self.directory, self.keys, self.bundle, card_file, self.clock.now()
            )

    def office(self, wires: Wires | None = None) -> PostOffice:
        """Both brokers, in and out, and the processor."""
        recent = Recent()
        return PostOffice(
            settings=self.settings,
            wires=wires or RabbitWires(self.settings),
            database=self.database,
            clock=self.clock,
            metrics=self.metrics,
            handlers=self.handlers_by_type(),
            decode=SealedDecoder("matching", recent),
            cipher=RestCipher(self.bundle["rest"]),
            sealed=EnvelopeOpener(self.me, self.keys, self.directory, self.clock, recent, Aide()),
            batches=self.handlers.batches,
            on_reject=Unreadable(self.database, self.directory, self.clock, self.handlers.ask_anew),
            allowances=allowances(self.settings.alerts_a_slot),
        )

    def loops(self) -> list[Loop]:
        """Everything that a worker runs."""
        upkeep = Upkeep(
            database=self.database,
            clock=self.clock,
            guard=self.guard,
            metrics=self.metrics,
            lanes=(Lane.LOCAL, Lane.RELAY),
            keys=self.keys,
            key_changed=self.tell_intake,
        )
        return [
            *self.office().loops(),
            Loop("comparing", self.handlers.keep_comparing),
            Loop("asking", every(ASK_AGAIN_SECONDS, self.handlers.ask_again)),
            Loop("receipts", every(TICK_SECONDS, self.handlers.send_receipts)),
            Loop("expiry", every(60.0, self._expire)),
            Loop("upkeep", upkeep.run),
        ]

    def handlers_by_type(self) -> dict[str, Handler]:
        """The handlers; what changes a partner's standing updates the directory first."""
        handlers = dict(self.handlers.handlers)
        on_partner = handlers[PartnerChanged.TYPE]

        def partner_changed(session: Session, incoming: Incoming) -> None:
            if isinstance(incoming.body, PartnerChanged):
                taken = self.directory.mirror(session, incoming.body, self.clock.now(), incoming.seq)
                if taken.overtaken:
                    return
            on_partner(session, incoming)

        handlers[PartnerChanged.TYPE] = partner_changed
        return handlers

    def _expire(self) -> int:
        if self.guard.check() is not None:
            return 0  # upkeep says so in the log; nothing is deleted by a clock that jumped
        return self.handlers.expire_alerts()

    def tell_intake(self, session: Session, prekeys: bytes) -> None:
        """A new sealing key: intake takes it into the directory and tells every partner."""
        own = self.directory.changed_body(session, self.me.organisation)
        self.directory.add_prekeys(session, prekeys, self.clock.now(), organisation=self.me.organisation)
        intake = Party(self.me.organisation, Role.INTAKE)
        self.post.send(session, intake, CardUpdated(card=own.card, prekeys=[encode_base64(prekeys)]))


def build(settings: ServiceSettings, clock: Clock | None = None) -> MatchingApp:
    """Open the key file and make the app; connects to nothing yet. Raises KeyFileError."""
    clock = clock or SystemClock()
    if settings.key_file is None:
        raise ValueError("matching has a key file")  # the settings refuse this already
    bundle = keyfile.load(settings.key_file, settings.passphrase())
    me = Party(settings.organisation, Role.MATCHING)
    keys, directory = RoleKeys.from_bundle(me, bundle), Directory(settings.organisation)
    database = open_database(settings)
    guard = ClockGuard(clock, memory=ClockSeen(database))
    handlers = Handlers(
        database=database,
        post=SealedPost(me, keys, directory, clock),
        clock=clock,
        cipher=RestCipher(bundle["rest"]),
        audit=Audit(str(me), clock),
        me=me,
        receipt_slot_seconds=settings.receipt_slot_seconds,
        guard=guard,
        sign_head=lambda message: keys.signing_key.sign(b"myosotis audit head v1", message),
        column_bytes=None if settings.columns_mb is None else settings.columns_mb << 20,
    )
    return MatchingApp(settings, database, clock, bundle, keys, directory, handlers, ServiceMetrics(), guard)
