"""From the outbox to the broker: claim, publish with confirms, mark. Sent is what the broker confirmed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.bus.port import Outgoing, Publisher, PublishOutcome
from shared.post.quarantine_mode import is_quarantined
from shared.post.routes import Lane
from shared.runtime import log
from shared.runtime.clock import Clock
from shared.store import outbox
from shared.store.engine import Database
from shared.store.outbox import OutboxItem

BATCH = 200
PARK_AFTER = 12
"""Tries for what is the message's own fault (no such queue, forbidden). A broker that is away costs none."""

_OWN_FAULT = {PublishOutcome.RETURNED: "no_such_inbox", PublishOutcome.REFUSED: "broker_refused"}
_NOT_NOW = {PublishOutcome.NACKED: "inbox_full", PublishOutcome.UNKNOWN: "broker_away"}


@dataclass(slots=True)
class OutboxRelay:
    """One lane's way out. Several workers may run it: a claim belongs to one of them."""

    lane: Lane
    database: Database
    publisher: Publisher
    clock: Clock
    owner: str
    poll_seconds: float = 0.5
    published: Callable[[int], None] = field(default=lambda count: None)
    """Told how many were confirmed, for the metrics."""

    def run(self, stop: threading.Event) -> None:
        """Publish what is due until `stop`; looks again after `poll_seconds` when nothing is left.

        A batch that was not full left nothing. What follows it meanwhile goes together: while a partner's
        flood comes in, a few messages after each of its batches would cost two transactions each time.
        """
        while not stop.is_set():
            if self.publish_due() < BATCH:
                stop.wait(self.poll_seconds)
        self.publisher.close()

    def publish_due(self) -> int:
        """Publish one batch; returns how many were tried. Nothing goes out in quarantine (case 84)."""
        with self.database.read() as session:
            if is_quarantined(session):
                return 0
        items = outbox.claim(self.database, BATCH, self.clock.now(), self.owner, lane=self.lane)
        if not items:
            return 0
        messages = [
            Outgoing(routing_key=item.routing_key, body=item.body, content_type=item.content_type)
            for item in items
        ]
        self._settle(items, self.publisher.publish(messages))
        return len(items)

    def _settle(self, items: list[OutboxItem], outcomes: list[PublishOutcome]) -> None:
        """Write down what became of the batch, in one transaction."""
        now = self.clock.now()
        by_outcome: dict[PublishOutcome, list[OutboxItem]] = {}
        for item, outcome in zip(items, outcomes, strict=True):
            by_outcome.setdefault(outcome, []).append(item)
        confirmed = by_outcome.pop(PublishOutcome.CONFIRMED, [])
        with self.database.begin() as session:
            if confirmed:
                outbox.sent(session, confirmed, now)
            for outcome, unsent in by_outcome.items():
                if outcome in _OWN_FAULT:
                    outbox.failed(session, unsent, now, _OWN_FAULT[outcome], park_after=PARK_AFTER)
                else:
                    outbox.failed(session, unsent, now, _NOT_NOW[outcome])
        self.published(len(confirmed))
        for outcome, unsent in by_outcome.items():
            log.get("outbox").warning("not_published", lane=self.lane, outcome=outcome, count=len(unsent))
