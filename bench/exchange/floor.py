"""The floor: the same number of bodies of the same size through the bare libraries and bare pika.

    python -m bench.exchange.floor send PORT FOLDER      says "ready"; at "go N" seals and publishes N, "sent"
    python -m bench.exchange.floor receive PORT FOLDER   says "ready"; at "go N" says "all" when N were opened

One process on each side, `cryptography` (HPKE X-Wing) and PyNaCl (Ed25519), the same broker, TLS, kind of
queue, persistence and pipelined confirms. No database, no checks, no meaning: nothing can be faster.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nacl.signing
import pika  # type: ignore[import-untyped]  # pika ships no py.typed
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from bench.nodes import FLOOR, SENDER
from shared.bus import tls
from shared.bus.port import BrokerAddress
from shared.bus.topology import RELAY_EXCHANGE, RELAY_VHOST, inbox_queue, relay_key

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
INFO = b"the floor"
PLAINTEXT_BYTES = 4096
"""The bucket that an alert falls into."""
SIGNATURE_BYTES = 64
IN_FLIGHT = 200
"""Messages under way unconfirmed, and prefetched: what our own publisher and consumer have, or more."""


def keys() -> tuple[MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, nacl.signing.SigningKey]:
    """Fixed keys, so that both processes have the same without telling each other."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(bytes(64))
    x25519 = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = MLKEM768X25519PublicKey(mlkem.public_key(), x25519.public_key())
    return MLKEM768X25519PrivateKey(mlkem, x25519), public, nacl.signing.SigningKey(bytes(32))


class Sender:
    """Seals and publishes, with at most so many messages unconfirmed."""

    def __init__(self, connection: Any, channel: Any) -> None:
        _, self._public, self._signer = keys()
        self._connection = connection
        self._channel = channel
        self._left = 0
        self._open: set[int] = set()
        self._tag = 0
        self._properties = pika.BasicProperties(delivery_mode=2)
        channel.confirm_delivery(self._confirmed, callback=lambda _: print("ready", flush=True))

    def go(self, count: int) -> None:
        """Send so many."""
        self._left = count
        self._fill()

    def _fill(self) -> None:
        while self._left and len(self._open) < IN_FLIGHT:
            self._left -= 1
            self._tag += 1
            self._open.add(self._tag)
            inner = bytes(PLAINTEXT_BYTES - SIGNATURE_BYTES)
            body = SUITE.encrypt(self._signer.sign(inner), self._public, INFO)
            key = relay_key(SENDER, FLOOR, "matching")
            self._channel.basic_publish(RELAY_EXCHANGE, key, body, self._properties, mandatory=True)

    def _confirmed(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        if frame.method.multiple:
            self._open = {each for each in self._open if each > tag}
        else:
            self._open.discard(tag)
        self._fill()
        if not self._left and not self._open:
            print("sent", flush=True)


class Receiver:
    """Opens and verifies, acknowledging every now and then and at the end."""

    def __init__(self, connection: Any, channel: Any) -> None:
        self._private, _, signer = keys()
        self._verify_key = signer.verify_key
        self._channel = channel
        self._left = 0
        del connection
        channel.basic_qos(prefetch_count=IN_FLIGHT)
        queue = inbox_queue(FLOOR, "matching")
        channel.basic_consume(queue, self._arrived, callback=lambda _: print("ready", flush=True))

    def go(self, count: int) -> None:
        """Expect so many."""
        self._left = count

    def _arrived(self, _channel: Any, how: Any, _properties: Any, body: bytes) -> None:
        self._verify_key.verify(SUITE.decrypt(body, self._private, INFO))
        self._left -= 1
        if self._left == 0 or how.delivery_tag % 50 == 0:
            self._channel.basic_ack(how.delivery_tag, multiple=True)
        if self._left == 0:
            print("all", flush=True)


def serve(user: str, make: Callable[[Any, Any], Sender | Receiver], port: int, folder: Path) -> None:
    """Connect, make the sender or receiver, and hand it the orders until the standard input ends."""
    clients = folder / "clients"
    address = BrokerAddress(
        "127.0.0.1",
        port,
        RELAY_VHOST,
        folder / "authority" / "ca.pem",
        clients / f"{user}.pem",
        clients / f"{user}.key",
        "localhost",
    )
    made: list[Sender | Receiver] = []
    connection = pika.SelectConnection(
        pika.ConnectionParameters(
            host=address.host,
            port=address.port,
            virtual_host=address.vhost,
            credentials=pika.credentials.ExternalCredentials(),
            ssl_options=pika.SSLOptions(tls.client_context(address), address.server_name),
        ),
        on_open_callback=lambda opened: opened.channel(
            on_open_callback=lambda channel: made.append(make(opened, channel))
        ),
    )

    def orders() -> None:
        for order in sys.stdin:
            count = int(order.split()[1])
            connection.ioloop.add_callback_threadsafe(lambda count=count: made[0].go(count))
        connection.ioloop.add_callback_threadsafe(connection.ioloop.stop)

    threading.Thread(target=orders, daemon=True).start()
    connection.ioloop.start()


if __name__ == "__main__":
    sending = sys.argv[1] == "send"
    serve(SENDER if sending else FLOOR, Sender if sending else Receiver, int(sys.argv[2]), Path(sys.argv[3]))
