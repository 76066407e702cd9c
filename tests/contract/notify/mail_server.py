"""A real mail server for tests (aiosmtpd) that can be told to refuse, to hang up and to be slow."""

import datetime as dt
import email
import email.policy
import ipaddress
import ssl
from asyncio import WriteTransport
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.runtime.ports import free_ports

HANG_UP = "hang up"


@dataclass
class Answers:
    """What the server says at each step; None accepts. Every mail that it got is kept, taken or not."""

    mail: str | None = None
    rcpt: str | None = None
    data: str | None = None
    quit: str | None = None
    got: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    hellos: int = 0

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt is None:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.got.append(mail)
        self.recipients += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None)
        return self._or_hang_up(server, self.data) or "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self._or_hang_up(server, self.quit) or "221 Bye"

    @staticmethod
    def _or_hang_up(server: SMTP, answer: str | None) -> str | None:
        if answer == HANG_UP and isinstance(server.transport, WriteTransport):
            server.transport.abort()
        return answer


class MailServer:
    """A running server on a port of its own; use it as a context manager."""

    def __init__(self, tls: ssl.SSLContext | None = None, password: str | None = None) -> None:
        self.answers = Answers()

        def authenticate(
            server: SMTP, session: Session, envelope: Envelope, how: str, given: object
        ) -> AuthResult:
            right = (
                getattr(given, "login", b"") == b"desk"
                and getattr(given, "password", b"") == (password or "").encode()
            )
            return AuthResult(success=right, handled=False)

        self._controller = Controller(
            self.answers,
            hostname="127.0.0.1",
            port=free_ports(1)[0],
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=password is not None,
            authenticator=authenticate if password is not None else None,
        )
        self.port = self._controller.port

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def got(self) -> list[EmailMessage]:
        """Every mail whose content arrived, whatever was answered."""
        return self.answers.got


def certificate(folder: Path, address: str = "127.0.0.1") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server with a certificate for `address`, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail server of a test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = folder / "mail-server.pem"
    chain.write_bytes(secret + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain)
    return server, ssl.create_default_context(cadata=pem.decode())
