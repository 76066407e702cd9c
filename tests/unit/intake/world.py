"""Intakes of invented organisations over real databases, with real cards, and a post that records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.domain.asking import EnquirerCheck, Identity, Order
from services.intake.domain.case import Case, Enquirer
from services.intake.domain.codes import CaseKind, Category, EyeColour, Risk, Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import LastSeen, Person
from services.intake.domain.triage import Answer
from services.intake.handlers.actor import Actor, UserRole
from services.intake.handlers.intake import Intake, build
from services.intake.handlers.ports import Context
from services.intake.store.desk import AlarmRow
from shared.crypto.rest import new_key
from shared.partners import fingerprint
from shared.partners.card import PseudonymPolicy
from shared.partners.directory import Directory
from shared.partners.records import touch
from shared.partners.tables import PartnerRow
from shared.post.incoming import Incoming
from shared.runtime import ids
from shared.runtime.clock import ManualClock
from shared.store import schema
from shared.store.audit import Audit
from shared.store.engine import Database
from shared.store.tables import AuditRow
from shared.wire.messages import Body
from shared.wire.parties import Party, Role
from tests.support.clock import START, manual_clock
from tests.support.database import copy_of, image, new_url
from tests.support.post import RecordingPost, Sent
from tests.unit.partners import world as cards

VILNIUS, RIGA, LYON = "lt-vilnius", "lv-riga", "fr-lyon"
ALL = (VILNIUS, RIGA, LYON)
SLOT = 3600
POLICY = PseudonymPolicy(batch_points=48, slot_seconds=SLOT, first_load_batch=96)
"""Two cases in a regular batch, four in a first load: small, so that tests are quick."""

ADMIN = Actor("user_admin", UserRole.ADMINISTRATOR, "main")
LEAD = Actor("user_lead", UserRole.SAFEGUARDING_LEAD, "main")
WORKER = Actor("user_worker", UserRole.CASEWORKER, "main")
SECOND = Actor("user_second", UserRole.SECOND_READER, "main")
OTHER_TEAM = Actor("user_other", UserRole.CASEWORKER, "other")
PASSWORD = "four unrelated words do well"


AnyBody = TypeVar("AnyBody", bound=Body)


@dataclass(frozen=True)
class SecretKeys:
    pseudonym_master: bytes = field(default_factory=new_key)
    case_wrapping: bytes = field(default_factory=new_key)
    blind_index: bytes = field(default_factory=new_key)


@dataclass
class GatedPost(RecordingPost):
    """Refuses whom the directory refuses, as the real post does."""

    directory: Directory | None = None
    clock: ManualClock | None = None

    def send(self, session: Session, to: Party, body: Body, **options: object) -> str:
        assert self.directory is not None
        assert self.clock is not None
        self.directory.sealing_key(session, to, self.clock.now())
        return super().send(session, to, body, **options)  # type: ignore[arg-type]


@cache
def quick_hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Node:
    """One organisation's intake."""

    organisation: str
    database: Database
    clock: ManualClock
    post: GatedPost
    intake: Intake
    keys: SecretKeys
    read: int = 0

    def handle(self, body: Body, sender: str, *, evidence: bytes = b"signed") -> None:
        """Handle one message in a transaction of its own."""
        incoming = Incoming(body.TYPE, sender, ids.new_id("msg"), self.clock.now(), 1, body, evidence)
        with self.database.begin() as session:
            self.intake.handlers[body.TYPE](session, incoming)

    def new(self) -> list[Sent]:
        """What was sent since the last call."""
        found, self.read = self.post.sent[self.read :], len(self.post.sent)
        return found

    def bodies(self, kind: type[AnyBody]) -> list[AnyBody]:
        """Every body of this kind that was sent, in order."""
        return [sent.body for sent in self.post.sent if isinstance(sent.body, kind)]

    def alarms(self) -> set[str]:
        with self.database.read() as session:
            return set(session.scalars(select(AlarmRow.kind)))

    def actions(self) -> list[str]:
        with self.database.read() as session:
            return list(session.scalars(select(AuditRow.action).order_by(AuditRow.index)))

    def set_status(self, partner: str, status: str) -> None:
        """Put a partner somewhere without the people that it takes."""
        with self.database.begin() as session:
            session.get_one(PartnerRow, partner).status = status
            touch(session)


def node(
    organisation: str,
    folder: Path,
    clock: ManualClock | None = None,
    *,
    kind: str = "sqlite",
    partners: tuple[str, ...] = ALL,
    verified: bool = True,
    policy: PseudonymPolicy = POLICY,
) -> Node:
    """An intake whose directory knows these partners."""
    clock = clock or manual_clock()
    directory, known = Directory(organisation), (organisation, *partners)
    if kind == "sqlite" and clock.now() == START:
        database = copy_of(_furnished(organisation, known, verified, policy.model_dump_json()), folder)
    else:
        database = Database(new_url(kind, folder))
        _migrate(database)
        _furnish(database, organisation, known, verified, policy, clock)
    post = GatedPost(directory=directory, clock=clock)
    keys = SecretKeys()
    audit = Audit(f"{organisation}/intake", clock)
    context = Context(organisation, database, post, clock, keys, directory, audit)
    return Node(organisation, database, clock, post, build(context, quick_hasher()), keys)


@cache
def _furnished(organisation: str, known: tuple[str, ...], verified: bool, policy: str) -> bytes:
    of_partners = PseudonymPolicy.model_validate_json(policy)

    def fill(database: Database) -> None:
        _furnish(database, organisation, known, verified, of_partners, manual_clock())

    return image(fill, _migrated())


@cache
def _migrated() -> bytes:
    return image(_migrate)


def _migrate(database: Database) -> None:
    schema.migrate(database, "services.intake")


def _furnish(
    database: Database,
    organisation: str,
    known: tuple[str, ...],
    verified: bool,
    policy: PseudonymPolicy,
    clock: ManualClock,
) -> None:
    """Take in everybody's card and sealing keys."""
    directory = Directory(organisation)
    with database.begin() as session:
        for partner in set(known):
            own = partner == organisation
            data = cards.signed(cards.card(partner, policy=policy))
            assert directory.add_card(session, data, clock.now(), own=own).refused is None
            for role in Role:
                prekeys = cards.prekey_set(Party(partner, role), made=START)
                added = directory.add_prekeys(session, prekeys, clock.now(), organisation=partner)
                assert added.refused is None
            if verified and not own:
                session.get_one(PartnerRow, partner).status = "verified"
        touch(session)


def verify(made: Node, partner: str) -> None:
    """Two people: one compares the words, another approves."""
    places = made.intake.partners.start_comparison(partner, ADMIN)
    words = fingerprint.words(partner, cards.key(f"{partner} root 1").verify_key)
    assert made.intake.partners.compare(partner, [words[place - 1] for place in places], ADMIN).right
    made.intake.partners.approve(partner, LEAD)


def deliver(sender: Node, to: Node) -> int:
    """Carry what `sender` sent since the last call to the other intake; the rest is dropped."""
    carried = 0
    for sent in sender.new():
        if sent.to == f"{to.organisation}/intake":
            to.handle(sent.body, f"{sender.organisation}/intake")
            carried += 1
    return carried


def person(given: str = "Žydrūnė", family: str = "Kanarėlė-Testauskienė", born: str = "2009-05-14") -> Person:
    return Person(
        given_name=given,
        family_name=family,
        sex=Sex.FEMALE,
        date_of_birth=PartialDate.parse(born, date(2026, 11, 21)),
        height_cm=163,
        eye_colour=EyeColour.GREEN,
        languages=("lt", "ru"),
        last_seen=LastSeen.at("Vilnius", PartialDate(2026, 11, 2)),
    )


CHECKED = EnquirerCheck(
    Identity.DOCUMENT, Order.NO, Answer.YES, "pasas matytas", "user_checker", "2026-11-20T10:00:00Z"
)
"""A colleague has seen a document and asked."""


def case(
    kind: CaseKind = CaseKind.MISSING,
    someone: Person | None = None,
    risk: Risk = Risk.HIGH,
    check: EnquirerCheck | None = None,
) -> Case:
    return Case(
        kind=kind,
        person=someone or person(),
        category=Category.RUNAWAY,
        risk=risk,
        enquirer=Enquirer(
            "Ona Slaptoji", "mother", "+37061234567", "ona.slaptoji@example.org", "lt", check or CHECKED
        ),
        note="Kodas 50905140000, Pilies g. 5",
    )


def advance(clock: ManualClock, slots: int = 1) -> None:
    clock.advance(timedelta(seconds=SLOT * slots))
