"""Free ports: nobody's now, and nobody's by chance a moment later."""

import socket
from pathlib import Path

import pytest

from shared.runtime import ports


def test_ports_are_different_and_free() -> None:
    found = ports.free_ports(20)
    assert len(set(found)) == 20
    assert all(ports.is_free(port) for port in found)


def test_a_port_that_somebody_listens_on_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        monkeypatch.setattr(ports, "LOWEST", port)
        monkeypatch.setattr(ports, "HIGHEST", port + 1)
        with pytest.raises(OSError, match="fewer than 1 ports are free"):
            ports.free_ports(1)


def test_no_port_is_one_that_the_system_gives_to_outgoing_connections() -> None:
    lowest_given = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert lowest_given >= ports.HIGHEST
