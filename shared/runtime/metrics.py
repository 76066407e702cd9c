"""Counters and gauges with a registry of their own. Labels are constants of the program, never data."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry
from prometheus_client import Counter as PrometheusCounter
from prometheus_client import Gauge as PrometheusGauge
from prometheus_client import Histogram as PrometheusHistogram

from shared.runtime.logfields import withheld_total
from shared.runtime.vocabulary import safe_word

_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 600.0)


class Counter:
    """Counts up, by at most one label."""

    def __init__(
        self, registry: CollectorRegistry, name: str, help_text: str, label: str | None = None
    ) -> None:
        self._counter = PrometheusCounter(name, help_text, [label] if label else [], registry=registry)

    def add(self, label: str | None = None, amount: float = 1) -> None:
        """Count `amount` more. A label that is no constant of the program is counted as '[withheld]'."""
        counter = self._counter if label is None else self._counter.labels(safe_word(label))
        counter.inc(amount)


class Gauge:
    """Shows a number as it is now, by at most one label."""

    def __init__(
        self, registry: CollectorRegistry, name: str, help_text: str, label: str | None = None
    ) -> None:
        self._gauge = PrometheusGauge(name, help_text, [label] if label else [], registry=registry)

    def set(self, value: float, label: str | None = None) -> None:
        """Show `value` from now on."""
        (self._gauge if label is None else self._gauge.labels(safe_word(label))).set(value)

    def follow(self, read: Callable[[], float]) -> None:
        """Show what `read` returns whenever somebody looks (without a label)."""
        self._gauge.set_function(read)


class Seconds:
    """A distribution of durations in seconds, by one label."""

    def __init__(self, registry: CollectorRegistry, name: str, help_text: str, label: str) -> None:
        self._histogram = PrometheusHistogram(name, help_text, [label], registry=registry, buckets=_SECONDS)

    def observe(self, seconds: float, label: str) -> None:
        """Add one duration."""
        self._histogram.labels(safe_word(label)).observe(seconds)


class ServiceMetrics:
    """What every service counts. One object per process, made with the registry that /metrics shows."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = make = registry or CollectorRegistry()
        self.outbox_published = Counter(make, "myosotis_outbox_published_total", "Confirmed.", "lane")
        self.outbox_failed = Counter(make, "myosotis_outbox_failed_total", "Failed tries.", "outcome")
        self.outbox_waiting = Gauge(make, "myosotis_outbox_waiting", "Messages that wait.", "lane")
        self.outbox_parked = Gauge(make, "myosotis_outbox_parked", "Messages set aside.", "lane")
        self.outbox_age = Gauge(make, "myosotis_outbox_oldest_seconds", "Age of the oldest.", "lane")
        self.inbox_received = Counter(make, "myosotis_inbox_received_total", "New messages stored.", "type")
        self.inbox_replayed = Counter(make, "myosotis_inbox_replayed_total", "Known before.", "lane")
        self.inbox_done = Counter(make, "myosotis_inbox_done_total", "Messages with effect.", "type")
        self.inbox_failed = Counter(make, "myosotis_inbox_failed_total", "Tries that failed.", "type")
        self.inbox_parked = Counter(make, "myosotis_inbox_parked_total", "Messages that were parked.", "type")
        self.inbox_held = Gauge(make, "myosotis_inbox_held_back", "Beyond a partner's allowance: waits.")
        self.rejected = Counter(make, "myosotis_rejected_total", "Messages refused, by code.", "code")
        self.handled = Seconds(make, "myosotis_handler_seconds", "Duration of one effect.", "type")
        self.clock_jump = Gauge(make, "myosotis_clock_jump_seconds", "How far the clock is off; 0 is well.")
        Gauge(make, "myosotis_log_withheld", "Log values withheld since the start.").follow(
            lambda: float(withheld_total())
        )
