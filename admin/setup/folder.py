"""Writes a node's whole folder: all of it or nothing, with the right owner."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from admin import nodes
from admin.brokers import BrokerFolder
from admin.nodes import NodeExists, NodePlan, write_private
from admin.ownership import Owner, give_files
from admin.setup import environment, postgres
from admin.setup.plan import Places
from shared.bus import broker_files
from shared.bus.broker_files import BrokerPaths
from shared.bus.certificates import CertificateAuthority
from shared.crypto import keyfile
from shared.runtime.clock import Clock

STAGING = ".being-set-up"
SMTP_PASSWORD = "smtp-password"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True)
class Extras:
    """What set-up may do besides."""

    relay_name: str = ""
    """Under which name members reach a relay on this node's own broker; empty: it hosts none."""
    smtp_password: bytes = b""
    owner: Owner | None = None
    own_broker: bool = True
    root_profile: keyfile.Profile = keyfile.STANDARD


def must_be_free(folder: Path) -> None:
    """Raise NodeExists when there is a node already."""
    for part in ("intake", "root", "broker", "postgres"):
        if (folder / part).exists():
            raise NodeExists(f"There is a node in {folder} already: choose another folder.")


def write(
    folder: Path, plan: NodePlan, places: Places, passphrase: bytes, clock: Clock, extras: Extras
) -> None:
    """Make everything in a folder beside and then move it in. Raises NodeExists, and changes nothing then."""
    must_be_free(folder)
    folder.mkdir(parents=True, exist_ok=True)
    own = all(path.name == STAGING for path in folder.iterdir())
    staging = folder / STAGING
    shutil.rmtree(staging, ignore_errors=True)  # what an interrupted set-up left
    try:
        _fill(staging, folder.resolve(), plan, places, passphrase, clock, extras)
        for made in sorted(staging.iterdir(), key=lambda path: path.name == "intake"):
            # The folder of intake comes last: with it, and not before, this is a node.
            made.rename(folder / made.name)
        if extras.owner is not None and own:
            give_files(extras.owner, [folder])  # commands in the container write cards and backups there
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fill(
    staging: Path,
    final: Path,
    plan: NodePlan,
    places: Places,
    passphrase: bytes,
    clock: Clock,
    extras: Extras,
) -> None:
    nodes.create(staging, plan, passphrase, clock, extras.root_profile)
    if extras.smtp_password:
        write_private(staging / "notify" / SMTP_PASSWORD, extras.smtp_password + b"\n")
    if extras.own_broker:
        _broker(staging, final, plan, places, extras)
    if places.databases:
        postgres.write_folder(staging / "postgres", places.databases.values())
    if places.in_containers:
        environment.write_node(staging / environment.FILE, final, plan.organisation, extras.owner)
        if extras.own_broker:
            authority = CertificateAuthority.load(staging / "broker" / "authority")
            host, owner = places.database_host, extras.owner or (os.getuid(), os.getgid())
            postgres.write_for_container(staging / "postgres", authority, host, owner)
    if extras.owner is not None:
        give(extras.owner, staging)


def _broker(staging: Path, final: Path, plan: NodePlan, places: Places, extras: Extras) -> None:
    names = [extras.relay_name] if extras.relay_name else []
    names.append(places.broker.server_name or places.broker.host)
    broker = BrokerFolder.create(
        staging / "broker",
        list(dict.fromkeys(names)),
        members=[plan.organisation] if plan.relay == plan.local else [],
        nodes=[plan.organisation],
        port=places.broker.port,
        files=broker_files.IN_CONTAINER if places.in_containers else _on_this_machine(final, places),
    )
    broker.admit_node(plan.organisation, staging)
    if plan.relay == plan.local:
        broker.admit_member(plan.organisation, staging)


def _on_this_machine(final: Path, places: Places) -> BrokerPaths:
    tls = final / "broker" / "tls"
    return BrokerPaths(
        listen=f"127.0.0.1:{places.broker.port}",
        ca_file=tls / "ca.pem",
        cert_file=tls / "server.pem",
        key_file=tls / "server.key",
        definitions_file=final / "broker" / "definitions.json",
    )


def give(owner: Owner, folder: Path) -> None:
    """Give what the services need to their user: not the root key, and not the broker's authority.

    Raises AdminError when only root may.
    """
    kept = (folder / "root", folder / environment.FILE, folder / "broker" / "authority")
    give_files(
        owner,
        [path for path in folder.rglob("*") if not any(path == one or one in path.parents for one in kept)],
    )
