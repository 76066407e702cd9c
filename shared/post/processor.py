"""From the inbox to the effect: claim, handle, mark. Effect, mark and answers are one transaction.

A batch is handled at once. Should any message of it fail, the batch is undone and every message gets a
savepoint of its own, so that one that fails takes nothing else down with it.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.crypto.rest import RestCipher
from shared.post.handover import Handover
from shared.post.incoming import BatchHandler, Handler, Incoming, Refuse, Wait
from shared.post.payload import Decoder
from shared.runtime import log
from shared.runtime.clock import Clock
from shared.store import audit, inbox
from shared.store.engine import Database
from shared.store.inbox import InboxItem, LostClaim

BATCH = 300
"""Messages of one transaction at most."""


@dataclass(frozen=True, slots=True)
class Done:
    """The effect happened."""


@dataclass(frozen=True, slots=True)
class Early:
    """The message waits until `key` is woken."""

    key: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The effect was undone; `final` means that no repetition will help."""

    reason: str
    final: bool


Outcome = Done | Early | Failed


@dataclass(slots=True)
class Processor:
    """Runs a service's handlers over its inbox. Several workers may: a claim belongs to one of them."""

    database: Database
    handlers: Mapping[str, Handler]
    decode: Decoder
    cipher: RestCipher | None
    clock: Clock
    owner: str
    poll_seconds: float = 0.5
    batches: Mapping[str, BatchHandler] = field(default_factory=dict)
    """For types of which many come together."""
    handover: Handover | None = None
    """From the receivers of this process."""
    _next_look: float = field(default=0.0, init=False)

    def run(self, stop: threading.Event) -> None:
        """Handle what is due until `stop`; the batch in hand is finished first."""
        try:
            while not stop.is_set():
                if self.process_due() > 0:
                    continue
                if self.handover is None:
                    stop.wait(self.poll_seconds)
                else:
                    self.handover.wait(self.poll_seconds)
        finally:
            self._give_back()

    def process_due(self) -> int:
        """Handle what was handed over, else one batch of what is due; returns how many messages were tried.

        However much is handed over, what is due besides has its turn at every `poll_seconds`.
        """
        handed = self.handover.take(BATCH, self.clock.now()) if self.handover is not None else []
        tried = self._batch(handed)
        now = self.clock.monotonic()
        if not handed or now >= self._next_look:
            self._next_look = now + self.poll_seconds
            due = inbox.claim(self.database, BATCH, self.clock.now(), self.owner, self.cipher)
            tried += self._batch(due)
        return tried

    def _give_back(self) -> None:
        """What was handed over and not begun is anybody's."""
        if self.handover is None:
            return
        with self.database.begin() as session:
            inbox.release(session, self.handover.take_all(self.clock.now()), counted=False)

    def _batch(self, items: list[InboxItem]) -> int:
        """Handle these; returns how many, 0 if all of it was undone."""
        if not items:
            return 0
        try:
            outcomes = self._handle(items)
        except (LostClaim, DBAPIError) as error:
            # The whole transaction is undone: nothing happened. The claims are given back: nothing is lost.
            # Only a line to the database that broke does not count, or a batch too long would loop for ever.
            line_broke = isinstance(error, DBAPIError) and error.connection_invalidated
            log.get("processor").exception("batch_undone", count=len(items))
            with self.database.begin() as session:
                inbox.release(session, items, counted=not line_broke)
            return 0
        self._write_failures(items, outcomes)
        return len(items)

    def _handle(self, items: list[InboxItem]) -> list[Outcome]:
        """Every effect of the batch, and the marks of those that happened, in one transaction."""
        with self.database.one_at_a_time(audit.LOCK).begin() as session:
            if self._all(session, items):
                outcomes: list[Outcome] = [Done()] * len(items)
            else:
                outcomes = self._one_by_one(session, items)
            finished = [
                item for item, outcome in zip(items, outcomes, strict=True) if isinstance(outcome, Done)
            ]
            inbox.done_many(session, finished, self.clock.now())
        return outcomes

    def _all(self, session: Session, items: list[InboxItem]) -> bool:
        """Handle the whole batch; False, and nothing happened, if any message of it asks for more care."""
        if any(item.type not in self.handlers for item in items):
            return False
        try:
            with session.begin_nested():
                for message_type, alike in groupby(items, key=lambda item: item.type):
                    self._alike(session, message_type, [self._incoming(item) for item in alike])
        except DBAPIError as error:
            if error.connection_invalidated:
                raise  # the line to the database broke: no fault of a message (case 67)
            return False
        except Exception:  # which message it was, and why, is found and told one by one
            return False
        return True

    def _alike(self, session: Session, message_type: str, messages: list[Incoming]) -> None:
        """Handle messages of one type that follow one another."""
        if message_type in self.batches:
            self.batches[message_type](session, messages)
            return
        for message in messages:
            self.handlers[message_type](session, message)

    def _one_by_one(self, session: Session, items: list[InboxItem]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for item in items:
            outcome = self._one(session, item)
            if isinstance(outcome, Early):
                # At once: what it waits for may be the next message of this very batch, and wake it.
                inbox.wait(session, item, outcome.key, self.clock.now())
            outcomes.append(outcome)
        return outcomes

    def _one(self, session: Session, item: InboxItem) -> Outcome:
        handler = self.handlers.get(item.type)
        if handler is None:
            return Failed("no_handler", final=True)
        try:
            with session.begin_nested():
                handler(session, self._incoming(item))
                session.flush()
        except Wait as early:
            return Early(early.key)
        except Refuse as refusal:
            log.get("processor").warning("message_not_allowed", id=item.message_id)
            return Failed(refusal.code, final=True)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise  # the line to the database broke: no fault of this message (case 67)
            return self._unexpected(item)
        except LostClaim:
            raise
        except Exception:
            return self._unexpected(item)
        return Done()

    def _incoming(self, item: InboxItem) -> Incoming:
        return self.decode(item.payload, item.received)

    def _unexpected(self, item: InboxItem) -> Failed:
        """A fault of ours or of something we need: tried again with growing pauses, then parked and shown."""
        log.get("processor").exception("handler_failed", message=item.message_id, attempts=item.attempts + 1)
        return Failed("handler_failed", final=False)

    def _write_failures(self, items: list[InboxItem], outcomes: list[Outcome]) -> None:
        failures = [
            (item, outcome)
            for item, outcome in zip(items, outcomes, strict=True)
            if isinstance(outcome, Failed)
        ]
        if not failures:
            return
        now = self.clock.now()
        with self.database.begin() as session:
            for item, failure in failures:
                if failure.final:
                    inbox.park(session, item, failure.reason)
                else:
                    inbox.failed(session, item, now, failure.reason)
