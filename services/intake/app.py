"""Builds intake from its settings: keys, directory, use cases, loops."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.intake.allowances import ALLOWANCES
from services.intake.handlers import intake
from services.intake.handlers.intake import Intake
from services.intake.handlers.ports import Context
from shared.crypto import keyfile
from shared.crypto.keyfile import KeyBundle
from shared.crypto.rest import RestCipher
from shared.partners import founding
from shared.partners.bundle import CardFile
from shared.partners.directory import Directory
from shared.partners.rolekeys import RoleKeys
from shared.post.incoming import Handler, Incoming, Refuse
from shared.post.office import PostOffice
from shared.post.process import open_database
from shared.post.routes import Lane
from shared.post.sealed import SealedPost
from shared.post.sealed_opener import EnvelopeOpener, SealedDecoder
from shared.post.upkeep import Upkeep
from shared.post.wires import RabbitWires, Wires
from shared.runtime.clock import Clock, ClockGuard, SystemClock
from shared.runtime.metrics import ServiceMetrics
from shared.runtime.settings import ServiceSettings
from shared.runtime.worker import Loop, every
from shared.store import audit
from shared.store.audit import Audit
from shared.store.clock_seen import ClockSeen
from shared.store.engine import Database
from shared.wire.codes import PartnerStatus
from shared.wire.messages import KeyRevoked
from shared.wire.parties import Party, Role

ASK_EVERY_SECONDS = 0.5
FORGET_EVERY_SECONDS = 600.0
EVEN_IF_STOPPED = frozenset({KeyRevoked.TYPE})
"""Handled whatever became of its sender: a key that is not to be trusted."""
_MAY_SPEAK = (PartnerStatus.VERIFIED, PartnerStatus.SELF, None)
"""None: a service of this node that is in no directory."""


@dataclass(frozen=True, slots=True)
class IntakeKeys:
    """The secrets that only intake has, by purpose."""

    pseudonym_master: bytes
    case_wrapping: bytes
    blind_index: bytes

    @classmethod
    def from_bundle(cls, bundle: KeyBundle) -> "IntakeKeys":
        """Take them from the key file. Raises MissingKey."""
        return cls(bundle["pseudonym-master"], bundle["case-wrapping"], bundle["blind-index"])

    def __repr__(self) -> str:
        return "IntakeKeys()"


@dataclass(slots=True)
class IntakeApp:
    """Everything of one intake process."""

    settings: ServiceSettings
    database: Database
    clock: Clock
    bundle: KeyBundle
    keys: RoleKeys
    directory: Directory
    use_cases: Intake
    metrics: ServiceMetrics
    guard: ClockGuard

    @property
    def me(self) -> Party:
        """This node's intake."""
        return self.keys.party

    def begin(self, card_file: CardFile) -> bool:
        """Take in the own card and keys that set-up made, and announce what is new; safe to repeat."""
        with self.database.begin() as session:
            changed = founding.begin(
                session, self.directory, self.keys, self.bundle, card_file, self.clock.now()
            )
            if changed:
                self.use_cases.partners.announce(session)
            return changed

    def office(self, wires: Wires | None = None) -> PostOffice:
        """Both brokers, in and out, and the processor."""
        return PostOffice(
            settings=self.settings,
            wires=wires or RabbitWires(self.settings),
            database=self.database,
            clock=self.clock,
            metrics=self.metrics,
            handlers=self.handlers_by_type(),
            decode=SealedDecoder("intake"),
            cipher=RestCipher(self.bundle["rest"]),
            sealed=EnvelopeOpener(self.me, self.keys, self.directory, self.clock),
            allowances=ALLOWANCES,
        )

    def handlers_by_type(self) -> dict[str, Handler]:
        """The handlers; what a partner says counts only while it is a partner."""
        return {
            name: handler if name in EVEN_IF_STOPPED else self._while_verified(handler)
            for name, handler in self.use_cases.handlers.items()
        }

    def _while_verified(self, handler: Handler) -> Handler:
        """It was verified when the message came; what was held back, or tried again, has its turn later.

        The administrator sees what was refused for that among the parked messages, and can have it tried
        again when the partner is back (PROTOCOL 4.7).
        """

        def handle(session: Session, incoming: Incoming) -> None:
            status = self.directory.view(session, self.clock.now()).status(incoming.organisation)
            if status not in _MAY_SPEAK:
                raise Refuse("partner_not_verified")
            handler(session, incoming)

        return handle

    def loops(self) -> list[Loop]:
        """Everything that a worker runs. The blinding factors live here, so there is one worker."""
        upkeep = Upkeep(
            database=self.database,
            clock=self.clock,
            guard=self.guard,
            metrics=self.metrics,
            lanes=(Lane.LOCAL, Lane.RELAY),
            keys=self.keys,
            key_changed=self.tell_everybody,
        )
        return [
            *self.office().loops(),
            Loop("ask", every(ASK_EVERY_SECONDS, lambda: self.use_cases.asker.tick(self.clock.now()))),
            Loop("forget", every(FORGET_EVERY_SECONDS, self._forget)),
            Loop("upkeep", upkeep.run),
        ]

    def _forget(self) -> None:
        """Old failures to sign in, drafts and tables left lying; not by a clock that jumped (see upkeep)."""
        if self.guard.check() is None:
            with self.database.begin() as session:
                self.use_cases.sign_ins.purge(session)
                self.use_cases.watch.purge(session)
            with self.use_cases.context.database.begin() as session:
                self.use_cases.drafts.expire(session)
                self.use_cases.import_desk.forget_old(session)

    def tell_everybody(self, session: Session, prekeys: bytes) -> None:
        """A new sealing key of ours: into the directory, to our matching, to every partner."""
        own = self.settings.organisation
        self.directory.add_prekeys(session, prekeys, self.clock.now(), organisation=own)
        self.use_cases.partners.tell_matching(session, own)
        self.use_cases.partners.announce(session)


def build(settings: ServiceSettings, clock: Clock | None = None) -> IntakeApp:
    """Open the key file and make the app; connects to nothing yet. Raises KeyFileError."""
    clock = clock or SystemClock()
    if settings.key_file is None:
        raise ValueError("intake has a key file")  # the settings refuse this already
    bundle = keyfile.load(settings.key_file, settings.passphrase())
    me = Party(settings.organisation, Role.INTAKE)
    keys, directory = RoleKeys.from_bundle(me, bundle), Directory(settings.organisation)
    database = open_database(settings)
    context = Context(
        organisation=settings.organisation,
        database=database.one_at_a_time(audit.LOCK),  # every use case writes the audit log
        post=SealedPost(me, keys, directory, clock),
        clock=clock,
        keys=IntakeKeys.from_bundle(bundle),
        directory=directory,
        audit=Audit(str(me), clock),
    )
    return IntakeApp(
        settings,
        database,
        clock,
        bundle,
        keys,
        directory,
        intake.build(context, looks_a_day=settings.looks_a_day),
        ServiceMetrics(),
        ClockGuard(clock, memory=ClockSeen(database)),
    )
