"""Asks every partner about our cases: one batch a slot, of one size, whatever there is to ask.

What A can see is a batch of constant size at a constant rate; how many cases are in it, and which, it cannot
(case 37). The blinding factors live in this object, for one slot.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.intake.domain.errors import DomainError
from services.intake.domain.matchkey_places import blocks_needed, seated, whole_blocks
from services.intake.domain.matchkeys import MatchKey, case_keys
from services.intake.handlers.actor import SYSTEM
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms import slots, tasks
from services.intake.handlers.pseudonyms.batches import Question
from services.intake.store.pseudonyms import AskingRow
from shared.crypto.errors import CannotDecrypt
from shared.partners.card import PseudonymPolicy
from shared.partners.view import CannotSend
from shared.post.quarantine_mode import is_quarantined
from shared.wire.messages import PseudonymPurpose, PseudonymRequest
from shared.wire.parties import Party, Role
from shared.wire.values import encode_base64

MIN_ASK_SECONDS = 4
"""No partner is asked more often, however short the slots of its card: a card must not fill our disk."""
_FILLER_BYTES = 32


@dataclass(frozen=True, slots=True)
class AskedCase:
    """One case in a batch: where its real keys stand, and the version they were made from."""

    case_id: str
    version: int
    seats: tuple[tuple[int, MatchKey], ...]
    """Places in the batch, and the keys there, in the order of the keys."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A batch that waits for its answer."""

    slot: int
    epoch: int
    purpose: PseudonymPurpose
    question: Question
    cases: tuple[AskedCase, ...]


class Asker:
    """Call `tick` every few seconds, in the process that also handles `pseudonym.response`."""

    def __init__(
        self, context: Context, people: People, alarms: Alarms, min_ask_seconds: int = MIN_ASK_SECONDS
    ) -> None:
        self._context = context
        self._people = people
        self._alarms = alarms
        self._min_ask_seconds = min_ask_seconds
        self._under_way: dict[str, UnderWay] = {}

    def under_way(self, partner: str) -> UnderWay | None:
        """The batch of the current slot that this partner has not answered yet."""
        return self._under_way.get(partner)

    def finish(self, partner: str, answered: UnderWay) -> None:
        """This batch has its answer: another answer to it, under whatever id, is not used."""
        if self._under_way.get(partner) is answered:
            del self._under_way[partner]

    def tick(self, now: datetime) -> list[str]:
        """Send what is due; returns the partners that were asked. One partner's fault stops no other."""
        with self._context.database.read() as session:
            if is_quarantined(session):
                return []
            verified = {
                partner: self._context.policy(session, partner)
                for partner in self._context.partners(session).verified()
            }
        for partner in self._under_way.keys() - verified.keys():
            del self._under_way[partner]
        asked = []
        for partner, policy in verified.items():
            if policy is not None and self._ask(partner, policy, slots.slot_at(now, policy.slot_seconds)):
                asked.append(partner)
        return asked

    def _ask(self, partner: str, policy: PseudonymPolicy, slot: int) -> bool:
        with self._context.database.read() as session:
            asking = session.get(AskingRow, partner)
            if asking is not None and not self._is_due(asking, policy, slot):
                return False
        # A new slot: what was not answered in the old one is forgotten and asked anew.
        self._under_way.pop(partner, None)
        try:
            with self._context.database.begin() as session:
                prepared = self._prepare(session, partner, policy, slot)
                if prepared is None:
                    return False
                request = PseudonymRequest(
                    epoch=prepared.epoch,
                    slot=slot,
                    purpose=prepared.purpose,
                    blinded=encode_base64(b"".join(prepared.question.blinded)),
                )
                self._context.post.send(session, Party(partner, Role.INTAKE), request)
        except CannotSend:
            with self._context.database.begin() as session:
                tasks.asking_of(session, partner).last_start = slots.second_of(slot, policy.slot_seconds)
                self._alarms.raise_one(session, "cannot_send", partner)
            return False
        self._under_way[partner] = prepared
        return True

    def _is_due(self, asking: AskingRow, policy: PseudonymPolicy, slot: int) -> bool:
        """Whether the slot is a new one, and not too soon after the last."""
        since = slots.second_of(slot, policy.slot_seconds) - asking.last_start
        return since >= max(self._min_ask_seconds, 1)

    def _prepare(self, session: Session, partner: str, policy: PseudonymPolicy, slot: int) -> UnderWay | None:
        asking = tasks.asking_of(session, partner)
        if not self._is_due(asking, policy, slot):
            return None
        # Written before anything is sent: after a restart the rest of the slot is kept silent, because a
        # second batch in one slot is refused and counted (case 35).
        asking.last_start = slots.second_of(slot, policy.slot_seconds)
        tasks.close_old_epochs(session, self._context, asking)
        if slots.is_rest(slot, policy.slot_seconds):
            return None
        purpose = _purpose(session, asking, policy, slot)
        points = policy.batch_points if purpose == "regular" else policy.first_load_batch
        chosen = self._choose(session, asking, points)
        inputs = [secrets.token_bytes(_FILLER_BYTES) for _ in range(points)]
        for case in chosen:
            for place, key in case.seats:
                inputs[place] = key.text
        details = {"slot": slot, "epoch": asking.epoch, "purpose": purpose}
        self._context.audit.append(session, SYSTEM, "pseudonyms.asked", partner, details)
        return UnderWay(slot, asking.epoch, purpose, Question(inputs), tuple(chosen))

    def _choose(self, session: Session, asking: AskingRow, points: int) -> list[AskedCase]:
        """The oldest waiting cases that fit, in whole blocks of 24 places.

        A case with many coarse keys takes several blocks. If too few are left it waits, and later ones that
        fit go before it; in the next batch it is the oldest and has all the room there is.
        """
        blocks = whole_blocks(points)
        chosen: list[AskedCase] = []
        used = 0
        for task in tasks.waiting(session, asking.partner, asking.epoch, blocks):
            if used == blocks:
                break
            try:
                keys = case_keys(self._people.load(session, task.case_id))
            except (CannotDecrypt, DomainError):  # one damaged row stops no other case (case 82)
                task.state = "unreadable"
                self._alarms.raise_one(session, "case_unreadable", task.case_id)
                continue
            needed = blocks_needed(keys, most=blocks)
            if used + needed > blocks:
                continue
            chosen.append(AskedCase(task.case_id, task.version, tuple(seated(keys, used, needed))))
            used += needed
        return chosen


def _purpose(session: Session, asking: AskingRow, policy: PseudonymPolicy, slot: int) -> PseudonymPurpose:
    """A first load while more waits than a regular batch holds; its approval is asked for now and then."""
    if asking.first_load == "done":
        return "regular"
    waiting = tasks.waiting_count(session, asking.partner, asking.epoch)
    if waiting <= whole_blocks(policy.batch_points):
        asking.first_load = "done"
        return "regular"
    if asking.first_load == "waiting" and slots.second_of(slot, policy.slot_seconds) < asking.retry_start:
        return "regular"
    return "first_load"
