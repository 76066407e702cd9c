"""Health pages: alive, ready, metrics, and nothing else."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from shared.runtime.health import HealthServer
from shared.runtime.metrics import ServiceMetrics


class Part:
    """Something that a check looks at."""

    broken = False

    def check(self) -> None:
        if self.broken:
            raise RuntimeError("password hunter2 of Žydrūnė")


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
def metrics() -> ServiceMetrics:
    return ServiceMetrics()


@pytest.fixture
def server(part: Part, metrics: ServiceMetrics) -> Iterator[HealthServer]:
    checks = {"database": part.check, "broker": lambda: None}
    with HealthServer("127.0.0.1", 0, checks, metrics.registry) as running:
        yield running


def get(server: HealthServer, path: str, method: str = "GET") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own server
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_alive_while_not_ready_and_ready_again(server: HealthServer, part: Part) -> None:
    """Case 79."""
    assert get(server, "/readyz") == (200, '{"ready": true, "failing": []}')
    part.broken = True
    status, body = get(server, "/readyz")
    assert (status, json.loads(body)) == (503, {"ready": False, "failing": ["database"]})
    assert "hunter2" not in body
    assert get(server, "/healthz")[0] == 200
    part.broken = False
    assert get(server, "/readyz")[0] == 200


def test_metrics_count_by_constants_only(server: HealthServer, metrics: ServiceMetrics) -> None:
    """Case 88: a label is never somebody's data."""
    metrics.outbox_published.add("relay", 3)
    metrics.inbox_received.add("alert.published")
    metrics.inbox_received.add("Žydrūnė")
    metrics.rejected.add("kanarele")
    metrics.outbox_waiting.set(7, "relay")
    metrics.handled.observe(0.2, "alert.published")
    status, text = get(server, "/metrics")
    assert status == 200
    assert 'myosotis_outbox_published_total{lane="relay"} 3.0' in text
    assert 'myosotis_inbox_received_total{type="alert.published"} 1.0' in text
    assert 'myosotis_inbox_received_total{type="[withheld]"} 1.0' in text
    assert 'myosotis_outbox_waiting{lane="relay"} 7.0' in text
    assert "myosotis_log_withheld" in text
    assert "ydr" not in text
    assert "kanarele" not in text


def test_two_sets_of_metrics_do_not_share(metrics: ServiceMetrics) -> None:
    other = ServiceMetrics()
    other.outbox_published.add("relay")
    assert metrics.registry.get_sample_value("myosotis_outbox_published_total", {"lane": "relay"}) is None


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/", "GET", 404), ("/readyz", "POST", 405), ("/healthz", "HEAD", 200)]
)
def test_nothing_else_is_answered(server: HealthServer, path: str, method: str, status: int) -> None:
    assert get(server, path, method)[0] == status


@pytest.mark.slow
def test_a_silent_caller_does_not_block_the_others(server: HealthServer) -> None:
    """Case 58, in small."""
    sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    try:
        assert get(server, "/healthz")[0] == 200
    finally:
        for one in sockets:
            one.close()


def test_a_taken_port_is_an_error_at_once(server: HealthServer, metrics: ServiceMetrics) -> None:
    with pytest.raises(OSError, match="in use"):
        HealthServer("127.0.0.1", server.port, {}, metrics.registry)
