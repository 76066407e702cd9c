"""The e-mail channel against a real mail server: encryption, login, refusals, silence, hanging up."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.notify.channels.base import OutcomeUnknown, TransportError
from services.notify.channels.email.message import load_wordings
from services.notify.channels.email.transport import Email
from services.notify.domain.notice import Notice
from services.notify.domain.rota import DutyPerson
from shared.runtime.ports import free_ports
from shared.runtime.settings import SmtpSettings
from tests.contract.notify.mail_server import HANG_UP, MailServer, certificate
from tests.support.clock import manual_clock

RASA = DutyPerson("person_rasa", "Rasa", "rasa@desk.example")
NOTICE = Notice("4F2A", "Immediate", "Actual", "https://desk.example.org/", "lt")


@pytest.fixture
def plain() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def channel(port: int, folder: Path, **more: object) -> Email:
    """The channel towards a server of this test."""
    limits = {key: more.pop(key) for key in ("step_seconds", "whole_seconds") if key in more}
    tls = more.pop("tls", None) or certificate(folder)[1]
    values = {"host": "127.0.0.1", "port": port, "starttls": False, "sender": "Myosotis <desk@example.org>"}
    settings = SmtpSettings.model_validate({**values, **more})
    return Email(settings, load_wordings(), manual_clock(), tls, **limits)  # type: ignore[arg-type]


def refusal(email: Email) -> TransportError:
    """What the channel raises."""
    with pytest.raises(TransportError) as caught:
        email.send(NOTICE, RASA, "delivery_x")
    assert "example" not in str(caught.value), "the server's words may quote an address"
    return caught.value


def test_case_89_a_notice_over_an_encrypted_line(tmp_path: Path) -> None:
    server_tls, tls = certificate(tmp_path)
    (tmp_path / "password").write_text("oak and elm\n")
    with MailServer(server_tls, "oak and elm") as server:
        email = channel(
            server.port, tmp_path, tls=tls, starttls=True, user="desk", password_file=tmp_path / "password"
        )
        email.send(NOTICE, RASA, "delivery_x")
        assert server.answers.encrypted == [True]
        assert server.answers.recipients == ["rasa@desk.example"]
        (mail,) = server.got
    assert mail["Subject"] == "Byla 4F2A laukia jūsų"
    assert mail["Message-ID"] == "<delivery_x@example.org>"
    assert mail["Date"] == "Sat, 21 Nov 2026 21:40:00 +0000"
    body = mail.get_content()
    assert "Veikti reikia nedelsiant." in body
    assert "https://desk.example.org/" in body


def test_a_wrong_password_waits_for_a_person(tmp_path: Path) -> None:
    server_tls, tls = certificate(tmp_path)
    (tmp_path / "password").write_text("wrong")
    with MailServer(server_tls, "right") as server:
        email = channel(
            server.port, tmp_path, tls=tls, starttls=True, user="desk", password_file=tmp_path / "password"
        )
        error = refusal(email)
        assert (error.reason, error.permanent) == ("login_refused.535", True)
        (tmp_path / "password").write_text("ąžuolas")
        error = refusal(email)
        assert (error.reason, error.permanent) == ("login_unreadable", False)
        (tmp_path / "password").unlink()
        assert refusal(email).reason == "login_unreadable"
        assert server.got == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.0.0.9"], ids=["case 74 other CA", "case 74 wrong name"]
)
def test_a_certificate_that_is_not_the_servers(tmp_path: Path, address: str) -> None:
    server_tls, tls = certificate(tmp_path, address)
    if address == "127.0.0.1":
        _, tls = certificate(tmp_path)
    with MailServer(server_tls) as server:
        error = refusal(channel(server.port, tmp_path, tls=tls, starttls=True))
        assert (error.reason, error.permanent) == ("certificate", False)
        assert server.got == []


def test_a_server_without_encryption_is_given_nothing(plain: MailServer, tmp_path: Path) -> None:
    error = refusal(channel(plain.port, tmp_path, starttls=True))
    assert (error.reason, error.permanent) == ("no_starttls", False)
    assert plain.got == []


@pytest.mark.parametrize(
    ("step", "answer", "reason", "permanent"),
    [
        ("mail", "553 rasa@desk.example no", "sender_refused.553", True),
        ("mail", "451 rasa@desk.example later", "sender_refused.451", False),
        ("rcpt", "550 rasa@desk.example unknown", "address_refused.550", True),
        ("rcpt", "450 rasa@desk.example greylisted", "address_refused.450", False),
        ("data", "554 rasa@desk.example spam", "message_refused.554", True),
        ("data", "452 rasa@desk.example full", "message_refused.452", False),
    ],
)
def test_refusals(
    plain: MailServer, tmp_path: Path, step: str, answer: str, reason: str, permanent: bool
) -> None:
    setattr(plain.answers, step, answer)
    error = refusal(channel(plain.port, tmp_path))
    assert (error.reason, error.permanent) == (reason, permanent)
    assert not isinstance(error, OutcomeUnknown)


def test_a_line_that_breaks_when_the_answer_is_due_is_an_unknown_outcome(
    plain: MailServer, tmp_path: Path
) -> None:
    plain.answers.data = HANG_UP
    assert isinstance(refusal(channel(plain.port, tmp_path)), OutcomeUnknown)
    assert len(plain.got) == 1, "the server has it: that is why nobody knows"


@pytest.mark.parametrize("answer", [HANG_UP, "500 no", "421 going down"])
def test_a_bad_goodbye_does_not_undo_a_success(plain: MailServer, tmp_path: Path, answer: str) -> None:
    plain.answers.quit = answer
    channel(plain.port, tmp_path).send(NOTICE, RASA, "delivery_x")
    assert len(plain.got) == 1


def test_nobody_listens(tmp_path: Path) -> None:
    error = refusal(channel(free_ports(1)[0], tmp_path))
    assert (error.reason, error.permanent) == ("server_silent", False)


def test_a_server_that_says_nothing_is_given_up_after_one_step(tmp_path: Path) -> None:
    with talking(b"", pause=0.1) as port:
        began = time.monotonic()
        error = refusal(channel(port, tmp_path, step_seconds=0.5))
    assert error.reason == "server_silent"
    assert time.monotonic() - began < 5


@pytest.mark.timeout(30)
def test_a_server_that_drips_is_given_up_after_the_whole_time(tmp_path: Path) -> None:
    with talking(b"2", pause=0.1) as port:
        began = time.monotonic()
        error = refusal(channel(port, tmp_path, step_seconds=5, whole_seconds=1))
    assert error.reason == "server_silent"
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    "greeting", [b"554 go away rasa@desk.example\r\n", b"421 busy\r\n", b"HTTP/1.1 200 OK\r\n"]
)
def test_before_the_line_is_encrypted_no_refusal_is_final(tmp_path: Path, greeting: bytes) -> None:
    """Anybody on the way could have answered; a notice must not be given up for that."""
    with talking(greeting, pause=1) as port:
        error = refusal(channel(port, tmp_path, step_seconds=3, starttls=True))
    assert not error.permanent
    assert error.reason.startswith(("server_refused", "server_silent"))


@contextmanager
def talking(words: bytes, pause: float) -> Iterator[int]:
    """A listener that says the same words again and again and never listens."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)

        def serve() -> None:
            lines: list[socket.socket] = []
            while not stop.is_set():
                try:
                    lines.append(listener.accept()[0])
                except TimeoutError:
                    continue
                while not stop.wait(pause):
                    try:
                        lines[-1].sendall(words)
                    except OSError:
                        break
            for line in lines:
                line.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join(10)
