"""Sets the stage: broker, three nodes with keys and databases, partners, staff, invented people."""

import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from admin.nodes import BrokerPlace, NodePlan, ServicePlace, create
from demo.broker_watch import BrokerWatch
from demo.cast import ORGANISATIONS, Organisation
from demo.client import DeskClient
from demo.mail import Mailbox
from demo.processes import Service, Troupe
from services.intake import app as intake_app
from services.intake.app import IntakeApp
from services.intake.domain.codes import SearchReason
from services.intake.handlers.actor import Actor, UserRole
from services.matching import app as matching_app
from services.notify import app as notify_app
from services.notify.admin import NotifyAdmin
from shared.bus.private_node import BrokerPorts, PrivateBroker
from shared.bus.topology import SERVICES, node_user
from shared.partners.bundle import CardFile
from shared.partners.card import PseudonymPolicy
from shared.post import keyed, process
from shared.runtime import settings as settings_files
from shared.runtime.clock import SystemClock
from shared.runtime.ports import is_free

PEOPLE = Path(__file__).parent / "people"
SLOT_SECONDS = 6
POLICY = PseudonymPolicy(batch_points=240, slot_seconds=SLOT_SECONDS, first_load_batch=1344)
FIRST_LOAD_CASES = 500
FIRST_WEB_PORT = 8101
SAY = Callable[[str], None]


@dataclass(slots=True)
class Node:
    """One organisation on the stage."""

    cast: Organisation
    folder: Path
    web_port: int
    password: str
    token: str = ""
    """For the JSON API, as the caseworker."""
    card: CardFile | None = None
    users: dict[str, Actor] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the desk is."""
        return f"http://127.0.0.1:{self.web_port}"

    def intake(self) -> IntakeApp:
        """The node's intake, opened in this process; dispose of its database afterwards."""
        return intake_app.build(settings_files.load(self.folder / "intake"))


@dataclass(slots=True)
class Stage:
    """Everything of one run of the demo."""

    folder: Path
    nodes: dict[str, Node]
    broker: PrivateBroker
    broker_watch: BrokerWatch
    mailbox: Mailbox
    troupe: Troupe

    def desks(self) -> dict[str, DeskClient]:
        """Every desk, as its caseworker reaches it."""
        return {name: DeskClient(name, node.address, node.token) for name, node in self.nodes.items()}

    def mails(self) -> list[bytes]:
        """Everything that duty officers got."""
        return [path.read_bytes() for path in self.mailbox.messages()]

    def stop(self) -> list[str]:
        """End every process; returns what had to be killed. The folder stays."""
        killed = self.troupe.stop()
        self.mailbox.stop()
        self.broker_watch.end()
        self.broker.stop()
        return killed


def build(folder: Path, say: SAY) -> Stage:
    """Start from nothing in `folder` (what an earlier run left there is removed) and bring everything up."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    ports = iter(_free_ports(FIRST_WEB_PORT, len(ORGANISATIONS) * 5 + 1))
    say("starting a private RabbitMQ with TLS and client certificates")
    broker = PrivateBroker(
        folder / "broker", BrokerPorts.free(), [organisation.id for organisation in ORGANISATIONS]
    )
    broker.start()
    mailbox = Mailbox(folder / "mail", next(ports))
    nodes = {
        cast.id: Node(cast, folder / "nodes" / cast.id, next(ports), new_password()) for cast in ORGANISATIONS
    }
    stage = Stage(folder, nodes, broker, BrokerWatch(broker, say), mailbox, Troupe([]))
    try:
        for node in nodes.values():
            say(f"setting up {node.cast.name}: keys, certificates, databases, staff")
            _set_up(node, broker, mailbox_port=mailbox.port, health_ports=[next(ports) for _ in range(4)])
        say("the organisations compare twelve words and approve each other, two people each")
        introduce(list(nodes.values()))
        for node in nodes.values():
            say(f"{node.cast.id}: {import_people(node)} invented people imported")
        mailbox.start()
        stage.troupe = Troupe(_services(stage))
        say(f"starting {len(stage.troupe.services)} processes")
        stage.troupe.start()
        stage.broker_watch.begin()
    except BaseException:  # Ctrl-C too: nothing of ours may stay behind
        stage.stop()
        raise
    return stage


def _set_up(node: Node, broker: PrivateBroker, *, mailbox_port: int, health_ports: list[int]) -> None:
    services = {
        service: ServicePlace(
            f"sqlite:///{service}.db", port, web_port=node.web_port, web_health_port=health_ports[-1]
        )
        for service, port in zip(SERVICES, health_ports, strict=False)
    }
    plan = plan_of(node, BrokerPlace("127.0.0.1", broker.ports.tls, "localhost"), services, mailbox_port)
    node.card = create(node.folder, plan, secrets.token_hex(16).encode(), SystemClock())
    _certificates(node, broker)
    open_house(node)


def plan_of(
    node: Node,
    broker: BrokerPlace,
    services: Mapping[str, ServicePlace],
    mail_port: int,
    mail_host: str = "127.0.0.1",
) -> NodePlan:
    """What set-up has to know about an organisation of the demo; one broker is relay and local broker."""
    cast = node.cast
    return NodePlan(
        organisation=cast.id,
        name=cast.name,
        country=cast.country,
        languages=cast.languages,
        duty_phone=cast.duty_phone,
        public_url=node.address,
        local=broker,
        relay=broker,
        services=services,
        policy=POLICY,
        smtp={
            "host": mail_host,
            "port": mail_port,
            "starttls": False,
            "sender": f"myosotis@{cast.id}.example",
        },
        extra={"receipt_slot_seconds": 2, "poll_seconds": 0.2},
    )


def open_house(node: Node) -> None:
    """Databases, the own card taken in, staff."""
    for service in SERVICES:
        process.migrate(settings_files.load(node.folder / service))
    _begin(node)
    _add_staff(node)


def _certificates(node: Node, broker: PrivateBroker) -> None:
    """The private broker made a certificate for every user; each service is given its own."""
    clients, authority = broker.folder / "clients", broker.folder / "authority" / "ca.pem"
    for service in SERVICES:
        tls = node.folder / service / "tls"
        tls.mkdir(mode=0o700)
        lanes = {"local": node_user(node.cast.id, service)}
        if service != "notify":
            lanes["relay"] = node.cast.id
        for lane, user in lanes.items():
            shutil.copyfile(authority, tls / f"{lane}-ca.pem")
            shutil.copyfile(clients / f"{user}.pem", tls / f"{lane}.pem")
            shutil.copy2(clients / f"{user}.key", tls / f"{lane}.key")


def _begin(node: Node) -> None:
    for build_app in (intake_app.build, matching_app.build):
        service = "intake" if build_app is intake_app.build else "matching"
        settings = settings_files.load(node.folder / service)
        app = build_app(settings)
        try:
            app.begin(keyed.own_card(settings))
            keyed.forget_first_key(settings)
        finally:
            app.database.dispose()


def _add_staff(node: Node) -> None:
    app = node.intake()
    try:
        for member in node.cast.staff:
            user = app.use_cases.users.create(
                member.login, node.password, member.name, UserRole(member.role), language=member.language
            )
            node.users[member.login] = Actor(user.id, user.role, user.team, user.language)
        node.token = app.use_cases.sign_ins.issue_token("demo", node.users["caseworker"]).token
    finally:
        app.database.dispose()
    notify = notify_app.build(settings_files.load(node.folder / "notify"))
    try:
        rota = NotifyAdmin(notify.database, notify.channels, SystemClock())
        rota.add_person(
            f"{node.cast.staff[0].name} (duty)", node.cast.duty_mail, language=node.cast.duty_language
        )
    finally:
        notify.database.dispose()


def introduce(nodes: list[Node]) -> None:
    """Each pair, both ways: card file, three words by telephone, a second person, the first load."""
    apps = {node.cast.id: node.intake() for node in nodes}
    try:
        for here in nodes:
            partners = apps[here.cast.id].use_cases.partners
            first, second = here.users["admin"], here.users["admin2"]
            for there in nodes:
                if there is here or there.card is None:
                    continue
                partners.add_card(there.card.card, there.card.prekeys, first)
                places = partners.start_comparison(there.cast.id, first)
                spoken = apps[there.cast.id].use_cases.partners.own_words(there.users["admin"])
                partners.compare(there.cast.id, [spoken[place - 1] for place in places], first)
                partners.approve(there.cast.id, second)
                apps[here.cast.id].use_cases.policies.approve_first_load(
                    there.cast.id, FIRST_LOAD_CASES, second
                )
    finally:
        for app in apps.values():
            app.database.dispose()


def import_people(node: Node) -> int:
    """The invented people of this organisation; returns how many."""
    app = node.intake()
    try:
        data = (PEOPLE / f"{node.cast.id}.csv").read_bytes()
        batch, _ = app.use_cases.imports.commit(data, node.users["caseworker"])
        app.use_cases.reasons.give_batch(batch.id, SearchReason.FAMILY_REQUEST, node.users["caseworker"])
        return batch.rows
    finally:
        app.database.dispose()


def _services(stage: Stage) -> list[Service]:
    logs = stage.folder / "logs"
    logs.mkdir()
    commands = {
        "web": ("intake", ("services.intake", "web")),
        "intake": ("intake", ("services.intake", "worker")),
        "matching": ("matching", ("services.matching", "worker")),
        "notify": ("notify", ("services.notify", "worker")),
    }
    return [
        Service(f"{node.cast.id} {name}", arguments, node.folder / part, logs / f"{node.cast.id}-{name}.log")
        for node in stage.nodes.values()
        for name, (part, arguments) in commands.items()
    ]


def new_password() -> str:
    """Good enough for accounts that live as long as the demo."""
    return f"forget-me-not-{secrets.token_hex(4)}"


def _free_ports(first: int, count: int) -> list[int]:
    """The first free ports from `first` on, so that addresses are the same from run to run if possible."""
    found: list[int] = []
    port = first
    while len(found) < count:
        if is_free(port):
            found.append(port)
        port += 1
    return found
