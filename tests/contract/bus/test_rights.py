"""Case 75: what a member of a circle, or one service of a node, may not do on the broker: 403 each."""

from collections.abc import Callable
from typing import Any

import pika
import pytest

from shared.bus import topology
from shared.bus.port import BrokerUnavailable, Outgoing, PublishOutcome, Trouble
from shared.bus.private_node import PrivateBroker
from shared.bus.rabbitmq import RabbitConsumer, RabbitPublisher
from tests.support.broker import (
    Recorder,
    consuming,
    envelope,
    publishing,
    raw_channel,
    raw_connection,
    take_all,
    wait_for,
)

pytestmark = pytest.mark.broker
VILNIUS, RIGA = "inbox.lt-vilnius.matching", "inbox.lv-riga.matching"
Attempt = Callable[[Any], object]


def _publish(exchange: str, key: str, **properties: Any) -> Attempt:
    def attempt(channel: Any) -> None:
        channel.confirm_delivery()
        channel.basic_publish(exchange, key, b"forged", pika.BasicProperties(**properties))

    return attempt


RELAY_ATTEMPTS: dict[str, Attempt] = {
    "publishes as another": _publish("envelopes", "from.lv-riga.to.fr-lyon.matching"),
    "publishes as one whose name begins alike": _publish("envelopes", "from.lt-vilnius2.to.fr-lyon.intake"),
    "publishes to an unknown role": _publish("envelopes", "from.lt-vilnius.to.fr-lyon.notify"),
    "publishes with a line feed": _publish("envelopes", "from.lt-vilnius.to.fr-lyon.intake\n"),
    "publishes to the dead letters": _publish("dead", "lv-riga"),
    "publishes past the exchange": _publish("", RIGA),
    "reads the inbox of another": lambda channel: channel.basic_get(RIGA),
    "consumes the inbox of another": lambda channel: channel.basic_consume(RIGA, print),
    "empties the inbox of another": lambda channel: channel.queue_purge(RIGA),
    "reads its dead letters": lambda channel: channel.basic_get("dead.lt-vilnius"),
    "declares a queue": lambda channel: channel.queue_declare("inbox.lt-vilnius.more", durable=True),
    "declares a nameless queue": lambda channel: channel.queue_declare(""),
    "declares an exchange": lambda channel: channel.exchange_declare("mine"),
    "binds its inbox to everything": lambda channel: channel.queue_bind(VILNIUS, "envelopes", "#"),
    "unbinds another": lambda channel: channel.queue_unbind(RIGA, "envelopes", "from.*.to.lv-riga.matching"),
    "binds exchanges": lambda channel: channel.exchange_bind("dead", "envelopes", "#"),
    "deletes its inbox": lambda channel: channel.queue_delete(VILNIUS),
    "deletes the exchange": lambda channel: channel.exchange_delete("envelopes"),
}

NODE_ATTEMPTS: dict[str, Attempt] = {
    "publishes to itself": _publish("events", "intake.match.proposed"),
    "publishes to everybody": _publish("events", "#"),
    "reads the queue of another": lambda channel: channel.basic_get("matching"),
    "reads the dead letters": lambda channel: channel.basic_get("dead"),
    "declares a queue": lambda channel: channel.queue_declare("more"),
    "binds its queue to everything": lambda channel: channel.queue_bind("intake", "events", "#"),
    "publishes past the exchange": _publish("", "matching"),
}


@pytest.mark.parametrize("attempt", RELAY_ATTEMPTS.values(), ids=RELAY_ATTEMPTS)
def test_case_75_on_the_relay(broker: PrivateBroker, attempt: Attempt) -> None:
    with raw_channel(broker.relay_address("lt-vilnius")) as channel:
        with pytest.raises(pika.exceptions.ChannelClosedByBroker) as refused:
            attempt(channel)
        assert refused.value.reply_code == 403
    assert take_all(broker, RIGA) == []


@pytest.mark.parametrize("attempt", NODE_ATTEMPTS.values(), ids=NODE_ATTEMPTS)
def test_case_75_inside_a_node(broker: PrivateBroker, attempt: Attempt) -> None:
    with raw_channel(broker.node_address("lt-vilnius", "intake")) as channel:
        with pytest.raises(pika.exceptions.ChannelClosedByBroker) as refused:
            attempt(channel)
        assert refused.value.reply_code == 403


@pytest.mark.parametrize(
    ("user", "vhost"),
    [
        ("lt-vilnius", "node.lt-vilnius"),
        ("lt-vilnius.intake", "relay"),
        ("lt-vilnius.notify", "relay"),
        ("lt-vilnius.intake", "node.lv-riga"),
        ("lt-vilnius", "/"),
    ],
)
def test_case_75_a_user_enters_its_own_vhost_only(broker: PrivateBroker, user: str, vhost: str) -> None:
    refused = pytest.raises(pika.exceptions.ProbableAccessDeniedError)
    with refused, raw_connection(broker.address(user, vhost)):
        pass
    publisher = RabbitPublisher(broker.address(user, vhost), "envelopes")
    with pytest.raises(BrokerUnavailable) as away:
        publisher.check()
    publisher.close()
    assert away.value.code is Trouble.VHOST


def test_case_75_our_own_publisher_says_refused_and_its_neighbours_arrive(broker: PrivateBroker) -> None:
    forged = envelope(b"forged", sender="fr-lyon")
    with publishing(broker) as publisher:
        outcomes = publisher.publish([envelope(b"1"), forged, envelope(b"2")])
    assert outcomes == [PublishOutcome.CONFIRMED, PublishOutcome.REFUSED, PublishOutcome.CONFIRMED]
    assert set(take_all(broker, RIGA)) == {b"1", b"2"}


def test_case_75_copies_by_header_keep_the_sender_that_the_broker_checked(broker: PrivateBroker) -> None:
    """RabbitMQ routes by the headers CC and BCC without asking; what arrives names the true sender."""
    forged = _publish(
        "envelopes",
        "from.lt-vilnius.to.lv-riga.intake",
        headers={"BCC": ["from.fr-lyon.to.lv-riga.matching"]},
    )
    with raw_channel(broker.relay_address("lt-vilnius")) as channel:
        forged(channel)
    with raw_channel(broker.relay_address("lv-riga")) as channel:
        how, _, _ = channel.basic_get(RIGA, auto_ack=True)
    assert how is None or how.routing_key.startswith("from.lt-vilnius.")


def test_case_75_another_inbox_gives_our_consumer_nothing_and_it_says_so(broker: PrivateBroker) -> None:
    consumer = RabbitConsumer(broker.relay_address("lt-vilnius"), RIGA)
    seen = Recorder()

    def forbidden() -> bool:
        with pytest.raises(BrokerUnavailable) as away:
            consumer.check()
        return away.value.code is Trouble.FORBIDDEN

    with consuming(consumer, seen):
        wait_for(forbidden)
    assert seen.seen == []


def test_services_of_one_node_reach_each_other(broker: PrivateBroker) -> None:
    publisher = RabbitPublisher(broker.node_address("lt-vilnius", "matching"), topology.NODE_EXCHANGE)
    event = Outgoing(topology.node_key("notify", "match.proposed"), b"{}", "application/json")
    assert publisher.publish([event]) == [PublishOutcome.CONFIRMED]
    publisher.close()
    assert take_all(broker, "notify", "node.lt-vilnius") == [b"{}"]


def test_one_user_cannot_take_all_connections(broker: PrivateBroker) -> None:
    lines = []
    try:
        for _ in range(topology.CONNECTIONS_OF_A_USER):
            line = raw_connection(broker.relay_address("fr-lyon"))
            line.__enter__()
            lines.append(line)
        one_more = raw_connection(broker.relay_address("fr-lyon"))
        with pytest.raises(pika.exceptions.ProbableAccessDeniedError):
            one_more.__enter__()
        with publishing(broker) as publisher:
            publisher.check()
    finally:
        for line in lines:
            line.__exit__(None, None, None)
