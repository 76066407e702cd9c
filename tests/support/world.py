"""Whole nodes in one process: real keys, real databases, real services; only the broker is in memory.

A test says what people do and calls `pump()`, which lets every service send, receive and handle until
nothing moves any more. Time stands still unless a test advances it.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from admin.nodes import BrokerPlace, NodePlan, ServicePlace, create
from services.intake import app as intake_app
from services.intake.app import IntakeApp
from services.intake.handlers.actor import Actor, UserRole
from services.matching import app as matching_app
from services.matching.app import MatchingApp
from services.notify import app as notify_app
from services.notify.app import NotifyApp
from shared.bus.memory import MemoryBus
from shared.bus.port import Consumer, Publisher
from shared.bus.topology import SERVICES, inbox_queue
from shared.crypto.keyfile import Profile
from shared.crypto.keyfile_format import Derivation
from shared.partners.bundle import CardFile
from shared.partners.card import PseudonymPolicy
from shared.post import keyed, process
from shared.post.office import PostOffice
from shared.post.routes import Lane
from shared.runtime import settings as settings_files
from shared.runtime.clock import ManualClock
from tests.support.clock import manual_clock

FAST = Profile(Derivation.ARGON2ID, 1, 8)
SLOT = 60
POLICY = PseudonymPolicy(batch_points=240, slot_seconds=SLOT, first_load_batch=480)
ORGANISATIONS = ("lt-vilnius", "lv-riga", "fr-lyon")
COUNTRY = {"lt": "LT", "lv": "LV", "fr": "FR", "xx": "XX"}


@dataclass(frozen=True)
class MemoryWires:
    """One service's brokers, in memory."""

    organisation: str
    service: str
    relay: MemoryBus
    local: MemoryBus

    @property
    def lanes(self) -> tuple[Lane, ...]:
        return (Lane.LOCAL,) if self.service == "notify" else (Lane.LOCAL, Lane.RELAY)

    def publisher(self, lane: Lane) -> Publisher:
        return (self.local if lane is Lane.LOCAL else self.relay).publisher()

    def consumer(self, lane: Lane) -> Consumer:
        if lane is Lane.LOCAL:
            return self.local.consumer(self.service)
        return self.relay.consumer(inbox_queue(self.organisation, self.service))


@dataclass
class Post:
    """One service's office, turned by hand."""

    office: PostOffice
    wires: MemoryWires

    def turn(self) -> int:
        """Send all, take in all, handle all, once; how many things moved."""
        moved = 0
        for lane in self.wires.lanes:
            moved += self.office.outbox_relay(lane).publish_due()
        for lane in self.wires.lanes:
            bus = self.wires.local if lane is Lane.LOCAL else self.wires.relay
            queue = (
                self.wires.service
                if lane is Lane.LOCAL
                else inbox_queue(self.wires.organisation, self.wires.service)
            )
            if not bus.away and bus.waiting(queue):
                deliveries = bus.take(queue, 200)
                verdicts = self.office.receiver(lane).take(deliveries)
                bus.bury(queue, [d for d, v in zip(deliveries, verdicts, strict=True) if v.value == "dead"])
                moved += len(deliveries)
        return moved + self.office.processor().process_due()


@dataclass
class Node:
    """One organisation."""

    id: str
    folder: Path
    card: CardFile
    intake: IntakeApp
    matching: MatchingApp
    notify: NotifyApp
    posts: list[Post]
    local: MemoryBus
    clock: ManualClock
    slots_done: int = -1

    def actor(self, role: UserRole = UserRole.CASEWORKER, name: str = "user_1") -> Actor:
        """Somebody of the staff; accounts are made where a test is about accounts."""
        return Actor(id=name, role=role, team="main", language="en")

    def turn(self) -> int:
        """Let everything of this node happen once."""
        self.intake.use_cases.asker.tick(self.clock.now())
        self.matching.handlers.send_receipts()
        compared = self.matching.handlers.ask_again() + self.matching.handlers.compare_more()
        return compared + sum(post.turn() for post in self.posts)


@dataclass
class World:
    """Some nodes that share a relay."""

    clock: ManualClock
    relay: MemoryBus
    nodes: dict[str, Node] = field(default_factory=dict)

    def __getitem__(self, organisation: str) -> Node:
        return self.nodes[organisation]

    def pump(self, limit: int = 400) -> None:
        """Turn every node until nothing moves."""
        for _ in range(limit):
            if sum(node.turn() for node in self.nodes.values()) == 0:
                return
        raise AssertionError("the world does not come to rest")

    def run_slots(self, count: int = 1) -> None:
        """Let so many pseudonym and receipt slots pass, with everything that happens in them."""
        for _ in range(count):
            self.clock.advance(timedelta(seconds=SLOT))
            self.pump()

    def befriend(self, one: str, other: str) -> None:
        """Cards exchanged, words compared, approved by a second person, first load approved; both ways."""
        for here, there in ((self[one], self[other]), (self[other], self[one])):
            partners = here.intake.use_cases.partners
            first = here.actor(UserRole.ADMINISTRATOR, "user_admin_1")
            second = here.actor(UserRole.ADMINISTRATOR, "user_admin_2")
            partners.add_card(there.card.card, there.card.prekeys, first)
            places = partners.start_comparison(there.id, first)
            words = there.intake.use_cases.partners.own_words(first)
            assert partners.compare(there.id, [words[place - 1] for place in places], first).right
            partners.approve(there.id, second)
            here.intake.use_cases.policies.approve_first_load(there.id, 500, second)

    def close(self) -> None:
        """Close every database."""
        for node in self.nodes.values():
            for app in (node.intake, node.matching, node.notify):
                app.database.dispose()


def plan_for(organisation: str, folder: Path) -> NodePlan:
    """A node whose databases lie in its own folders."""
    place = BrokerPlace("127.0.0.1", 1, "localhost")
    return NodePlan(
        organisation=organisation,
        name=f"{organisation} (invented)",
        country=COUNTRY.get(organisation[:2], "LT"),
        languages=("lt", "en", "fr"),
        duty_phone="+37060000000",
        public_url="http://127.0.0.1:8080",
        local=place,
        relay=place,
        services={service: ServicePlace(f"sqlite:///{service}.db", health_port=0) for service in SERVICES},
        policy=POLICY,
        extra={"receipt_slot_seconds": SLOT},
    )


def make_node(organisation: str, folder: Path, relay: MemoryBus, clock: ManualClock) -> Node:
    """Set up a node as `myosotis setup` does, and build its three services."""
    create(folder, plan_for(organisation, folder), b"a root passphrase for tests", clock, FAST)
    for service in SERVICES:
        process.migrate(settings_files.load(folder / service))
    node = open_node(organisation, folder, relay, MemoryBus.node(organisation), clock)
    node.intake.begin(keyed.own_card(node.intake.settings))
    node.matching.begin(keyed.own_card(node.matching.settings))
    return node


def open_node(
    organisation: str, folder: Path, relay: MemoryBus, local: MemoryBus, clock: ManualClock
) -> Node:
    """Build the three services of a node that is set up, as their processes do at every start."""
    settings = {service: settings_files.load(folder / service) for service in SERVICES}
    card = CardFile.decode((folder / "public" / f"{organisation}.card").read_bytes())
    intake = intake_app.build(settings["intake"], clock)
    matching = matching_app.build(settings["matching"], clock)
    notify = notify_app.build(settings["notify"], clock)
    posts = []
    for service, app in (("intake", intake), ("matching", matching), ("notify", notify)):
        wires = MemoryWires(organisation, service, relay, local)
        posts.append(Post(app.office(wires), wires))
    return Node(organisation, folder, card, intake, matching, notify, posts, local, clock)


@contextmanager
def world(folder: Path, organisations: Sequence[str] = ORGANISATIONS) -> Iterator[World]:
    """Nodes that know nothing of each other yet."""
    clock = manual_clock()
    relay = MemoryBus.relay(organisations)
    made = World(clock, relay)
    try:
        for organisation in organisations:
            made.nodes[organisation] = make_node(organisation, folder / organisation, relay, clock)
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)
