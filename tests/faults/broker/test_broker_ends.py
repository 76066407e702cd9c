"""The broker is stopped, killed, frozen or full, in the worst moments."""

import dataclasses
import threading
import time

import pytest

from shared.bus.port import BrokerUnavailable, PublishOutcome, Trouble
from shared.bus.private_node import PrivateBroker
from shared.bus.rabbitmq import RabbitConsumer, RabbitPublisher
from tests.support.broker import (
    Recorder,
    bodies,
    consuming,
    envelope,
    publishing,
    take_all,
    wait_for,
)

pytestmark = [pytest.mark.broker, pytest.mark.slow]
QUEUE = "inbox.lv-riga.matching"
MESSAGES = [envelope(b"%d" % number) for number in range(30)]
CONFIRMED = [PublishOutcome.CONFIRMED] * 30
UNKNOWN = [PublishOutcome.UNKNOWN] * 30


def _send_until_confirmed(publisher: RabbitPublisher) -> None:
    wait_for(lambda: publisher.publish(MESSAGES) == CONFIRMED, 40)


def test_case_62_killed_between_publish_and_confirm(broker: PrivateBroker) -> None:
    """Frozen first, so that the messages leave and no confirm can come; then kill -9; then sent again."""
    with publishing(broker) as publisher:
        publisher.check()
        broker.pause()
        outcomes: list[list[PublishOutcome]] = []
        sending = threading.Thread(target=lambda: outcomes.append(publisher.publish(MESSAGES, 20)))
        sending.start()
        time.sleep(1)
        broker.kill()
        sending.join(20)
        assert outcomes == [UNKNOWN]
        assert publisher.publish(MESSAGES, 1) == UNKNOWN
        broker.start()
        _send_until_confirmed(publisher)
    assert set(take_all(broker, QUEUE)) == set(bodies(MESSAGES))


def test_what_was_confirmed_survives_kill_9_of_the_broker(broker: PrivateBroker) -> None:
    with publishing(broker) as publisher:
        assert publisher.publish(MESSAGES) == CONFIRMED
    broker.kill()
    broker.start()
    left: list[bytes] = []
    wait_for(lambda: len(left) >= 30 or bool(left.extend(take_all(broker, QUEUE))), 20)
    assert left == bodies(MESSAGES)


def test_a_consumer_and_a_publisher_come_back_by_themselves(broker: PrivateBroker) -> None:
    seen = Recorder()
    consumer = RabbitConsumer(broker.relay_address("lv-riga"), QUEUE)
    with publishing(broker) as publisher, consuming(consumer, seen):
        publisher.publish(MESSAGES[:1])
        wait_for(lambda: len(seen.seen) == 1)
        broker.stop()
        with pytest.raises(BrokerUnavailable):
            wait_for(lambda: consumer.check() is not None)
        assert publisher.publish(MESSAGES, 1) == UNKNOWN
        broker.start()
        _send_until_confirmed(publisher)
        wait_for(lambda: set(seen.bodies) == set(bodies(MESSAGES)), 40)
        consumer.check()


def test_case_69_a_line_that_went_dead_is_noticed_by_heartbeat(broker: PrivateBroker) -> None:
    seen = Recorder()
    consumer = RabbitConsumer(broker.relay_address("lv-riga", heartbeat=1), QUEUE, connect_timeout=3)

    def ready() -> bool:
        try:
            consumer.check()
        except BrokerUnavailable:
            return False
        return True

    with consuming(consumer, seen):
        wait_for(ready)
        broker.pause()
        wait_for(lambda: not ready(), 20)  # pika looks every heartbeat + 5 seconds
        broker.resume()
        with publishing(broker) as publisher:
            _send_until_confirmed(publisher)
        wait_for(lambda: set(seen.bodies) == set(bodies(MESSAGES)), 40)


def test_a_broker_without_memory_is_waited_for_but_not_for_ever(broker: PrivateBroker) -> None:
    """A publisher without a limit would hang here: the broker stops reading and says nothing more."""
    address = dataclasses.replace(broker.relay_address("lt-vilnius"), blocked_timeout=3)
    publisher = RabbitPublisher(address, "envelopes")
    try:
        publisher.check()
        broker.control("set_vm_memory_high_watermark", "absolute", "1MB")
        time.sleep(1.5)
        begin = time.monotonic()
        assert publisher.publish(MESSAGES, 20) == UNKNOWN
        assert time.monotonic() - begin < 15
        broker.control("set_vm_memory_high_watermark", "0.4")
        _send_until_confirmed(publisher)
    finally:
        publisher.close()


def test_a_publisher_of_a_broker_that_never_was(broker: PrivateBroker) -> None:
    publisher = RabbitPublisher(dataclasses.replace(broker.relay_address("lt-vilnius"), port=1), "envelopes")
    begin = time.monotonic()
    assert [publisher.publish(MESSAGES, 1) for _ in range(3)] == [UNKNOWN] * 3
    assert time.monotonic() - begin < 5
    with pytest.raises(BrokerUnavailable) as away:
        publisher.check()
    assert away.value.code is Trouble.UNREACHABLE
    publisher.close()
