"""Whole nodes for measuring: set up as in production, on one RabbitMQ node of the benchmark's own."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin.nodes import BrokerPlace, NodePlan, ServicePlace, create
from services.intake import app as intake_app
from services.intake.app import IntakeApp
from services.intake.handlers.actor import Actor, UserRole
from services.matching import app as matching_app
from services.matching.app import MatchingApp
from shared.bus.private_node import BrokerPorts, PrivateBroker
from shared.bus.topology import SERVICES, node_user
from shared.crypto.keyfile import Profile
from shared.crypto.keyfile_format import Derivation
from shared.partners.bundle import CardFile
from shared.partners.card import PseudonymPolicy
from shared.post import keyed, process
from shared.post.routes import Lane
from shared.runtime import settings as settings_files
from shared.runtime.clock import SystemClock
from shared.runtime.ports import free_ports

SENDER, PARTNER, FLOOR = "lt-vilnius", "fr-lyon", "xx-floor"
"""Who publishes, who finds, and whose queue the floor uses: the same broker and the same kind of queue."""

SLOT_SECONDS = 4
POLICY = PseudonymPolicy(batch_points=240, slot_seconds=SLOT_SECONDS, first_load_batch=1344)
ALERTS_A_SLOT = 100_000
"""No allowance is in the way of what is measured (docs/BENCHMARK.md)."""
_QUICK_ROOT = Profile(Derivation.ARGON2ID, 1, 8)  # the root key is used once here and then thrown away


@dataclass(slots=True)
class Node:
    """One organisation: its folder, its card, and its services with keys as the desk's process has them.

    `health` says on which port each process answers /readyz once it runs.
    """

    id: str
    folder: Path
    card: CardFile
    intake: IntakeApp
    matching: MatchingApp
    health: Mapping[str, int]

    def actor(self, role: UserRole = UserRole.CASEWORKER, name: str = "user_1") -> Actor:
        """Somebody of the invented staff."""
        return Actor(id=name, role=role, team="main", language="en")

    def send_local(self) -> None:
        """Publish what intake has for its own node, without waiting for a worker."""
        relay = self.intake.office().outbox_relay(Lane.LOCAL)
        while relay.publish_due():
            pass
        relay.publisher.close()

    def close(self) -> None:
        """Close both databases."""
        self.intake.database.dispose()
        self.matching.database.dispose()


@contextmanager
def broker(folder: Path) -> Iterator[PrivateBroker]:
    """A RabbitMQ node with TLS and client certificates, as in production; ended with everything it has."""
    node = PrivateBroker(folder, BrokerPorts.free(), [SENDER, PARTNER, FLOOR])
    node.start()
    try:
        yield node
    finally:
        node.stop()


@contextmanager
def circle(folder: Path, on: PrivateBroker | None) -> Iterator[tuple[Node, Node]]:
    """Sender and partner, verified by each other; without a broker nothing can be sent."""
    made = [_node(organisation, folder / organisation, on) for organisation in (SENDER, PARTNER)]
    try:
        _befriend(made[0], made[1])
        _befriend(made[1], made[0])
        yield made[0], made[1]
    finally:
        for node in made:
            node.close()


def _node(organisation: str, folder: Path, on: PrivateBroker | None) -> Node:
    place = BrokerPlace("127.0.0.1", on.ports.tls if on else 1, "localhost")
    *ports, web_port = free_ports(len(SERVICES) + 2)
    health = dict(zip((*SERVICES, "web"), ports, strict=True))
    plan = NodePlan(
        organisation=organisation,
        name=f"{organisation} (invented)",
        country=organisation[:2].upper(),
        languages=("en",),
        duty_phone="+37060000000",
        public_url="http://127.0.0.1:8080",
        local=place,
        relay=place,
        services={
            service: ServicePlace(
                f"sqlite:///{service}.db", health[service], web_port=web_port, web_health_port=health["web"]
            )
            for service in SERVICES
        },
        policy=POLICY,
        extra={"alerts_a_slot": ALERTS_A_SLOT},
    )
    card = create(folder, plan, b"a root passphrase for measuring", SystemClock(), _QUICK_ROOT)
    if on is not None:
        for service in SERVICES:
            _certificates(organisation, service, folder / service / "tls", on)
    settings = {service: settings_files.load(folder / service) for service in SERVICES}
    for each in settings.values():
        process.migrate(each)
    intake = intake_app.build(settings["intake"])
    matching = matching_app.build(settings["matching"])
    intake.begin(keyed.own_card(settings["intake"]))
    matching.begin(keyed.own_card(settings["matching"]))
    return Node(organisation, folder, card, intake, matching, health)


def _certificates(organisation: str, service: str, tls: Path, on: PrivateBroker) -> None:
    tls.mkdir(mode=0o700)
    users = {"local": node_user(organisation, service), "relay": organisation}
    for lane, user in users.items():
        shutil.copyfile(on.folder / "authority" / "ca.pem", tls / f"{lane}-ca.pem")
        for ending in ("pem", "key"):
            shutil.copyfile(on.folder / "clients" / f"{user}.{ending}", tls / f"{lane}.{ending}")


def _befriend(here: Node, there: Node) -> None:
    """Words compared by one person, approved by another, first load of pseudonyms approved."""
    partners = here.intake.use_cases.partners
    first, second = (here.actor(UserRole.ADMINISTRATOR, f"user_admin_{number}") for number in (1, 2))
    partners.add_card(there.card.card, there.card.prekeys, first)
    places = partners.start_comparison(there.id, first)
    words = there.intake.use_cases.partners.own_words(there.actor(UserRole.ADMINISTRATOR, "user_admin_1"))
    partners.compare(there.id, [words[place - 1] for place in places], first)
    partners.approve(there.id, second)
    here.intake.use_cases.policies.approve_first_load(there.id, 500, second)
