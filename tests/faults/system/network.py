"""Two real nodes on this machine: a RabbitMQ of their own, a mail server, and real processes."""

import contextlib
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from demo import stage
from demo.cast import LYON, VILNIUS
from demo.mail import Mailbox
from demo.processes import Service, Troupe
from demo.stage import Node
from services.intake.app import IntakeApp
from services.intake.domain.alert import Choices
from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind, Category, Risk, Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import Person
from services.intake.handlers.actor import Actor
from services.intake.store.alerts import ShareRow
from services.intake.store.pseudonyms import PseudonymTaskRow
from shared.bus.private_node import BrokerPorts, PrivateBroker
from shared.store.engine import Database
from tests.support.broker import wait_for

PATIENCE = 240.0
"""Seconds until everything must be right again. A claim of a killed worker is leased for 120 of them."""
TODAY = date(2026, 11, 21)

_SYLLABLES = (
    "bal",
    "kre",
    "mun",
    "sto",
    "vyr",
    "gin",
    "dra",
    "pel",
    "rus",
    "tol",
    "zam",
    "jur",
    "lek",
    "nor",
)


def invented(number: int) -> Person:
    """A person who shares neither name nor date with the person of any other number."""
    one, two = divmod(number, len(_SYLLABLES))
    base = _SYLLABLES[two] + _SYLLABLES[one % len(_SYLLABLES)]
    born = f"{1960 + number % 45}-{1 + (number + 4) % 12:02}-{2 + (number * 7) % 26:02}"
    return Person(
        given_name=f"{base.title()}a{_SYLLABLES[(two + 5) % 14]}",
        family_name=f"{_SYLLABLES[(two + one + 3) % 14].title()}{base}{_SYLLABLES[one % 14]}",
        sex=Sex.FEMALE if number % 2 else Sex.MALE,
        date_of_birth=PartialDate.parse(born, TODAY),
    )


@dataclass
class Network:
    """Everything that runs."""

    folder: Path
    broker: PrivateBroker
    mailbox: Mailbox
    nodes: dict[str, Node]
    troupe: Troupe
    apps: dict[str, IntakeApp] = field(default_factory=dict)
    """Each node's intake opened in this process: it writes to the database as the desk's process does."""

    def actor(self, organisation: str) -> Actor:
        """The caseworker."""
        return self.nodes[organisation].users["caseworker"]

    def register(self, organisation: str, kind: CaseKind, someone: Person) -> str:
        """Save a case; its id."""
        case = Case(kind=kind, person=someone, category=Category.ADULT, risk=Risk.HIGH)
        cases = self.apps[organisation].use_cases.cases
        return cases.register(case, self.actor(organisation)).summary.id

    def share(self, someone: Person) -> str:
        """Vilnius looks for somebody; the reference under which Lyon knows the alert."""
        case = self.register(VILNIUS.id, CaseKind.MISSING, someone)
        alerts = self.apps[VILNIUS.id].use_cases.alerts
        [share] = alerts.publish(case, Choices(), self.actor(VILNIUS.id)).shares
        return share.id

    def states(self) -> dict[str, str]:
        """Reference -> where it stands, as Vilnius knows."""
        with self.apps[VILNIUS.id].database.read() as session:
            return dict(session.execute(select(ShareRow.id, ShareRow.state)).all())

    def wait_for_pseudonyms(self) -> None:
        """Until every case that Lyon holds was evaluated by Vilnius and is known to Lyon's matching."""
        waiting = select(func.count()).where(PseudonymTaskRow.state == "waiting")

        def done() -> bool:
            with self.apps[LYON.id].database.read() as session:
                asked = session.scalar(select(func.count()).select_from(PseudonymTaskRow)) or 0
                known = self.rows(LYON.id, "matching", "SELECT count(*) AS n FROM own_case")[0]["n"]
                return session.scalar(waiting) == 0 and asked == known

        wait_for(done, PATIENCE)

    def wait_for_states(self, references: list[str], state: str) -> None:
        """Until Vilnius has Lyon's signed word for all of these."""
        wanted = set(references)
        wait_for(lambda: {ref for ref, now in self.states().items() if now == state} >= wanted, PATIENCE)

    def rows(self, organisation: str, service: str, query: str) -> list[dict[str, Any]]:
        """Look into a service's database."""
        database = Database(f"sqlite:///{self.nodes[organisation].folder / service / f'{service}.db'}")
        try:
            with database.read() as session:
                return [dict(row._mapping) for row in session.execute(text(query))]
        finally:
            database.dispose()

    def service(self, organisation: str, name: str) -> Service:
        """One process."""
        return self.troupe.named(f"{organisation} {name}")

    def kill(self, service: Service) -> None:
        """As a power cut would."""
        service.signal(signal.SIGKILL)

    def wait_until_running(self) -> None:
        """Until every process lives and has said so."""
        wait_for(lambda: all(service.pid is not None for service in self.troupe.services), 60)


@contextlib.contextmanager
def network(*names: str) -> Iterator[Network]:
    """Vilnius and Lyon, partners, with these processes each: intake, matching, notify, web."""
    folder = Path(tempfile.mkdtemp(prefix="myosotis-network-"))
    ports = iter(stage._free_ports(18101, 11))
    broker = PrivateBroker(folder / "broker", BrokerPorts.free(), [VILNIUS.id, LYON.id])
    mailbox = Mailbox(folder / "mail", next(ports))
    nodes = {
        cast.id: Node(cast, folder / "nodes" / cast.id, next(ports), stage.new_password())
        for cast in (VILNIUS, LYON)
    }
    made = Network(folder, broker, mailbox, nodes, Troupe([]))
    try:
        broker.start()
        for node in nodes.values():
            health = [next(ports) for _ in range(4)]
            stage._set_up(node, broker, mailbox_port=mailbox.port, health_ports=health)
        stage.introduce(list(nodes.values()))
        mailbox.start()
        made.apps = {name: node.intake() for name, node in nodes.items()}
        (folder / "logs").mkdir()
        made.troupe = Troupe([_service(made, node, name) for node in nodes.values() for name in names])
        made.troupe.start()
        yield made
    finally:
        made.troupe.stop()
        for app in made.apps.values():
            app.database.dispose()
        with contextlib.suppress(Exception):
            mailbox.stop()
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _service(made: Network, node: Node, name: str) -> Service:
    part, command = ("intake", "web") if name == "web" else (name, "worker")
    log = made.folder / "logs" / f"{node.cast.id}-{name}.log"
    return Service(f"{node.cast.id} {name}", (f"services.{part}", command), node.folder / part, log)


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Like wait_for, but looks less often: the databases are being worked on."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"this did not happen within {seconds} s"
        time.sleep(0.3)
