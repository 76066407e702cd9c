"""Sets up a node: one folder with a sub-folder for each service that holds only what that service may have.

node/
  root/      root.key, next-root.key, passphrase   the identity; belongs elsewhere (OPERATIONS 2)
  intake/    service.toml, intake.key, passphrase, tls/, own.card
  matching/  service.toml, matching.key, passphrase, tls/, own.card
  notify/    service.toml, tls/
  public/    <organisation>.card                   to be given to partners
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from admin import toml
from shared.bus.topology import RELAY_VHOST, SERVICES, node_user, node_vhost
from shared.crypto import keyfile, rest
from shared.partners import founding
from shared.partners.bundle import CardFile
from shared.partners.card import PseudonymPolicy
from shared.partners.founding import FoundingKeys
from shared.partners.identity import CardDetails, OrganisationIdentity
from shared.runtime.clock import Clock
from shared.wire.parties import Party, Role

OWN_CARD = "own.card"
DATABASE_PASSWORD = "database-password"  # noqa: S105 - the name of a file
PRIVATE_FOLDER = 0o700
INTAKE_SECRETS = ("case-wrapping", "pseudonym-master", "blind-index")
REST_SECRET = "rest"  # noqa: S105 - the name of a secret, not a secret
DEFAULT_POLICY = PseudonymPolicy(batch_points=240, slot_seconds=3600, first_load_batch=1344)


class NodeExists(Exception):
    """There is a node in this folder already; choose another folder, or remove it after a backup."""


@dataclass(frozen=True, slots=True)
class BrokerPlace:
    """Where one broker is reached; the certificates lie in the service's own `tls` folder."""

    host: str
    port: int
    server_name: str = ""


@dataclass(frozen=True, slots=True)
class ServicePlace:
    """Where one service keeps its data and where it listens."""

    database_url: str
    health_port: int = 8090
    health_host: str = "127.0.0.1"
    web_port: int = 8080
    web_host: str = "127.0.0.1"
    web_health_port: int = 8091
    database_password: str = field(default="", repr=False)
    """For PostgreSQL; written to a file of its own beside the settings."""


@dataclass(frozen=True, slots=True)
class NodePlan:
    """Everything that set-up has to know."""

    organisation: str
    name: str
    country: str
    languages: tuple[str, ...]
    duty_phone: str
    public_url: str
    local: BrokerPlace
    relay: BrokerPlace | None
    """None until the node joins a relay (`myosotis relay join`)."""
    services: Mapping[str, ServicePlace]
    policy: PseudonymPolicy = DEFAULT_POLICY
    smtp: Mapping[str, toml.Value] = field(default_factory=dict)
    extra: Mapping[str, toml.Value] = field(default_factory=dict)
    """More settings for every service, such as a shorter receipt slot for a demo."""


def create(
    folder: Path,
    plan: NodePlan,
    root_passphrase: bytes,
    clock: Clock,
    root_profile: keyfile.Profile = keyfile.STANDARD,
) -> CardFile:
    """Make the whole folder; returns the own card file. Raises NodeExists, and then nothing was changed."""
    if (folder / "intake").exists() or (folder / "root").exists():
        raise NodeExists(f"there is a node in {folder} already; choose another folder")
    for part in ("root", "public", *SERVICES):
        _private_folder(folder / part)
    now = clock.now()
    roles = {role: founding.make(Party(plan.organisation, role), now) for role in Role}
    root = OrganisationIdentity.create(
        folder / "root" / "root.key", folder / "root" / "next-root.key", root_passphrase, root_profile
    )
    card = root.issue_card(
        CardDetails(
            organisation=plan.organisation,
            name=plan.name,
            country=plan.country,
            languages=plan.languages,
            duty_phone=plan.duty_phone,
            policy=plan.policy,
            valid_for=timedelta(days=365),
        ),
        [(role, keys.verify_key) for role, keys in roles.items()],
        now,
    )
    card_file = CardFile(card, tuple(keys.prekey_set for keys in roles.values()))
    write_public(folder / "public" / f"{plan.organisation}.card", card_file.encode())
    for role, keys in roles.items():
        _write_keys(folder / role, role, keys)
        write_public(folder / role / OWN_CARD, card_file.encode())
    for service in SERVICES:
        text = toml.document(_settings(plan, service))
        write_public(folder / service / "service.toml", text.encode())
        if password := plan.services[service].database_password:
            write_private(folder / service / DATABASE_PASSWORD, password.encode() + b"\n")
    return card_file


def _settings(plan: NodePlan, service: str) -> dict[str, dict[str, toml.Value]]:
    place = plan.services[service]
    general: dict[str, toml.Value] = {
        "organisation": plan.organisation,
        "service": service,
        "database_url": place.database_url,
        "health_host": place.health_host,
        "health_port": place.health_port,
        "public_url": plan.public_url,
        "languages": list(plan.languages),
        **plan.extra,
    }
    if place.database_password:
        general |= {"database_password_file": DATABASE_PASSWORD}
    if service != "notify":
        general |= {"key_file": f"{service}.key", "passphrase_file": "passphrase"}
    if service == "intake":
        general |= {"web_host": place.web_host, "web_port": place.web_port}
        general |= {"web_health_port": place.web_health_port}
    tables = {"": general, "local": broker_table(plan.local, node_vhost(plan.organisation), "local")}
    if service != "notify" and plan.relay is not None:
        tables["relay"] = broker_table(plan.relay, RELAY_VHOST, "relay")
    if service == "notify" and plan.smtp:
        tables["smtp"] = dict(plan.smtp)
    return tables


def broker_table(place: BrokerPlace, vhost: str, name: str) -> dict[str, toml.Value]:
    """The settings of one broker connection; `name` is `local` or `relay`."""
    return {
        "host": place.host,
        "port": place.port,
        "vhost": vhost,
        "server_name": place.server_name or place.host,
        "ca_file": f"tls/{name}-ca.pem",
        "cert_file": f"tls/{name}.pem",
        "key_file": f"tls/{name}.key",
    }


def _write_keys(folder: Path, role: Role, keys: FoundingKeys) -> None:
    """The key file, shut with a passphrase of its own, which lies beside it until somebody moves it."""
    passphrase = secrets.token_hex(32).encode("ascii")
    contents = {**keys.secrets, REST_SECRET: rest.new_key()}
    if role is Role.INTAKE:
        contents |= {name: rest.new_key() for name in INTAKE_SECRETS}
    write_private(folder / "passphrase", passphrase + b"\n")
    keyfile.create(folder / f"{role}.key", contents, passphrase, keyfile.RAW_SECRET)


def user_of(organisation: str, service: str, lane: str) -> str:
    """The broker user, and so the certificate's common name, of a service on one of the two brokers."""
    return organisation if lane == "relay" else node_user(organisation, service)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read; refuses to overwrite one."""
    _write(path, data, 0o600)


def write_public(path: Path, data: bytes) -> None:
    """Write a file that others may read; refuses to overwrite one."""
    _write(path, data, 0o644)


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _private_folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=False, mode=PRIVATE_FOLDER)
