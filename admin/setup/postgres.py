"""What PostgreSQL is given at its first start: a database and a role for each service.

The file holds SCRAM verifiers and no password, so whoever reads it cannot sign in with it.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from admin.nodes import write_private, write_public
from shared.bus.certificates import CertificateAuthority

ITERATIONS = 4096


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """A database, its only role of the same name, and that role's password."""

    name: str
    password: str = field(repr=False)

    @classmethod
    def new(cls, name: str) -> "ServiceDatabase":
        """With a random password of 256 bits."""
        return cls(name, secrets.token_hex(32))

    def url(self, host: str, port: int) -> str:
        """For `database_url`; the password is in a file."""
        return f"postgresql+psycopg://{self.name}@{host}:{port}/{self.name}"


def write_folder(folder: Path, databases: Iterable[ServiceDatabase]) -> None:
    """init.sql for /docker-entrypoint-initdb.d, and superuser-password for POSTGRES_PASSWORD_FILE."""
    folder.mkdir(mode=0o700)
    write_public(folder / "init.sql", init_script(databases).encode())
    write_private(folder / "superuser-password", secrets.token_hex(32).encode() + b"\n")


def write_for_container(
    folder: Path, authority: CertificateAuthority, host: str, owner: tuple[int, int]
) -> None:
    """tls/ with its certificate, and passwd: its container runs as the owner of it all, who needs a name."""
    authority.issue_server([host], folder / "tls")
    write_public(folder / "passwd", "postgres:x:{}:{}:PostgreSQL:/tmp:/bin/sh\n".format(*owner).encode())


def init_script(databases: Iterable[ServiceDatabase]) -> str:
    """The SQL; names are ours and hold letters, digits and underscores only."""
    lines = ["-- Written by `myosotis setup`. PostgreSQL runs it once, when its data folder is empty."]
    for database in databases:
        lines += [
            f"CREATE ROLE {database.name} LOGIN PASSWORD '{scram(database.password)}';",
            f"CREATE DATABASE {database.name} OWNER {database.name} ENCODING 'UTF8' TEMPLATE template0;",
            f"REVOKE ALL ON DATABASE {database.name} FROM PUBLIC;",
        ]
    lines += ["REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;"]
    return "\n".join(lines) + "\n"


def scram(password: str, salt: bytes | None = None) -> str:
    """The verifier that PostgreSQL stores for a password (RFC 5803, RFC 7677)."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ITERATIONS, *parts)
