"""A matching service in Lyon, its partner in Vilnius, and people made of random pseudonyms."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from services.matching.handlers import Handlers
from services.matching.store import tables
from shared.crypto.rest import RestCipher, new_key
from shared.crypto.tags import DETAILS_BYTES, masked_details, new_salt, padded_tags
from shared.post.incoming import Incoming, Wait
from shared.runtime import ids
from shared.runtime.clock import ManualClock, to_wire
from shared.store.audit import Audit
from shared.store.engine import Database
from shared.wire import local, messages
from shared.wire.messages import Body
from shared.wire.parties import Party, Role
from shared.wire.values import encode_base64
from tests.support.clock import manual_clock
from tests.support.post import RecordingPost

ME = Party("fr-lyon", Role.MATCHING)
VILNIUS, RIGA = "lt-vilnius", "lv-riga"
SLOT = 60


def reference(prefix: str, name: str) -> str:
    """The same opaque id for the same words, so that two runs can be compared."""
    digits = hashlib.sha256(f"{prefix}{name}".encode()).digest()
    letters = "".join("abcdefghijklmnopqrstuvwxyz234567"[byte % 32] for byte in digits[:25])
    return f"{prefix}_{letters}a"


def pseudonym(words: str, partner: str = VILNIUS, epoch: int = 1) -> bytes:
    """What the partner's secret key makes of a match key."""
    return hashlib.sha256(f"secret of {partner} in {epoch}|{words}".encode()).digest()[:16]


def pseudonyms_of(person: str, groups: str, partner: str = VILNIUS, epoch: int = 1) -> list[bytes]:
    """One pseudonym for each group of a person's keys."""
    return [pseudonym(f"{group}|{person}", partner, epoch) for group in groups]


@dataclass
class World:
    """One matching service over a real database, with a post that only records."""

    database: Database
    clock: ManualClock = field(default_factory=manual_clock)
    post: RecordingPost = field(default_factory=RecordingPost)
    key: bytes = field(default_factory=new_key)
    intake: Callable[[local.CandidateFound], local.Agreement | None] | None = field(
        default_factory=lambda: agrees
    )
    """What the own intake answers, at once; None: the test calls `answer`."""
    heard: int = 0
    handlers: Handlers = field(init=False)

    def __post_init__(self) -> None:
        self.handlers = self.another_worker()

    def another_worker(self) -> Handlers:
        """A second process over the same database, with columns of its own."""
        return Handlers(
            database=self.database,
            post=self.post,
            clock=self.clock,
            cipher=RestCipher(self.key),
            audit=Audit(str(ME), self.clock),
            me=ME,
            receipt_slot_seconds=SLOT,
            sign_head=lambda message: hashlib.sha512(message).digest(),
        )

    def handle(
        self,
        body: Body,
        sender: str = VILNIUS,
        *,
        by: Handlers | None = None,
        received: datetime | None = None,
    ) -> None:
        """Handle one message in a transaction of its own; it came at `received`, or just now."""
        incoming = replace(self.incoming(body, sender), received=received)
        with self.database.begin() as session:
            (by or self.handlers).handlers[body.TYPE](session, incoming)
        if self.intake is not None:
            self.answer(by=by)

    def questions(self) -> list[local.CandidateFound]:
        """What was asked of intake and not answered by `answer`."""
        asked = self.post.bodies(local.CandidateFound)
        return [body for body in asked[self.heard :] if isinstance(body, local.CandidateFound)]

    def answer(self, *, by: Handlers | None = None) -> int:
        """Let intake answer what it was asked since the last call, each in a transaction; how many."""
        asked = self.questions()
        self.heard += len(asked)
        for question in asked:
            agreement = (self.intake or agrees)(question)
            if agreement is not None:
                incoming = self.incoming(answer_to(question, agreement))
                with self.database.begin() as session:
                    (by or self.handlers).handlers["candidate.compared"](session, incoming)
        return len(asked)

    def handle_together(self, bodies: list[Body], sender: str = VILNIUS) -> None:
        """Handle many in one transaction."""
        with self.database.begin() as session:
            for body in bodies:
                self.handlers.handlers[body.TYPE](session, self.incoming(body, sender))
        if self.intake is not None:
            self.answer()

    def incoming(self, body: Body, sender: str = VILNIUS) -> Incoming:
        """A message as the post hands it over; local bodies come from the own intake."""
        organisation = ME.organisation if body.TYPE in local.SEALED_BODIES else sender
        message = ids.new_id("msg")
        return Incoming(body.TYPE, f"{organisation}/intake", message, self.clock.now(), 1, body)

    def compare_more(self, *, by: Handlers | None = None) -> int:
        """One piece of what was left, and what intake says to it; 0 when nothing is left."""
        done = (by or self.handlers).compare_more()
        return done + (self.answer(by=by) if self.intake is not None else 0)

    def compare_all(self, *, by: Handlers | None = None) -> None:
        """All that was left."""
        while self.compare_more(by=by):
            pass

    def deliver(self, bodies: list[Body]) -> None:
        """Handle many, keeping what waits until it is woken, as the processor does."""
        waiting: list[tuple[str, Body]] = []
        with self.database.begin() as session:
            for body in bodies:
                queue = [body]
                while queue:
                    one, woken = queue.pop(0), len(self.post.woken)
                    try:
                        with session.begin_nested():
                            self.handlers.handlers[one.TYPE](session, self.incoming(one))
                    except Wait as early:
                        waiting.append((early.key, one))
                    keys = set(self.post.woken[woken:])
                    queue += [other for key, other in waiting if key in keys]
                    waiting = [(key, other) for key, other in waiting if key not in keys]
        self.compare_all()

    def tick(self, slots: int = 2) -> int:
        """Let slots go by, by default those after which a message is told of, then send receipts."""
        self.clock.advance(timedelta(seconds=SLOT * slots))
        return self.handlers.send_receipts()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table."""
        with self.database.read() as session:
            chosen = select(tables.metadata.tables[table])
            return [dict(row._mapping) for row in session.execute(chosen)]

    def alert(
        self,
        name: str = "ona",
        version: int = 1,
        *,
        kind: type[messages.AlertContent] = messages.AlertPublished,
        groups: str = "NDMP",
        person: str | None = None,
        partner: str = VILNIUS,
        epochs: tuple[int, ...] = (1,),
        **changes: Any,
    ) -> messages.AlertContent:
        """An alert for a missing person; `groups` are the match keys that it carries."""
        values: dict[str, Any] = {
            "alert": reference("alert", name),
            "version": version,
            "status": "Actual",
            "urgency": "Immediate",
            "tlp": "amber+strict",
            "permitted_use": "match_only",
            "kind": "missing",
            "category": "adult",
            "keys_version": 2,
            "description": {"sex": "female", "birth_decade": 1990},
            "tag_sets": [tag_set(pseudonyms_of(person or name, groups, partner, e), e) for e in epochs],
            "expires": to_wire(self.clock.now() + timedelta(days=30)),
        }
        return kind.model_validate_json(_json({**values, **changes}))

    def case(
        self,
        name: str = "ona",
        version: int = 1,
        *,
        groups: str = "NDMP",
        person: str | None = None,
        partner: str = VILNIUS,
        epoch: int = 1,
        **changes: Any,
    ) -> local.CasePseudonyms:
        """A found person of Lyon, as evaluated by the partner."""
        found = pseudonyms_of(person or name, groups, partner, epoch)
        values: dict[str, Any] = {
            "case": reference("case", name),
            "version": version,
            "kind": "found",
            "partner": partner,
            "epoch": epoch,
            "entries": [
                {"group": group, "value": encode_base64(value)}
                for group, value in zip(groups, found, strict=True)
            ],
            "description": {"sex": "female", "birth_decade": 1990},
        }
        return local.CasePseudonyms.model_validate_json(_json({**values, **changes}))


TOLD = b"told it so"[:DETAILS_BYTES]
"""What the tags of an alert unlock unless a test says otherwise."""


def tag_set(pseudonyms: list[bytes], epoch: int = 1, details: bytes = TOLD) -> dict[str, Any]:
    """The tags of an alert under a fresh salt, and what they unlock."""
    salt = new_salt()
    column = b"".join(pseudonyms)
    tags = padded_tags(salt, column, messages.TAGS_PER_ALERT)
    return {
        "epoch": epoch,
        "salt": encode_base64(salt),
        "tags": encode_base64(b"".join(tags)),
        "details": encode_base64(masked_details(salt, column, details, tags)),
    }


def _json(values: dict[str, Any]) -> bytes:
    import json

    return json.dumps(values).encode()


SAME: dict[str, Any] = {
    "given": "same", "family": "same", "swapped": False, "birth": "same", "place": "unknown",
    "given_one_in": 500, "family_one_in": 5000,
}  # fmt: skip
"""One person: names and date of birth agree."""


def agreement(**changes: Any) -> local.Agreement:
    """One person, but for these changes."""
    return local.Agreement.model_validate({**SAME, **changes})


def agrees(question: local.CandidateFound) -> local.Agreement:
    """An intake that finds its person in every question."""
    return agreement()


def answer_to(question: local.CandidateFound, said: local.Agreement) -> local.CandidateCompared:
    """What intake sends back."""
    return local.CandidateCompared(
        alert=question.alert,
        alert_version=question.alert_version,
        partner=question.partner,
        case=question.case,
        case_version=question.case_version,
        agreement=said,
    )


def withdrawn(name: str = "ona", version: int = 9) -> messages.AlertWithdrawn:
    """The end of the search for an alert's person."""
    return messages.AlertWithdrawn(alert=reference("alert", name), version=version)


def tombstone(name: str = "ona", version: int = 9) -> messages.Tombstone:
    """The erasure of an alert."""
    return messages.Tombstone(alert=reference("alert", name), version=version)


def matching_database(kind: str, folder: Any) -> Database:
    """A new database with all tables of matching, made without migrations."""
    from tests.support.database import new_database

    database = new_database(kind, folder)
    tables.metadata.create_all(database.engine)
    return database
