"""Case 74: who may connect to whom. Each side refuses on its own: each is tested alone."""

import contextlib
import dataclasses
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.bus.certificates import CertificateAuthority, CertificateProblem, Issued
from shared.bus.port import BrokerAddress, BrokerUnavailable, Trouble
from shared.bus.private_node import PrivateBroker
from shared.bus.probe import PROTOCOL_HEADER, answers_amqp
from shared.bus.rabbitmq import RabbitPublisher

TWO_YEARS_AGO = datetime.now(UTC) - timedelta(days=730)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority.create(tmp_path_factory.mktemp("stranger"))


def _trouble(address: BrokerAddress) -> Trouble:
    """Why our adapter does not get in; the probe must agree that it does not."""
    publisher = RabbitPublisher(address, "envelopes", connect_timeout=5)
    try:
        with pytest.raises(BrokerUnavailable) as away:
            publisher.check()
    finally:
        publisher.close()
    return away.value.code


def _broker_refuses(address: BrokerAddress, context: ssl.SSLContext) -> bool:
    """Speak TLS without any care for the server; True when the broker ends it before the first AMQP frame."""
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address.host, address.port), 5) as plain,
            context.wrap_socket(plain) as line,
        ):
            line.sendall(PROTOCOL_HEADER)
            return line.recv(3) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def _careless_context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextlib.contextmanager
def _server(
    issued: Issued, *, versions: tuple[ssl.TLSVersion, ssl.TLSVersion] | None = None
) -> Iterator[int]:
    """A TLS server that takes any client; yields its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.cert_file, issued.key_file)
    if versions is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = versions
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as line:
                    line.recv(8)
                    line.sendall(b"\x01\x00\x00")
                plain.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(15)


def _address(port: int, authority: CertificateAuthority, server_name: str = "localhost") -> BrokerAddress:
    client = authority.issue_client("lt-vilnius")
    return BrokerAddress(
        "127.0.0.1", port, "relay", authority.ca_file, client.cert_file, client.key_file, server_name
    )


@pytest.mark.broker
def test_case_74_a_member_gets_in(broker: PrivateBroker) -> None:
    assert answers_amqp(broker.relay_address("lt-vilnius"))
    RabbitPublisher(broker.relay_address("lt-vilnius"), "envelopes").check()


@pytest.mark.broker
def test_case_74_the_broker_refuses_a_client_without_certificate(broker: PrivateBroker) -> None:
    assert _broker_refuses(broker.relay_address("lt-vilnius"), _careless_context())


@pytest.mark.broker
def test_case_74_the_broker_refuses_a_certificate_of_another_authority(
    broker: PrivateBroker, stranger: CertificateAuthority
) -> None:
    forged = stranger.issue_client("lt-vilnius")
    context = _careless_context()
    context.load_cert_chain(forged.cert_file, forged.key_file)
    assert _broker_refuses(broker.relay_address("lt-vilnius"), context)
    address = dataclasses.replace(
        broker.relay_address("lt-vilnius"), cert_file=forged.cert_file, key_file=forged.key_file
    )
    assert not answers_amqp(address)
    assert _trouble(address) is Trouble.TLS


@pytest.mark.broker
def test_case_74_the_broker_refuses_an_expired_certificate(broker: PrivateBroker, tmp_path: Path) -> None:
    own = CertificateAuthority.load(broker.folder / "authority", now=lambda: TWO_YEARS_AGO)
    old = own.issue_client("lt-vilnius", tmp_path)
    context = _careless_context()
    context.load_cert_chain(old.cert_file, old.key_file)
    assert _broker_refuses(broker.relay_address("lt-vilnius"), context)


@pytest.mark.broker
def test_case_74_the_broker_refuses_a_name_that_it_does_not_know(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    unknown = CertificateAuthority.load(broker.folder / "authority").issue_client("ee-left", tmp_path)
    address = dataclasses.replace(
        broker.relay_address("lt-vilnius"), cert_file=unknown.cert_file, key_file=unknown.key_file
    )
    assert _trouble(address) is Trouble.LOGIN


@pytest.mark.broker
@pytest.mark.parametrize(
    ("version", "refused"),
    [(ssl.TLSVersion.TLSv1_1, True), (ssl.TLSVersion.TLSv1_2, False), (ssl.TLSVersion.TLSv1_3, False)],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_case_74_the_broker_refuses_tls_1_1(
    broker: PrivateBroker, version: ssl.TLSVersion, refused: bool
) -> None:
    address = broker.relay_address("lt-vilnius")
    context = _careless_context()
    context.load_cert_chain(address.cert_file, address.key_file)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    assert _broker_refuses(address, context) is refused


@pytest.mark.broker
def test_case_74_we_refuse_a_broker_of_another_authority(
    broker: PrivateBroker, stranger: CertificateAuthority
) -> None:
    address = dataclasses.replace(broker.relay_address("lt-vilnius"), ca_file=stranger.ca_file)
    assert not answers_amqp(address)
    assert _trouble(address) is Trouble.TLS


@pytest.mark.broker
def test_case_74_we_refuse_a_broker_with_another_name(broker: PrivateBroker) -> None:
    address = dataclasses.replace(broker.relay_address("lt-vilnius"), server_name="relay.example.org")
    assert not answers_amqp(address)
    assert _trouble(address) is Trouble.TLS


def test_case_74_we_accept_a_good_server(authority: CertificateAuthority) -> None:
    """The tests below differ from this one in one thing each."""
    with _server(authority.issue_server(["localhost"])) as port:
        assert answers_amqp(_address(port, authority))


def test_case_74_we_refuse_an_expired_broker(authority: CertificateAuthority, tmp_path: Path) -> None:
    then = CertificateAuthority.load(authority.ca_file.parent, now=lambda: TWO_YEARS_AGO)
    with _server(then.issue_server(["localhost"], tmp_path)) as port:
        assert not answers_amqp(_address(port, authority))
        assert _trouble(_address(port, authority)) is Trouble.TLS


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_case_74_we_refuse_a_broker_that_speaks_tls_1_1(authority: CertificateAuthority) -> None:
    old = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
    with _server(authority.issue_server(["localhost"]), versions=old) as port:
        assert not answers_amqp(_address(port, authority))
        assert _trouble(_address(port, authority)) is Trouble.TLS


def test_case_74_a_member_cannot_play_the_broker(authority: CertificateAuthority, tmp_path: Path) -> None:
    """A client's certificate that carries the broker's very name is still only a client's."""
    with _server(authority.issue_client("localhost", tmp_path)) as port:
        assert not answers_amqp(_address(port, authority))


def test_certificate_files_are_for_their_owner_only(authority: CertificateAuthority, tmp_path: Path) -> None:
    issued = authority.issue_client("fr-lyon", tmp_path)
    for path in (issued.cert_file, issued.key_file, authority.ca_file, authority.ca_file.with_name("ca.key")):
        assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fr-lyon.key", "fr-lyon.pem"]


def test_an_authority_is_never_made_over_another(authority: CertificateAuthority) -> None:
    with pytest.raises(CertificateProblem, match="load it instead"):
        CertificateAuthority.create(authority.ca_file.parent)


def test_a_damaged_authority_is_refused(
    authority: CertificateAuthority, stranger: CertificateAuthority, tmp_path: Path
) -> None:
    with pytest.raises(CertificateProblem, match="restore"):
        CertificateAuthority.load(tmp_path)
    (tmp_path / "ca.pem").write_bytes(authority.ca_file.read_bytes())
    (tmp_path / "ca.key").write_bytes(stranger.ca_file.with_name("ca.key").read_bytes())
    with pytest.raises(CertificateProblem, match="does not belong"):
        CertificateAuthority.load(tmp_path)


@pytest.mark.parametrize("missing", ["ca_file", "cert_file", "key_file"])
def test_a_missing_file_is_said_plainly(
    authority: CertificateAuthority, tmp_path: Path, missing: str
) -> None:
    address = dataclasses.replace(_address(1, authority), **{missing: tmp_path / "none.pem"})
    with pytest.raises(BrokerUnavailable, match="check ca_file, cert_file and key_file"):
        RabbitPublisher(address, "envelopes").check()
