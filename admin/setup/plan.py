"""From the answers to the plan of a node: on one machine, or in containers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from admin.nodes import BrokerPlace, NodePlan, ServicePlace
from admin.setup.answers import Answers
from admin.setup.postgres import ServiceDatabase
from shared.bus.topology import SERVICES

AMQPS = 5671
EVERYWHERE = "0.0.0.0"  # noqa: S104  # nosec B104 - inside a container, where only the desk's port is published
HEALTH_PORTS = {"intake": 8090, "matching": 8092, "notify": 8093}
"""Different ones for services that share a machine; the desk's own is 8091."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the brokers and databases are; the defaults are those of one machine without containers."""

    broker: BrokerPlace = field(default_factory=lambda: BrokerPlace("127.0.0.1", AMQPS, "localhost"))
    relay: BrokerPlace | None = None
    databases: Mapping[str, ServiceDatabase] = field(default_factory=dict)
    """One for each service; empty means an SQLite file for each."""
    database_host: str = "postgres"
    database_port: int = 5432
    in_containers: bool = False


def in_compose(organisation: str, *, prefix: str = "", hosts_relay: bool = False) -> Places:
    """The places inside the compose file's network: `broker` and `postgres`."""
    broker = BrokerPlace("broker", AMQPS, "broker")
    return Places(
        broker=broker,
        relay=broker if hosts_relay else None,
        databases={service: ServiceDatabase.new(prefix + service) for service in SERVICES},
        in_containers=True,
    )


def database_prefix(organisation: str) -> str:
    """For several organisations in one PostgreSQL: 'lt_vilnius_'."""
    return organisation.replace("-", "_") + "_"


def node_plan(answers: Answers, places: Places) -> NodePlan:
    """Everything that admin.nodes.create has to know."""
    return NodePlan(
        organisation=answers.organisation,
        name=answers.name,
        country=answers.country,
        languages=answers.languages,
        duty_phone=answers.duty_phone,
        public_url=answers.public_url,
        local=places.broker,
        relay=places.relay,
        services={service: _service(service, places) for service in SERVICES},
        smtp=answers.smtp,
    )


def _service(service: str, places: Places) -> ServicePlace:
    database = places.databases.get(service)
    url = (
        database.url(places.database_host, places.database_port)
        if database is not None
        else f"sqlite:///{service}.db"
    )
    password = database.password if database is not None else ""
    if places.in_containers:
        return ServicePlace(url, 8090, EVERYWHERE, web_host=EVERYWHERE, database_password=password)
    return ServicePlace(url, HEALTH_PORTS[service], database_password=password)
