"""Which brokers a service is connected to, and by what; tests connect it to brokers in memory."""

from dataclasses import dataclass
from typing import Protocol

from shared.bus.port import BrokerAddress, Consumer, Publisher
from shared.bus.rabbitmq import RabbitConsumer, RabbitPublisher
from shared.bus.topology import NODE_EXCHANGE, RELAY_EXCHANGE, inbox_queue
from shared.post.routes import Lane
from shared.runtime.settings import BrokerSettings, ServiceSettings

AT_ONCE = 150
"""Messages that are checked and stored in one transaction at most."""
ON_THE_WAY = 450
"""Messages that the broker sends ahead. Of the largest envelopes (256 KiB) that is 113 MiB, a quarter of what
a container may use."""
IN_HAND = {Lane.RELAY: 2, Lane.LOCAL: 1}
"""Batches at a time: while one is stored, the next from partners is decrypted beside it (decisions/0016)."""
_EXCHANGE = {Lane.RELAY: RELAY_EXCHANGE, Lane.LOCAL: NODE_EXCHANGE}


class Wires(Protocol):
    """The brokers of one service."""

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes that this service is on."""
        ...

    def publisher(self, lane: Lane) -> Publisher:
        """A new way out."""
        ...

    def consumer(self, lane: Lane) -> Consumer:
        """A new way in, from this service's own queue."""
        ...


@dataclass(frozen=True, slots=True)
class RabbitWires:
    """RabbitMQ, as the settings say."""

    settings: ServiceSettings

    @property
    def lanes(self) -> tuple[Lane, ...]:
        return tuple(lane for lane in (Lane.LOCAL, Lane.RELAY) if self._broker(lane) is not None)

    def publisher(self, lane: Lane) -> Publisher:
        return RabbitPublisher(self._address(lane), _EXCHANGE[lane])

    def consumer(self, lane: Lane) -> Consumer:
        service = self.settings.service
        queue = service if lane is Lane.LOCAL else inbox_queue(self.settings.organisation, service)
        return RabbitConsumer(
            self._address(lane),
            queue,
            prefetch=ON_THE_WAY,
            batch=AT_ONCE,
            in_hand=IN_HAND[lane],
        )

    def _broker(self, lane: Lane) -> BrokerSettings | None:
        return self.settings.local if lane is Lane.LOCAL else self.settings.relay

    def _address(self, lane: Lane) -> BrokerAddress:
        broker = self._broker(lane)
        if broker is None:
            raise ValueError(f"the settings name no {lane} broker")
        return address(broker)


def address(broker: BrokerSettings) -> BrokerAddress:
    """The bus's view of the settings."""
    return BrokerAddress(
        host=broker.host,
        port=broker.port,
        vhost=broker.vhost,
        ca_file=broker.ca_file,
        cert_file=broker.cert_file,
        key_file=broker.key_file,
        server_name=broker.expected_name,
    )
