"""The node of our own: alone in its folder, and gone when it is stopped."""

import dataclasses
import os
import socket
import threading
from pathlib import Path

import pytest

from shared.bus import private_node
from shared.bus.port import BrokerAddress
from shared.bus.private_node import BrokerDidNotStart, BrokerNotInstalled, BrokerPorts, PrivateBroker
from shared.bus.probe import answers_amqp

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def _processes_of(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"HOME={folder}".encode() in environment.split(b"\0"):
                found.append(int(entry.name))
    return found


def test_two_nodes_live_side_by_side_and_leave_nothing_running(broker: PrivateBroker, tmp_path: Path) -> None:
    other = PrivateBroker(tmp_path, BrokerPorts.free(), ["pl-gdansk"])
    other.start()
    try:
        assert answers_amqp(other.relay_address("pl-gdansk"))
        assert answers_amqp(broker.relay_address("lt-vilnius"))
        # One broker's certificate is nothing to another.
        assert not answers_amqp(_with_port(other, broker.ports.tls))
        assert _processes_of(tmp_path / "home")
        taken_over = PrivateBroker(tmp_path, other.ports, ["pl-gdansk"])
        taken_over.start()
        assert not other.running
        taken_over.stop()
        taken_over.stop()
    finally:
        other.stop()
    assert _processes_of(tmp_path / "home") == []
    assert not answers_amqp(other.relay_address("pl-gdansk"))
    assert answers_amqp(broker.relay_address("lt-vilnius"))


def test_a_port_of_somebody_else_is_left_alone(
    broker: PrivateBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_node, "PORTS_SECONDS", 0.2)
    ports = BrokerPorts.free()
    taken = BrokerPorts(broker.ports.tls, ports.distribution, ports.port_mapper)
    with pytest.raises(BrokerDidNotStart, match=f"Port {broker.ports.tls} is used"):
        PrivateBroker(tmp_path, taken, ["pl-gdansk"]).start()
    assert answers_amqp(broker.relay_address("lt-vilnius"))


def test_a_port_that_is_given_up_in_time_is_taken(tmp_path: Path) -> None:
    """A node that was ended a moment ago: what it started ends a little after it."""
    ports = BrokerPorts.free()
    holder = socket.create_server(("127.0.0.1", ports.distribution))
    threading.Timer(0.5, holder.close).start()
    node = PrivateBroker(tmp_path, ports, ["pl-gdansk"])
    try:
        node.start()
        assert node.running
    finally:
        node.stop()


def test_a_node_that_cannot_start_says_where_the_reason_is(tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "server.pem").write_text("not a certificate")
    node = PrivateBroker(tmp_path, BrokerPorts.free(), ["pl-gdansk"])
    with pytest.raises(BrokerDidNotStart, match=r"the reason is in .*log"):
        node.start(8)
    assert not node.running
    assert _processes_of(tmp_path / "home") == []


def test_without_rabbitmq_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_node, "_LOCATIONS", (str(tmp_path),))
    with pytest.raises(BrokerNotInstalled, match=r"apt-get install .*rabbitmq-server"):
        PrivateBroker(tmp_path / "node", BrokerPorts.free(), ["pl-gdansk"]).start()


def _with_port(node: PrivateBroker, port: int) -> BrokerAddress:
    return dataclasses.replace(node.relay_address("pl-gdansk"), port=port)
