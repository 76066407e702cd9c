"""Ask whether a broker is there, without a client library: TLS, then eight bytes, then one frame."""

import socket
import ssl

from shared.bus.port import BrokerAddress
from shared.bus.tls import client_context

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
_METHOD_FRAME = b"\x01\x00\x00"


def answers_amqp(address: BrokerAddress, timeout: float = 2.0) -> bool:
    """True when the broker accepts our certificate, shows one of its own, and begins to talk AMQP 0-9-1."""
    context = client_context(address)
    try:
        with (
            socket.create_connection((address.host, address.port), timeout) as plain,
            context.wrap_socket(plain, server_hostname=address.server_name) as line,
        ):
            line.sendall(PROTOCOL_HEADER)
            return line.recv(len(_METHOD_FRAME)) == _METHOD_FRAME
    except (OSError, ssl.SSLError):
        return False
