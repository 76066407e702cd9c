"""A small certificate authority for one broker: EC P-256, one server certificate, one certificate a user.

The broker takes the common name of a client certificate for the user name (EXTERNAL), so whoever can sign
here can be anybody there: the authority's key stays with the relay's operator and never on the broker itself.
Taking a user's access away is deleting the user on the broker.
"""

import ipaddress
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = timedelta(days=3650)
CERTIFICATE_LIFE = timedelta(days=397)
CLOCK_SKEW = timedelta(hours=1)
LONGEST_COMMON_NAME = 64
"""RFC 5280, ub-common-name."""


class CertificateProblem(Exception):
    """A certificate could not be made or read."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its private key, both PEM files; the key is readable by its owner only."""

    cert_file: Path
    key_file: Path


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CertificateAuthority:
    """Signs certificates; make one with `create` or read it back with `load`."""

    def __init__(
        self,
        folder: Path,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._folder = folder
        self._certificate = certificate
        self._key = key
        self._now = now

    @property
    def ca_file(self) -> Path:
        """The authority's certificate: the one file that every side needs."""
        return self._folder / "ca.pem"

    @classmethod
    def create(
        cls, folder: Path, name: str = "Myosotis broker CA", now: Callable[[], datetime] = _utc_now
    ) -> "CertificateAuthority":
        """Make a new authority in `folder`. Raises `CertificateProblem` when there is one already."""
        if (folder / "ca.key").exists():
            raise CertificateProblem(
                f"There is a certificate authority in {folder} already: load it instead."
            )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = _key_usage(certificates=True)
        certificate = (
            _builder(subject, subject, key.public_key(), now(), AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write(folder / "ca.key", _key_pem(key))
        _write(folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder, certificate, key, now)

    @classmethod
    def load(cls, folder: Path, now: Callable[[], datetime] = _utc_now) -> "CertificateAuthority":
        """Read the authority that `create` made. Raises `CertificateProblem`."""
        try:
            certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
            key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        except (OSError, ValueError) as problem:
            raise CertificateProblem(
                f"The certificate authority in {folder} cannot be read: restore ca.pem and ca.key."
            ) from problem
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise CertificateProblem(f"In {folder}, ca.key does not belong to ca.pem: restore both.")
        return cls(folder, certificate, key, now)

    def issue_server(self, names: Sequence[str], folder: Path | None = None) -> Issued:
        """A certificate for the broker, good for `names` (hosts or addresses) and this machine itself."""
        wanted = dict.fromkeys([*names, "localhost", "127.0.0.1", "::1"])
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in wanted])
        return self._issue(
            next(iter(wanted)), "server", ExtendedKeyUsageOID.SERVER_AUTH, alternatives, folder
        )

    def issue_client(self, user: str, folder: Path | None = None) -> Issued:
        """A certificate for one broker user, whose name becomes the common name."""
        alternatives = x509.SubjectAlternativeName([x509.DNSName(user)])
        return self._issue(user, user, ExtendedKeyUsageOID.CLIENT_AUTH, alternatives, folder)

    def _issue(
        self,
        common_name: str,
        file_name: str,
        use: x509.ObjectIdentifier,
        alternatives: x509.SubjectAlternativeName,
        folder: Path | None,
    ) -> Issued:
        if not 0 < len(common_name) <= LONGEST_COMMON_NAME:
            raise CertificateProblem(f"A certificate's name has 1 to {LONGEST_COMMON_NAME} characters.")
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        public_key = key.public_key()
        certificate = (
            _builder(subject, self._certificate.subject, public_key, self._now(), CERTIFICATE_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(alternatives, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        place = folder or self._folder
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        issued = Issued(place / f"{file_name}.pem", place / f"{file_name}.key")
        _write(issued.key_file, _key_pem(key))
        _write(issued.cert_file, certificate.public_bytes(serialization.Encoding.PEM))
        return issued


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + life)
    )


def _key_usage(*, certificates: bool) -> x509.KeyUsage:
    """An authority signs certificates and nothing else; a certificate signs handshakes and nothing else."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    waiting = path.with_name(f".{path.name}.new")
    waiting.unlink(missing_ok=True)
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(path)
