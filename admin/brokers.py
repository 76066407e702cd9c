"""Sets up the files of one RabbitMQ: certificate authority, server certificate, topology, configuration."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from admin.nodes import user_of
from shared.bus import broker_files, definitions
from shared.bus.broker_files import BrokerPaths
from shared.bus.certificates import CertificateAuthority, CertificateProblem
from shared.bus.topology import SERVICES, checked

PLACES = "broker.json"


class Places(BaseModel):
    """Who is on this broker, and how members reach it from outside."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    names: tuple[str, ...]
    """In the server's certificate; the first is the one that members are told."""
    port: int = 5671
    members: tuple[str, ...] = ()
    """Organisations that meet at the relay here."""
    nodes: tuple[str, ...] = ()
    """Organisations whose local vhost is here."""


@dataclass(frozen=True, slots=True)
class BrokerFolder:
    """The folder of one broker.

    authority/  the certificate authority, needed only to admit somebody
    tls/        ca.pem, server.pem, server.key
    definitions.json, rabbitmq.conf, enabled_plugins
    broker.json who is on it
    """

    path: Path

    @classmethod
    def create(
        cls,
        path: Path,
        server_names: Sequence[str],
        *,
        members: Sequence[str] = (),
        nodes: Sequence[str] = (),
        port: int = 5671,
        files: BrokerPaths = broker_files.IN_CONTAINER,
    ) -> "BrokerFolder":
        """Make it. `members` meet at the relay on this broker, `nodes` have their local vhost on it.

        The first of `server_names` is the one that members are told.
        """
        for organisation in (*members, *nodes):
            checked(organisation)
        path.mkdir(parents=True, mode=0o700)
        authority = CertificateAuthority.create(path / "authority")
        tls = path / "tls"
        tls.mkdir(mode=0o700)
        authority.issue_server(server_names, tls)
        shutil.copyfile(authority.ca_file, tls / "ca.pem")
        folder = cls(path)
        (path / PLACES).write_text(
            Places(names=tuple(server_names), port=port).model_dump_json(indent=2) + "\n"
        )
        folder.write_topology(members, nodes)
        (path / "rabbitmq.conf").write_text(broker_files.configuration(files), encoding="utf-8")
        (path / "enabled_plugins").write_text(broker_files.ENABLED_PLUGINS, encoding="utf-8")
        return folder

    @classmethod
    def load(cls, path: Path) -> "BrokerFolder":
        """The broker that `create` made in `path`. Raises CertificateProblem when there is none."""
        if not (path / PLACES).exists():
            raise CertificateProblem(
                f"There is no broker in {path}: give its folder, or make one with `myosotis relay create`."
            )
        return cls(path)

    @property
    def places(self) -> Places:
        """Who is on it."""
        return Places.model_validate_json((self.path / PLACES).read_text(encoding="utf-8"))

    def write_topology(self, members: Sequence[str], nodes: Sequence[str]) -> None:
        """Write definitions.json anew; the broker reads it at its next start."""
        table = definitions.generate(members, nodes=nodes, relay=bool(members))
        self._replace("definitions.json", definitions.as_text(table))
        places = self.places.model_copy(update={"members": tuple(members), "nodes": tuple(nodes)})
        self._replace(PLACES, places.model_dump_json(indent=2) + "\n")

    def admit_node(self, organisation: str, node: Path) -> None:
        """Give the three services of a node their certificates for the local vhost."""
        for service in SERVICES:
            self._certificate(user_of(organisation, service, "local"), node / service / "tls", "local")

    def admit_member(self, organisation: str, node: Path) -> None:
        """Give a member of the relay its certificate, for the two services that speak to the relay."""
        for service in ("intake", "matching"):
            self._certificate(organisation, node / service / "tls", "relay")

    def read_by_broker(self) -> list[Path]:
        """What the broker itself reads; not the authority, which it must never have."""
        names = ("definitions.json", "rabbitmq.conf", "enabled_plugins", "tls")
        return [*(self.path / name for name in names), *(self.path / "tls").iterdir()]

    def renew_server(self) -> None:
        """A new certificate for the broker itself, good for the same names; it is read at its next start."""
        CertificateAuthority.load(self.path / "authority").issue_server(self.places.names, self.path / "tls")

    def _certificate(self, user: str, tls: Path, name: str) -> None:
        tls.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority = CertificateAuthority.load(self.path / "authority")
        issued = authority.issue_client(user, tls)
        issued.cert_file.replace(tls / f"{name}.pem")
        issued.key_file.replace(tls / f"{name}.key")
        shutil.copyfile(authority.ca_file, tls / f"{name}-ca.pem")

    def _replace(self, name: str, text: str) -> None:
        waiting = self.path / f".{name}.new"
        waiting.write_text(text, encoding="utf-8")
        if os.geteuid() == 0 and (self.path / name).exists():
            before = (self.path / name).stat()
            os.chown(waiting, before.st_uid, before.st_gid)  # the broker goes on reading it
        waiting.replace(self.path / name)
