"""Hands a notice to a mail server by SMTP (RFC 5321): encrypted, with a time limit on every step and on all.

A 5xx answer is permanent, anything else is tried again. When the content is under way and no answer comes,
nobody knows whether it was taken: that is OutcomeUnknown (RFC 5321 4.2.5 and 6.1). The Message-ID is the same
at every attempt, so that a mail system can drop the second one.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from typing import ClassVar, TypeVar

from services.notify.channels.base import (
    ChannelContext,
    ChannelNotUsable,
    OutcomeUnknown,
    PersonChannel,
    TransportError,
)
from services.notify.channels.email.message import Wording, load_wordings, write
from services.notify.domain import reasons
from services.notify.domain.notice import Notice
from services.notify.domain.rota import DutyPerson
from shared.runtime.clock import Clock
from shared.runtime.settings import SettingsError, SmtpSettings

STEP_SECONDS = 15.0
WHOLE_SECONDS = 22.0
"""A server that answers byte by byte must not hold up other notices, nor the end of a worker (25 s)."""

IMPLICIT_TLS_PORT = 465
_Answer = TypeVar("_Answer")


class Email(PersonChannel):
    """Mail to a person's address, in their language."""

    name: ClassVar[str] = "email"

    def __init__(
        self,
        settings: SmtpSettings,
        wordings: Mapping[str, Wording],
        clock: Clock,
        tls: ssl.SSLContext,
        *,
        step_seconds: float = STEP_SECONDS,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        """`tls`: what checks the server's certificate. Raises ChannelNotUsable."""
        self._settings, self._wordings, self._clock, self._tls = settings, wordings, clock, tls
        self._step_seconds, self._whole_seconds = step_seconds, whole_seconds
        self._sender = parseaddr(settings.sender)[1]
        self._domain = _domain(self._sender)
        if settings.user is not None and not (settings.starttls or settings.port == IMPLICIT_TLS_PORT):
            raise ChannelNotUsable("smtp.user would send a password in the clear: set smtp.starttls = true")

    def reaches(self, person: DutyPerson) -> bool:
        """Whoever has an address and a language that has templates."""
        return bool(person.email) and person.language in self._wordings

    def send(self, notice: Notice, person: DutyPerson, delivery_id: str) -> None:
        """Send one mail. Returns None when the server took it; raises TransportError."""
        mail = write(
            notice,
            self._wordings[notice.language],
            sender=self._settings.sender,
            recipient=person.email,
            message_id=f"<{delivery_id}@{self._domain}>",
            now=self._clock.now(),
        )
        server = self._new_connection()
        watchdog = threading.Timer(self._whole_seconds, _cut, [server])
        watchdog.daemon = True
        watchdog.start()
        try:
            self._open(server)
            self._hand_over(server, person.email, mail)
            _leave(server)
        finally:
            watchdog.cancel()
            server.close()

    def _new_connection(self) -> smtplib.SMTP:
        if self._settings.port == IMPLICIT_TLS_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(timeout=self._step_seconds, context=self._tls)
        else:
            server = smtplib.SMTP(timeout=self._step_seconds)
        # Given to the constructor, the host would be called at once, before the watchdog. TLS needs the name.
        server._host = self._settings.host  # type: ignore[attr-defined]  # typeshed leaves it out
        return server

    def _open(self, server: smtplib.SMTP) -> None:
        """Connect, encrypt and log in, as the settings say.

        Until the line is encrypted anybody on the way may have answered, so no answer is final until then.
        """
        host, port = self._settings.host, self._settings.port
        _accept(
            _step(lambda: server.connect(host, port), reasons.SERVER_REFUSED), reasons.SERVER_REFUSED, False
        )
        _step(server.ehlo_or_helo_if_needed, reasons.SERVER_REFUSED, final=False)
        if self._settings.starttls and port != IMPLICIT_TLS_PORT:
            _step(lambda: server.starttls(context=self._tls), reasons.NO_STARTTLS, final=False)
        user = self._settings.user
        if user is not None:
            try:
                password = self._settings.password() or ""
            except SettingsError:
                raise TransportError(reasons.LOGIN_UNREADABLE) from None
            if not (user + password).isascii():  # smtplib would fail on it, quoting the password
                raise TransportError(reasons.LOGIN_UNREADABLE)
            _step(lambda: server.login(user, password), reasons.LOGIN_REFUSED)

    def _hand_over(self, server: smtplib.SMTP, recipient: str, mail: EmailMessage) -> None:
        _accept(_step(lambda: server.mail(self._sender), reasons.SENDER_REFUSED), reasons.SENDER_REFUSED)
        _accept(_step(lambda: server.rcpt(recipient), reasons.ADDRESS_REFUSED), reasons.ADDRESS_REFUSED)
        try:
            answer = server.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:  # an answer to DATA itself: nothing was sent yet
            raise _refused(reasons.MESSAGE_REFUSED, error.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            raise OutcomeUnknown(reasons.OUTCOME_UNKNOWN) from None
        _accept(answer, reasons.MESSAGE_REFUSED)


def build(context: ChannelContext) -> Email | None:
    """E-mail as `[smtp]` in the settings says; None without it. Raises ChannelNotUsable."""
    if context.smtp is None:
        return None
    return Email(context.smtp, load_wordings(), context.clock, ssl.create_default_context())


def _step(action: Callable[[], _Answer], refused: str, *, final: bool = True) -> _Answer:
    """Do one step of the conversation; a failure becomes a TransportError without the server's words."""
    try:
        return action()
    except ssl.SSLCertVerificationError:
        raise TransportError(reasons.CERTIFICATE) from None
    except smtplib.SMTPNotSupportedError:
        raise TransportError(refused) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(refused, error.smtp_code, final) from None
    except (smtplib.SMTPException, OSError):
        raise TransportError(reasons.SERVER_SILENT) from None


def _accept(answer: tuple[int, bytes], refused: str, final: bool = True) -> None:
    if not 200 <= answer[0] <= 299:
        raise _refused(refused, answer[0], final)


def _refused(code: str, number: int, final: bool = True) -> TransportError:
    known = 100 <= number <= 599
    reason = reasons.with_number(code, number) if known else code
    return TransportError(reason, permanent=final and 500 <= number <= 599)


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye. The notice is taken by now, so what goes wrong here is nobody's worry."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()


def _cut(server: smtplib.SMTP) -> None:
    """End a conversation that lasts too long; the thread that waits on it sees the line closed."""
    if server.sock is not None:
        with contextlib.suppress(OSError):
            # The plain method: the one of TLS sockets would drop the encryption under a reader's feet.
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)


def _domain(sender: str) -> str:
    try:
        domain = Address(addr_spec=sender).domain
    except (MessageError, ValueError, IndexError):
        domain = ""
    if not domain or not sender.isascii():
        raise ChannelNotUsable("smtp.sender must be an address like Myosotis <desk@example.org>")
    return domain
