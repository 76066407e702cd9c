"""Sets up the files of one RabbitMQ: certificate authority, server certificate, topology, configuration."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from admin.nodes import user_of
from shared.bus import broker_files, definitions
from shared.bus.certificates import CertificateAuthority
from shared.bus.topology import SERVICES


@dataclass(frozen=True, slots=True)
class BrokerFolder:
    """The folder of one broker.

    authority/  the certificate authority, needed only to admit somebody
    tls/        ca.pem, server.pem, server.key
    definitions.json, rabbitmq.conf, enabled_plugins
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
    ) -> "BrokerFolder":
        """Make it. `members` meet at the relay on this broker, `nodes` have their local vhost on it."""
        path.mkdir(parents=True, mode=0o700)
        authority = CertificateAuthority.create(path / "authority")
        tls = path / "tls"
        tls.mkdir(mode=0o700)
        authority.issue_server(server_names, tls)
        shutil.copyfile(authority.ca_file, tls / "ca.pem")
        folder = cls(path)
        folder.write_topology(members, nodes)
        (path / "rabbitmq.conf").write_text(
            broker_files.configuration(broker_files.IN_CONTAINER), encoding="utf-8"
        )
        (path / "enabled_plugins").write_text(broker_files.ENABLED_PLUGINS, encoding="utf-8")
        return folder

    def write_topology(self, members: Sequence[str], nodes: Sequence[str]) -> None:
        """Write definitions.json anew; the broker reads it at its next start."""
        table = definitions.generate(members, nodes=nodes, relay=bool(members))
        (self.path / "definitions.json").write_text(definitions.as_text(table), encoding="utf-8")

    def admit_node(self, organisation: str, node: Path) -> None:
        """Give the three services of a node their certificates for the local vhost."""
        for service in SERVICES:
            self._certificate(user_of(organisation, service, "local"), node / service / "tls", "local")

    def admit_member(self, organisation: str, node: Path) -> None:
        """Give a member of the relay its certificate, for the two services that speak to the relay."""
        for service in ("intake", "matching"):
            self._certificate(organisation, node / service / "tls", "relay")

    def _certificate(self, user: str, tls: Path, name: str) -> None:
        tls.mkdir(exist_ok=True, mode=0o700)
        authority = CertificateAuthority.load(self.path / "authority")
        issued = authority.issue_client(user, tls)
        issued.cert_file.replace(tls / f"{name}.pem")
        issued.key_file.replace(tls / f"{name}.key")
        shutil.copyfile(authority.ca_file, tls / f"{name}-ca.pem")
