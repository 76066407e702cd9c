"""The demo's RabbitMQ, killed by somebody else, comes back with what lay in its queues."""

import os
import signal
from pathlib import Path

import pytest

from demo.broker_watch import BrokerWatch
from shared.bus.private_node import BrokerPorts, PrivateBroker
from shared.bus.rabbitmq import RabbitConsumer
from tests.faults.broker.test_private_node import _processes_of
from tests.support.broker import ORGANISATIONS, Recorder, consuming, envelope, publishing, wait_for

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(180)]


def test_a_killed_node_is_started_again_and_a_stopped_one_is_not(tmp_path: Path) -> None:
    node = PrivateBroker(tmp_path, BrokerPorts.free(), ORGANISATIONS)
    said: list[str] = []
    watch = BrokerWatch(node, said.append)
    node.start()
    try:
        watch.begin()
        with publishing(node) as publisher:
            publisher.publish([envelope(b"kept")])
        for pid in _processes_of(tmp_path / "home"):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it ended with the one before
        wait_for(lambda: said[-1:] == ["RabbitMQ is back"], 90)
        seen = Recorder()
        with consuming(RabbitConsumer(node.relay_address("lv-riga"), "inbox.lv-riga.matching"), seen):
            wait_for(lambda: seen.bodies == [b"kept"], 20)
        watch.end()
    finally:
        watch.end()
        node.stop()
    assert said == ["RabbitMQ ended; it is started again", "RabbitMQ is back"]
    assert _processes_of(tmp_path / "home") == []
