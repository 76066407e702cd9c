"""python -m demo.compose setup | prepare | mail | show: parts of the compose profile `demo`.

setup     writes keys, certificates and passwords into the volumes, each service's into its own; no network
prepare   databases, staff, introductions, invented people: what administrators do on their first day
mail      the mail server that keeps what it is given
show      the desks' addresses and how to log in
"""

import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from admin.brokers import BrokerFolder
from admin.nodes import OWN_CARD, BrokerPlace, ServicePlace, create, write_private
from admin.setup import postgres
from admin.setup.plan import AMQPS, EVERYWHERE, database_prefix
from admin.setup.postgres import ServiceDatabase
from demo import stage
from demo.cast import ORGANISATIONS
from demo.mail import Mailbox
from demo.stage import Node
from shared.bus.certificates import CertificateAuthority
from shared.bus.topology import SERVICES
from shared.crypto import keyfile
from shared.partners.bundle import CardFile
from shared.runtime.clock import SystemClock

VOLUMES = Path("/demo")
LOGINS = "logins.json"
BEGUN = "prepare-begun"
OWNER = (10001, 10001)
"""The user of every container of the demo."""
BROKER, DATABASE, MAIL, MAIL_PORT = "broker", "postgres", "mail", 8025


@dataclass(frozen=True, slots=True)
class Login:
    """How to get into one desk. `token` is for the JSON API, and empty until `prepare` made it."""

    organisation: str
    web_port: int
    password: str = field(repr=False)
    token: str = field(default="", repr=False)

    def node(self, volumes: Path) -> Node:
        """As the stage knows it."""
        cast = next(one for one in ORGANISATIONS if one.id == self.organisation)
        return Node(cast, volumes / "nodes" / self.organisation, self.web_port, self.password, self.token)


def setup(volumes: Path) -> int:
    """Fill the volumes; once they are full, do nothing."""
    if (volumes / "results" / LOGINS).exists():
        print("The demo is set up already.")
        return 0
    logins = [
        Login(cast.id, int(os.environ[f"{cast.id[3:].upper()}_DESK_PORT"]), stage.new_password())
        for cast in ORGANISATIONS
    ]
    # Elsewhere first: a volume exists before set-up, and what it begins with would be in the way.
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        _make(made, [login.node(made) for login in logins])
        for folder in (
            BROKER,
            DATABASE,
            *(f"nodes/{cast.id}/{part}" for cast in ORGANISATIONS for part in SERVICES),
        ):
            shutil.copytree(made / folder, volumes / folder, dirs_exist_ok=True)
    write_logins(volumes, logins)
    return 0


def _make(folder: Path, nodes: list[Node]) -> None:
    members = [node.cast.id for node in nodes]
    broker = BrokerFolder.create(folder / BROKER, [BROKER], members=members, nodes=members)
    databases = {
        (node.cast.id, service): ServiceDatabase.new(database_prefix(node.cast.id) + service)
        for node in nodes
        for service in SERVICES
    }
    for node in nodes:
        places = {
            service: ServicePlace(
                databases[node.cast.id, service].url(DATABASE, 5432),
                health_host=EVERYWHERE,
                web_host=EVERYWHERE,
                database_password=databases[node.cast.id, service].password,
            )
            for service in SERVICES
        }
        plan = stage.plan_of(node, BrokerPlace(BROKER, AMQPS), places, MAIL_PORT, MAIL)
        # Twelve containers look into one PostgreSQL: less often than processes look into their own files.
        plan = replace(plan, extra={**plan.extra, "poll_seconds": 0.5})
        # Nobody keeps the root keys: no card of the demo is ever issued again.
        create(node.folder, plan, secrets.token_bytes(32), SystemClock(), keyfile.RAW_SECRET)
        broker.admit_node(node.cast.id, node.folder)
        broker.admit_member(node.cast.id, node.folder)
    postgres.write_folder(folder / DATABASE, databases.values())
    authority = folder / BROKER / "authority"
    postgres.write_for_container(folder / DATABASE, CertificateAuthority.load(authority), DATABASE, OWNER)
    shutil.rmtree(authority)  # never to the broker, and nobody is admitted later
    (folder / BROKER / "conf.d").mkdir()
    # An image's entrypoint writes defaults of its own where it finds none.
    (folder / BROKER / "conf.d" / "10-defaults.conf").write_text("# everything is in ../rabbitmq.conf\n")


def prepare(volumes: Path) -> int:
    """Everything that the demo needs in its databases; once it is there, do nothing."""
    logins = read_logins(volumes)
    if all(login.token for login in logins):
        print("The demo is prepared already.")
        return 0
    begun = volumes / "results" / BEGUN
    if begun.exists():
        print("An earlier start ended half way: docker compose --profile demo down -v, then start again.")
        return 1
    begun.touch()
    nodes = [login.node(volumes) for login in logins]
    for node in nodes:
        print(f"{node.cast.id}: databases and staff", flush=True)
        node.card = CardFile.decode((node.folder / "intake" / OWN_CARD).read_bytes())
        stage.open_house(node)
    print("the organisations compare twelve words and approve each other, two people each", flush=True)
    stage.introduce(nodes)
    for node in nodes:
        print(f"{node.cast.id}: {stage.import_people(node)} invented people imported", flush=True)
    write_logins(volumes, [Login(node.cast.id, node.web_port, node.password, node.token) for node in nodes])
    return 0


def mail(volumes: Path) -> int:
    """Take mail until told to stop."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    mailbox = Mailbox(volumes / "results" / "mail", MAIL_PORT, EVERYWHERE)
    mailbox.start()
    ended.wait()
    mailbox.stop()
    return 0


def show(volumes: Path) -> int:
    """Say where the desks are."""
    for login in read_logins(volumes):
        node = login.node(volumes)
        print(f"{node.cast.name}\n  desk      {node.address}")
        print(f"  log in    caseworker, reader, lead, admin or admin2; password {node.password}\n")
    return 0


def read_logins(volumes: Path) -> list[Login]:
    """What `setup` and `prepare` wrote."""
    return [Login(**entry) for entry in json.loads((volumes / "results" / LOGINS).read_text())]


def write_logins(volumes: Path, logins: list[Login]) -> None:
    """Whole or not at all: the file says that everything before it was done."""
    waiting = volumes / "results" / f".{LOGINS}.new"
    waiting.unlink(missing_ok=True)
    write_private(waiting, json.dumps([asdict(login) for login in logins], indent=2).encode())
    waiting.replace(volumes / "results" / LOGINS)


COMMANDS: dict[str, Callable[[Path], int]] = {
    "setup": setup,
    "prepare": prepare,
    "mail": mail,
    "show": show,
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"Usage: python -m demo.compose COMMAND, one of: {', '.join(COMMANDS)}")
    sys.exit(COMMANDS[sys.argv[1]](VOLUMES))
