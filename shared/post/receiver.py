"""From the broker to the inbox: check, store, commit, acknowledge (PROTOCOL 5.2). No effect yet.

A batch is one transaction. Killed before the commit, everything is delivered again; killed after it, the
second delivery is a replay and is acknowledged without effect (cases 63 and 64).
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from shared.bus.port import Consumer, Delivery, Verdict
from shared.crypto.rest import RestCipher
from shared.post import payload, routes
from shared.post.handover import Handover
from shared.post.in_order import InOrder
from shared.post.pace import Arrived, Pace
from shared.runtime import log
from shared.runtime.clock import Clock
from shared.store import inbox, quarantine, sequence
from shared.store.engine import Database
from shared.store.inbox import InboxItem
from shared.wire.reject import Code

Counted = Callable[[str], None]


def _ignore(name: str) -> None:
    del name


@dataclass(slots=True)
class Receiver:
    """One lane's way in. `openers` says what this service can read; any other content type is refused."""

    lane: routes.Lane
    me: str
    database: Database
    consumer: Consumer
    openers: Mapping[str, payload.Opener]
    cipher: RestCipher | None
    clock: Clock
    received: Counted = field(default=_ignore)
    rejected: Counted = field(default=_ignore)
    handover: Handover | None = None
    """To the processor of this process."""
    on_reject: Callable[[Code, Delivery], None] = field(default=lambda code, delivery: None)
    pace: Pace = field(default=Pace(()))
    """How much of one sender is handled at once."""
    _order: InOrder = field(default_factory=InOrder, init=False)

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop`; the batch in hand is stored and acknowledged first."""
        self.consumer.run(self.take, stop)

    def take(self, deliveries: list[Delivery]) -> list[Verdict]:
        """Check and store a batch; one verdict for each delivery."""
        # Batches are opened side by side and stored in the order in which they came: a number that is in
        # hand here must not look as if it were missing.
        with self._order.begun() as my_turn:
            checked = self._check(deliveries)
            my_turn()
            return self._take(deliveries, checked)

    def _take(self, deliveries: list[Delivery], checked: Sequence[payload.Checked | Code]) -> list[Verdict]:
        now = self.clock.now()
        good = [outcome for outcome in checked if isinstance(outcome, payload.Checked)]
        refused = [
            (outcome, delivery)
            for outcome, delivery in zip(checked, deliveries, strict=True)
            if isinstance(outcome, Code)
        ]
        # One at a time, among all workers: what two batches touch (numbers, books of allowances, what was
        # refused before) they touch in different orders, and PostgreSQL would undo one of them.
        with self.database.one_at_a_time(f"receiver {self.lane}").begin() as session:
            fresh, claimed = self._store(session, good, now)
            # Only what is new: whoever repeats a partner's messages must not use up its allowance.
            new = [message for message, is_new in zip(good, fresh, strict=True) if is_new]
            held = self.pace.hold(session, [Arrived(one.sender, one.id, one.type) for one in new], now)
            if held:  # what has to wait is nobody's
                inbox.release(session, claimed, counted=False)
                claimed = []
            for sender, seqs in _numbers(good).items():
                sequence.note_all_received(session, f"{sender}>{self.me}", seqs)
            for code, delivery in refused:
                sender = routes.sender_of(delivery.routing_key) or ""
                quarantine.add(session, self.lane, code.value, delivery.body, now, sender)
        if self.handover is not None and any(fresh):
            self.handover.put(claimed)
            self.handover.wake()
        if held:
            log.get("receiver").warning("messages_held_back", lane=self.lane, count=held)
        self._report(good, fresh, refused)
        return [Verdict.ACK if isinstance(outcome, payload.Checked) else Verdict.DEAD for outcome in checked]

    def _check(self, deliveries: Sequence[Delivery]) -> list[payload.Checked | Code]:
        """The messages, or why each is refused. A content type that nobody here reads is refused too."""
        with self.database.read() as session:
            read = {kind: opener.for_batch(session) for kind, opener in self.openers.items()}
        outcomes: list[payload.Checked | Code] = [Code.SCHEMA] * len(deliveries)
        for kind, open_all in read.items():
            places = [place for place, delivery in enumerate(deliveries) if delivery.content_type == kind]
            for place, outcome in zip(
                places, open_all([deliveries[place].body for place in places]), strict=True
            ):
                outcomes[place] = outcome
        return outcomes

    def _store(
        self, session: Session, good: Sequence[payload.Checked], now: datetime
    ) -> tuple[list[bool], list[InboxItem]]:
        """Write the messages: which are new, and what of them is claimed for the handover."""
        rows = [self._row(message, now) for message in good]
        if self.handover is None or not self.handover.has_room([len(row.payload) for row in rows]):
            return inbox.put_many(session, rows, self.cipher), []
        items = inbox.put_and_claim(session, rows, self.cipher, self.handover.owner, now)
        return [item is not None for item in items], [item for item in items if item is not None]

    def _row(self, message: payload.Checked, now: datetime) -> inbox.Incoming:
        return inbox.Incoming(
            sender=message.sender,
            message_id=message.id,
            type=message.type,
            payload=message.stored,
            received=now,
            lane=self.lane,
            priority=payload.priority_of(message.type),
        )

    def _report(
        self,
        good: Sequence[payload.Checked],
        fresh: Sequence[bool],
        refused: Sequence[tuple[Code, Delivery]],
    ) -> None:
        for message, is_new in zip(good, fresh, strict=True):
            if is_new:
                self.received(message.type)
            else:
                self.rejected(Code.REPLAY.value)
        for code, delivery in refused:
            self.rejected(code.value)
            log.get("receiver").warning("message_refused", lane=self.lane, code=code, size=len(delivery.body))
            self.on_reject(code, delivery)


def _numbers(good: Sequence[payload.Checked]) -> dict[str, list[int]]:
    """The numbers that arrived, by sender, in the order of their arrival.

    Those of replays too: where many gaps were made one, a number that is known is asked for again.
    """
    numbers: dict[str, list[int]] = defaultdict(list)
    for message in good:
        if message.seq is not None:
            numbers[message.sender].append(message.seq)
    return numbers
