"""From pika's exceptions to the few troubles that a person can do something about."""

import socket
import ssl
from collections.abc import Iterator

from pika import exceptions  # type: ignore[import-untyped]  # pika ships no py.typed

from shared.bus.port import BrokerUnavailable, Trouble

ADVICE = {
    Trouble.UNREACHABLE: "The broker does not answer: check host, port and the network.",
    Trouble.TLS: "One side does not accept the other's certificate: check authority, name and dates.",
    Trouble.LOGIN: "The broker does not know this certificate's user: ask its operator.",
    Trouble.VHOST: "The broker does not let this user into the virtual host: check vhost in the settings.",
    Trouble.FORBIDDEN: "The broker forbids this to our user: compare its definitions with the topology.",
    Trouble.TOO_LARGE: "The broker refused a message as too large or badly made.",
    Trouble.MISSING: "The broker lacks the exchange or queue: load the definitions again.",
    Trouble.BLOCKED: "The broker accepts nothing for now: its disk or memory is full.",
    Trouble.LOST: "The connection to the broker was lost.",
}
_REPLY_CODES = {403: Trouble.FORBIDDEN, 404: Trouble.MISSING, 406: Trouble.TOO_LARGE, 530: Trouble.VHOST}


def explain(problem: BaseException) -> BrokerUnavailable:
    """The trouble behind a pika exception, with advice; the broker's own text is left out."""
    trouble = next((found for each in _chain(problem) if (found := _trouble(each))), Trouble.LOST)
    return BrokerUnavailable(trouble, ADVICE[trouble])


def _trouble(problem: BaseException) -> Trouble | None:
    match problem:
        case ssl.SSLError():
            return Trouble.TLS
        case exceptions.IncompatibleProtocolError():
            # The broker hung up before its first frame. In TLS 1.3 its refusal of a certificate comes after
            # our side of the handshake, as an alert, an end or a reset, whichever wins the race.
            return Trouble.TLS
        case exceptions.ConnectionBlockedTimeout():
            return Trouble.BLOCKED
        case exceptions.ProbableAccessDeniedError():
            return Trouble.VHOST
        case exceptions.AuthenticationError() | exceptions.ProbableAuthenticationError():
            return Trouble.LOGIN
        case exceptions.ChannelClosedByBroker() | exceptions.ConnectionClosedByBroker():
            return _REPLY_CODES.get(problem.reply_code)
        case ConnectionRefusedError() | socket.gaierror() | TimeoutError():
            return Trouble.UNREACHABLE
        case _:
            return None


def _chain(problem: BaseException) -> Iterator[BaseException]:
    """A problem and what it wraps, the innermost first: pika packs causes into attributes and arguments."""
    inner = [*getattr(problem, "exceptions", []), getattr(problem, "exception", None), *problem.args]
    for each in inner:
        if isinstance(each, BaseException):
            yield from _chain(each)
    yield problem
