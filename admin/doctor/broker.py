"""The brokers: reached by each service with its own certificate, and only what is its own is allowed."""

import secrets
import threading
from collections.abc import Iterator
from datetime import datetime

from cryptography import x509

from admin.doctor.finding import Finding, broken, look, ok
from admin.node import Node
from shared.bus.port import (
    ENVELOPE_CONTENT_TYPE,
    BrokerAddress,
    BrokerUnavailable,
    Delivery,
    Outgoing,
    PublishOutcome,
    Trouble,
    Verdict,
)
from shared.bus.rabbitmq import RabbitConsumer, RabbitPublisher
from shared.bus.topology import NODE_EXCHANGE, RELAY_EXCHANGE, SERVICES, inbox_queue, node_key, relay_key
from shared.post.routes import Lane
from shared.post.wires import address
from shared.runtime.settings import BrokerSettings, ServiceSettings

RENEW_DAYS = 30
SECONDS = 8.0
NOBODY = "zz-nobody"
"""No organisation has this id, so a right to write as it, or to read its inbox, is a right too many."""


_RENEW = {
    Lane.LOCAL: "run `myosotis relay renew-node` and restart the services",
    Lane.RELAY: "ask the relay's operator for a new file (`myosotis relay bundle`) and join with it",
}


def check(node: Node) -> Iterator[Finding]:
    """Every service on every lane."""
    for service in SERVICES:
        settings = node.settings(service)
        for lane in Lane:
            name = f"broker {lane} {service}"
            broker = settings.local if lane is Lane.LOCAL else settings.relay
            missing = broker is not None and [
                path for path in (broker.ca_file, broker.cert_file, broker.key_file) if not path.exists()
            ]
            if missing:
                yield broken(name, f"{missing[0]} is not there: {_RENEW[lane]}, or take it from a backup.")
            elif broker is not None:
                yield from _certificate(f"certificate {lane} {service}", broker, node.clock.now())
                yield from _lane(name, settings, lane, address(broker))
            elif lane is Lane.LOCAL:
                yield broken(
                    name, "The settings name no local broker: run `myosotis setup` again or restore."
                )
            elif service != "notify":
                yield look(name, "This node is on no relay yet: run `myosotis relay join FILE`.")


def _certificate(name: str, broker: BrokerSettings, now: datetime) -> Iterator[Finding]:
    certificate = x509.load_pem_x509_certificate(broker.cert_file.read_bytes())
    days = (certificate.not_valid_after_utc - now).days
    renew = _RENEW[Lane.LOCAL if name.startswith("certificate local") else Lane.RELAY]
    if days < 0:
        yield broken(name, f"It expired {-days} days ago: {renew}.")
    elif days < RENEW_DAYS:
        yield look(name, f"It expires in {days} days: {renew}.")
    else:
        yield ok(name, f"Good for {days} days.")


def _lane(name: str, settings: ServiceSettings, lane: Lane, place: BrokerAddress) -> Iterator[Finding]:
    exchange = RELAY_EXCHANGE if lane is Lane.RELAY else NODE_EXCHANGE
    publisher = RabbitPublisher(place, exchange, connect_timeout=SECONDS)
    try:
        publisher.check()
        yield ok(name, f"Reached {place.host}:{place.port} over TLS as {place.server_name}.")
        yield _may_not_write(f"rights {lane} {settings.service}", publisher, settings, lane)
    except BrokerUnavailable as away:
        yield broken(name, str(away))
        return
    finally:
        publisher.close()
    own = settings.service if lane is Lane.LOCAL else inbox_queue(settings.organisation, settings.service)
    other = inbox_queue(NOBODY, "intake") if lane is Lane.RELAY else f"{NOBODY}.{secrets.token_hex(4)}"
    yield _reads(f"reading {lane} {settings.service}", place, own, other)


def _may_not_write(name: str, publisher: RabbitPublisher, settings: ServiceSettings, lane: Lane) -> Finding:
    """Try to speak as somebody else; the broker has to refuse. Nothing is bound to these keys."""
    own = node_key(settings.service, "doctor")  # nobody may write to their own queue
    key = relay_key(NOBODY, NOBODY, "intake") if lane is Lane.RELAY else own
    outcome = publisher.publish([Outgoing(key, b"", ENVELOPE_CONTENT_TYPE)], timeout=SECONDS)[0]
    if outcome is PublishOutcome.REFUSED:
        return ok(name, "The broker refuses what is not ours to write.")
    if outcome in (PublishOutcome.RETURNED, PublishOutcome.CONFIRMED):
        return broken(
            name,
            "The broker lets this service write in another's name: load definitions.json again.",
        )
    return look(name, "The broker gave no answer in time: run this again.")


def _reads(name: str, place: BrokerAddress, own: str, other: str) -> Finding:
    trouble = _trouble_reading(place, own)
    if trouble is not None:
        return broken(name, f"Our own queue cannot be read. {trouble}")
    trouble = _trouble_reading(place, other)
    if trouble is not None and trouble.code is Trouble.FORBIDDEN:
        return ok(name, "We can read our own queue and no other.")
    if trouble is None or trouble.code is Trouble.MISSING:
        return broken(
            name, "The broker would let this service read other queues: load definitions.json again."
        )
    return look(name, f"It is not clear what this service may read. {trouble}")


def _trouble_reading(place: BrokerAddress, queue: str) -> BrokerUnavailable | None:
    """Why a queue cannot be read, or None when it can. A message that comes meanwhile goes back at once."""
    stop = threading.Event()
    consumer = RabbitConsumer(place, queue, prefetch=1, batch=1, again_pause=0, connect_timeout=SECONDS)

    def give_back(deliveries: list[Delivery]) -> list[Verdict]:
        stop.set()
        return [Verdict.AGAIN] * len(deliveries)

    thread = threading.Thread(target=consumer.run, args=(give_back, stop), daemon=True)
    thread.start()
    trouble: BrokerUnavailable | None = None
    try:
        for _ in range(int(SECONDS / 0.05)):
            try:
                consumer.check()
            except BrokerUnavailable as found:
                trouble = found
                if found.code is not Trouble.LOST and not stop.is_set():
                    return found
            else:
                return None
            if stop.wait(0.05):
                return None  # a message came: so it can be read
        return trouble
    finally:
        stop.set()
        thread.join(SECONDS)
