"""A consumer that is ended, kindly or not, loses nothing; one that is slow stays connected."""

import dataclasses
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shared.bus.port import Delivery, Verdict
from shared.bus.private_node import PrivateBroker
from shared.bus.rabbitmq import RabbitConsumer
from tests.support.broker import (
    Recorder,
    bodies,
    consuming,
    envelope,
    publishing,
    raw_channel,
    take_all,
    wait_for,
)

pytestmark = pytest.mark.broker
QUEUE = "inbox.lv-riga.matching"
ROOT = Path(__file__).parents[3]
MESSAGES = [envelope(b"%d" % number) for number in range(12)]


def _start(broker: PrivateBroker, folder: Path, seconds: float) -> tuple[subprocess.Popen[bytes], Path]:
    address = dataclasses.asdict(broker.relay_address("lv-riga"))
    (folder / "address.json").write_text(json.dumps(address, default=str))
    output = folder / "seen"
    output.touch()
    command = [
        *(sys.executable, "-m", "tests.faults.broker.consumer_process"),
        *(str(folder / "address.json"), QUEUE, str(output), str(seconds)),
    ]
    return subprocess.Popen(command, cwd=ROOT), output


def _handled(output: Path) -> list[bytes]:
    return output.read_bytes().split()


def test_case_63_64_kill_9_between_the_work_and_the_ack_brings_it_again(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    with publishing(broker) as publisher:
        publisher.publish(MESSAGES)
    process, output = _start(broker, tmp_path, seconds=60)
    wait_for(lambda: len(_handled(output)) >= 5, 20)
    process.kill()
    process.wait()
    assert b"done" not in _handled(output)
    seen = Recorder()
    with consuming(RabbitConsumer(broker.relay_address("lv-riga"), QUEUE), seen):
        wait_for(lambda: len(seen.seen) >= 12, 20)
    assert sorted(seen.bodies) == sorted(bodies(MESSAGES))
    assert take_all(broker, QUEUE) == []


def test_sigterm_finishes_the_batch_settles_it_and_exits_with_0(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    with publishing(broker) as publisher:
        publisher.publish(MESSAGES)
    process, output = _start(broker, tmp_path, seconds=1.5)
    wait_for(lambda: len(_handled(output)) == 5, 20)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert _handled(output) == [*bodies(MESSAGES[:5]), b"done"]
    left: list[bytes] = []
    wait_for(lambda: len(left) == 7 or bool(left.extend(take_all(broker, QUEUE))))
    assert left == bodies(MESSAGES[5:])


def test_heartbeats_are_answered_while_a_handler_sleeps_longer_than_they_allow(broker: PrivateBroker) -> None:
    """The broker closes a connection after two silent heartbeat intervals; the handler takes five."""
    times: list[float] = []

    def handle(batch: list[Delivery]) -> list[Verdict]:
        times.append(time.monotonic())
        if len(times) == 1:
            time.sleep(5)
        return [Verdict.ACK] * len(batch)

    with publishing(broker) as publisher:
        publisher.publish(MESSAGES[:1])
        with consuming(RabbitConsumer(broker.relay_address("lv-riga", heartbeat=1), QUEUE), handle):
            wait_for(lambda: len(times) == 1)
            time.sleep(5.5)
            publisher.publish(MESSAGES[1:2])
            wait_for(lambda: len(times) == 2)
    assert len(times) == 2
    with raw_channel(broker.relay_address("lv-riga")) as channel:
        assert channel.basic_get(QUEUE)[0] is None


class _Hands:
    """A handler that holds every batch until it is told to let it go, whichever thread brought it."""

    def __init__(self) -> None:
        self.begun: list[list[bytes]] = []
        self.gates = [threading.Event() for _ in range(3)]

    def __call__(self, batch: list[Delivery]) -> list[Verdict]:
        number = len(self.begun)
        self.begun.append([delivery.body for delivery in batch])
        assert threading.current_thread().daemon, "one that hangs must not keep the process alive"
        assert self.gates[number].wait(20)
        return [Verdict.ACK] * len(batch)


def test_two_batches_in_hand_are_settled_in_the_order_in_which_they_came(broker: PrivateBroker) -> None:
    """The second is done first; were it settled first, its "up to here" would settle the first, too."""
    with publishing(broker) as publisher:
        publisher.publish(MESSAGES)
    hands = _Hands()
    consumer = RabbitConsumer(broker.relay_address("lv-riga"), QUEUE, prefetch=12, batch=4, in_hand=2)
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(hands, stop))
    thread.start()
    wait_for(lambda: len(hands.begun) == 2)
    hands.gates[1].set()
    time.sleep(0.5)
    assert len(hands.begun) == 2, "a third batch is begun before the first was settled"
    hands.gates[0].set()
    wait_for(lambda: len(hands.begun) == 3)
    stop.set()
    hands.gates[2].set()
    thread.join(20)
    assert sorted(body for batch in hands.begun for body in batch) == sorted(bodies(MESSAGES))
    assert take_all(broker, QUEUE) == []


def test_a_batch_in_hand_that_fails_settles_nothing_of_what_came_after(broker: PrivateBroker) -> None:
    with publishing(broker) as publisher:
        publisher.publish(MESSAGES[:8])
    begun: list[list[bytes]] = []

    def handle(batch: list[Delivery]) -> list[Verdict]:
        begun.append([delivery.body for delivery in batch])
        if bodies(MESSAGES[:1])[0] in begun[-1]:
            time.sleep(0.5)
            raise RuntimeError("the database is away")
        return [Verdict.ACK] * len(batch)

    consumer = RabbitConsumer(broker.relay_address("lv-riga"), QUEUE, prefetch=12, batch=4, in_hand=2)
    with pytest.raises(RuntimeError):
        consumer.run(handle, threading.Event())
    assert len(begun) == 2
    left: list[bytes] = []
    wait_for(lambda: len(left) == 8 or bool(left.extend(take_all(broker, QUEUE))))
    assert sorted(left) == sorted(bodies(MESSAGES[:8]))


def test_large_messages_make_small_batches(broker: PrivateBroker) -> None:
    """What is in hand is decrypted and read at once: its memory must not be the sender's choice."""
    with publishing(broker) as publisher:
        publisher.publish([envelope(b"x" * 1000) for _ in range(10)])
    seen = Recorder()
    consumer = RabbitConsumer(broker.relay_address("lv-riga"), QUEUE, batch=10, batch_bytes=2500)
    with consuming(consumer, seen):
        wait_for(lambda: len(seen.seen) == 10)
    assert max(seen.batches) == 3
