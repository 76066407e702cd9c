"""One suite over the bus in memory and over RabbitMQ: what the rest of Myosotis may rely on."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Protocol

import pytest

from shared.bus import topology
from shared.bus.memory import MemoryBus
from shared.bus.port import BadVerdicts, Consumer, Delivery, HandleBatch, Publisher, PublishOutcome, Verdict
from shared.bus.rabbitmq import RabbitConsumer
from tests.support.broker import (
    ORGANISATIONS,
    SMALL_BYTES,
    Recorder,
    bodies,
    consuming,
    envelope,
    publishing,
    take_all,
    wait_for,
)

RIGA = topology.inbox_queue("lv-riga", "matching")
SMALL = topology.inbox_queue("ee-small", "intake")


class Bus(Protocol):
    """What the suite needs of each of the two."""

    publisher: Publisher

    def consumer(self, queue_name: str, batch: int = 50) -> Consumer: ...
    def dead(self, queue_name: str) -> list[bytes]: ...
    def drain(self, queue_name: str) -> list[bytes]: ...


class _Memory:
    def __init__(self) -> None:
        self._bus = MemoryBus.relay(ORGANISATIONS)
        for role in topology.ROLES:
            self._bus.limit(topology.inbox_queue("ee-small", role), SMALL_BYTES)
        self.publisher = self._bus.publisher()

    def consumer(self, queue_name, batch=50):
        return self._bus.consumer(queue_name, batch)

    def dead(self, queue_name):
        return [delivery.body for delivery in self._bus.dead(queue_name)]

    def drain(self, queue_name):
        return [delivery.body for delivery in self._bus.take(queue_name, 1000)]


class _Rabbit:
    def __init__(self, node, publisher) -> None:
        self._node = node
        self.publisher = publisher

    def consumer(self, queue_name, batch=50):
        address = self._node.relay_address(queue_name.split(".")[1])
        return RabbitConsumer(address, queue_name, batch=batch, again_pause=0.05)

    def dead(self, queue_name):
        return take_all(self._node, f"dead.{queue_name.split('.')[1]}")

    def drain(self, queue_name):
        return take_all(self._node, queue_name)


@pytest.fixture(params=["memory", pytest.param("rabbitmq", marks=pytest.mark.broker)])
def bus(request: pytest.FixtureRequest) -> Iterator[Bus]:
    if request.param == "memory":
        yield _Memory()
        return
    node = request.getfixturevalue("broker")
    with publishing(node) as publisher:
        yield _Rabbit(node, publisher)


def test_messages_arrive_whole_and_in_order(bus: Bus) -> None:
    sent = [envelope(b"%d" % number) for number in range(120)]
    assert bus.publisher.publish(sent) == [PublishOutcome.CONFIRMED] * 120
    seen = Recorder()
    with consuming(bus.consumer(RIGA), seen):
        wait_for(lambda: len(seen.seen) == 120)
    assert seen.bodies == bodies(sent)
    assert max(seen.batches) <= 50
    assert seen.seen[0] == Delivery(sent[0].routing_key, b"0", sent[0].content_type)
    assert bus.drain(RIGA) == []


def test_nothing_to_publish_is_not_an_error(bus: Bus) -> None:
    assert bus.publisher.publish([]) == []


def test_each_message_goes_to_its_own_inbox_only(bus: Bus) -> None:
    bus.publisher.publish([envelope(b"m", role="matching"), envelope(b"i", role="intake")])
    assert bus.drain(RIGA) == [b"m"]
    assert bus.drain(topology.inbox_queue("lv-riga", "intake")) == [b"i"]


def test_case_65_a_message_without_a_queue_is_returned_and_its_neighbours_are_confirmed(bus: Bus) -> None:
    outcomes = bus.publisher.publish([envelope(b"1"), envelope(b"2", to="pl-nobody"), envelope(b"3")])
    assert outcomes == [PublishOutcome.CONFIRMED, PublishOutcome.RETURNED, PublishOutcome.CONFIRMED]
    assert bus.drain(RIGA) == [b"1", b"3"]


def test_case_68_a_full_inbox_refuses_and_keeps_what_it_has(bus: Bus) -> None:
    big = [envelope(b"%d" % number * 5000, to="ee-small", role="intake") for number in range(8)]
    outcomes = [bus.publisher.publish([message])[0] for message in big]
    taken = outcomes.count(PublishOutcome.CONFIRMED)
    assert set(outcomes) == {PublishOutcome.CONFIRMED, PublishOutcome.NACKED}
    assert outcomes == [PublishOutcome.CONFIRMED] * taken + [PublishOutcome.NACKED] * (8 - taken)
    assert bus.publisher.publish([envelope(b"others")]) == [PublishOutcome.CONFIRMED]
    assert bus.drain(SMALL) == bodies(big[:taken])
    wait_for(lambda: bus.publisher.publish(big[-1:]) == [PublishOutcome.CONFIRMED])


def test_case_66_a_dead_message_is_tried_once_and_later_ones_flow(bus: Bus) -> None:
    bus.publisher.publish([envelope(b"good"), envelope(b"poison"), envelope(b"later")])
    seen: list[bytes] = []

    def handle(batch: list[Delivery]) -> list[Verdict]:
        seen.extend(delivery.body for delivery in batch)
        return [Verdict.DEAD if delivery.body == b"poison" else Verdict.ACK for delivery in batch]

    with consuming(bus.consumer(RIGA), handle):
        wait_for(lambda: len(seen) == 3)
        bus.publisher.publish([envelope(b"afterwards")])
        wait_for(lambda: b"afterwards" in seen)
    dead: list[bytes] = []
    wait_for(lambda: bool(dead.extend(bus.dead(RIGA)) or dead))
    assert dead == [b"poison"]
    assert seen == [b"good", b"poison", b"later", b"afterwards"]
    assert bus.drain(RIGA) == []


def test_a_member_that_sends_garbage_shuts_nobodys_inbox(bus: Bus) -> None:
    """Refused envelopes of one member fill the dead letters; whoever is honest is confirmed all the same."""

    def handle(batch: list[Delivery]) -> list[Verdict]:
        return [Verdict.DEAD if delivery.body[:1] == b"x" else Verdict.ACK for delivery in batch]

    garbage = envelope(b"x" * 4000, to="ee-small", role="intake")
    honest = envelope(b"honest" * 500, to="ee-small", role="intake")
    with consuming(bus.consumer(SMALL), handle):
        for _ in range(5 * SMALL_BYTES // 4000):
            wait_for(lambda: bus.publisher.publish([garbage]) == [PublishOutcome.CONFIRMED])
        wait_for(lambda: bus.publisher.publish([honest]) == [PublishOutcome.CONFIRMED])
    # Some are kept, for whoever runs the broker to look at.
    wait_for(lambda: b"x" * 4000 in bus.dead(SMALL))


def test_case_67_what_cannot_be_handled_now_comes_again_and_is_never_poison(bus: Bus) -> None:
    bus.publisher.publish([envelope(b"1"), envelope(b"2"), envelope(b"3")])
    attempts: list[bytes] = []
    done: list[bytes] = []

    def handle(batch: list[Delivery]) -> list[Verdict]:
        verdicts = []
        for delivery in batch:
            attempts.append(delivery.body)
            again = delivery.body == b"2" and attempts.count(b"2") < 30
            verdicts.append(Verdict.AGAIN if again else Verdict.ACK)
            if not again:
                done.append(delivery.body)
        return verdicts

    with consuming(bus.consumer(RIGA), handle):
        wait_for(lambda: len(done) == 3, 30)
    assert sorted(done) == [b"1", b"2", b"3"]
    assert attempts.count(b"2") == 30
    assert attempts.count(b"1") == attempts.count(b"3") == 1
    assert bus.dead(RIGA) == bus.drain(RIGA) == []


@pytest.mark.parametrize("broken", ["raises", "too few verdicts"])
def test_a_broken_handler_is_heard_of_and_loses_nothing(bus: Bus, broken: str) -> None:
    bus.publisher.publish([envelope(b"1"), envelope(b"2")])

    def handle(batch: list[Delivery]) -> list[Verdict]:
        if broken == "raises":
            raise ZeroDivisionError
        return [Verdict.ACK] * (len(batch) - 1)

    expected = ZeroDivisionError if broken == "raises" else BadVerdicts
    with pytest.raises(expected):
        bus.consumer(RIGA).run(handle, threading.Event())
    left: list[bytes] = []
    wait_for(lambda: len(left) == 2 or bool(left.extend(bus.drain(RIGA))))
    assert left == [b"1", b"2"]


def test_stopping_finishes_the_batch_in_hand(bus: Bus) -> None:
    bus.publisher.publish([envelope(b"%d" % number) for number in range(10)])
    stop = threading.Event()
    handled: list[bytes] = []

    def handle(batch: list[Delivery]) -> list[Verdict]:
        stop.set()
        handled.extend(delivery.body for delivery in batch)
        return [Verdict.ACK] * len(batch)

    bus.consumer(RIGA, batch=4).run(handle, stop)
    left: list[bytes] = []
    wait_for(lambda: len(left) == 10 - len(handled) or bool(left.extend(bus.drain(RIGA))))
    assert handled == [b"%d" % number for number in range(len(handled))]
    assert handled + left == [b"%d" % number for number in range(10)]


def test_case_73_an_empty_message_arrives_and_an_oversize_one_is_refused(bus: Bus) -> None:
    largest = b"x" * topology.MAX_MESSAGE_BYTES
    outcomes = bus.publisher.publish([envelope(b""), envelope(largest + b"x"), envelope(largest)], 60)
    assert outcomes == [PublishOutcome.CONFIRMED, PublishOutcome.REFUSED, PublishOutcome.CONFIRMED]
    # A message that the broker refuses takes its channel along, so its neighbours may arrive twice.
    assert set(bus.drain(RIGA)) == {b"", largest}


def test_both_sides_are_ready_when_connected(bus: Bus) -> None:
    bus.publisher.check()
    consumer = bus.consumer(RIGA)

    def ready() -> bool:
        with contextlib.suppress(Exception):
            consumer.check()
            return True
        return False

    handler: HandleBatch = Recorder()
    with consuming(consumer, handler):
        wait_for(ready)
