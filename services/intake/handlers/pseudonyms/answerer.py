"""Answers a partner's batch of blinded match keys, within its budget and always in the same size."""

from datetime import timedelta
from typing import Literal

from sqlalchemy.orm import Session

from services.intake.handlers.actor import SYSTEM
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms import slots
from services.intake.handlers.pseudonyms.batches import NO_PROOF, Evaluated, PartnerKeys, PublicKeys
from services.intake.handlers.pseudonyms.policies import open_epochs, policy_of
from services.intake.store.pseudonyms import PolicyRow
from shared.crypto.oprf import ELEMENT_BYTES, BadPoint
from shared.partners.card import PseudonymPolicy
from shared.post.incoming import Incoming, Refuse
from shared.wire.messages import POINT_BYTES, PseudonymRequest, PseudonymResponse
from shared.wire.parties import Party, Role
from shared.wire.values import decode_base64, encode_base64

OFFENCES_BEFORE_ALARM = 3
FULL_DAYS_BEFORE_ALARM = 14
REFUSAL_KEPT = timedelta(days=1)
"""A refusal tells nothing once its slot is over, so it is not kept for partners that report a gap."""
SLOTS_AHEAD = 1
"""How far a partner's clock may run ahead; without a limit it could spend the slots of years at once."""

Refusal = Literal["not_approved", "over_budget", "malformed", "epoch_over"]


class _Refused(Exception):
    def __init__(self, outcome: Refusal, *, offence: bool) -> None:
        super().__init__(outcome)
        self.outcome: Refusal = outcome
        self.offence = offence


def keys_of(context: Context, partner: str, epoch: int) -> PartnerKeys:
    """The keys for what `partner` may ask of us in this epoch, k_AB with A ourselves (PROTOCOL 7.1)."""
    return PartnerKeys(context.keys.pseudonym_master, context.organisation, partner, epoch)


class Answerer:
    """The handler of `pseudonym.request`."""

    def __init__(self, context: Context, alarms: Alarms) -> None:
        self._context = context
        self._alarms = alarms

    def on_request(self, session: Session, incoming: Incoming) -> None:
        """Evaluate the batch, or refuse it; the answer has the same length either way.

        Of the refusals to one partner only the first of a slot is answered: an answer is large, is kept,
        and an honest partner asks once a slot.
        """
        body = incoming.body
        if not isinstance(body, PseudonymRequest):
            raise TypeError("only pseudonym.request is handled here")
        context, partner = self._context, incoming.organisation
        if not context.is_verified(session, partner):
            raise Refuse("partner.not-verified")
        own = context.policy(session, context.organisation)
        if own is None:
            raise Refuse("card.missing")
        row = policy_of(session, partner)
        try:
            self._check(row, own, body)
            keys = keys_of(context, partner, body.epoch)
            evaluated = _evaluate(keys, decode_base64(body.blinded))
            answer = _answer(row, body, "evaluated", keys.public, evaluated)
            self._spend(session, row, own, body)
            context.post.send(session, Party(partner, Role.INTAKE), answer)
        except _Refused as refused:
            self._count(session, row, own, body, refused)
            if not self._may_answer(session, row, own, body):
                return
            answer = _refusal(row, own, body, refused)
            context.post.send(session, Party(partner, Role.INTAKE), answer, keep=REFUSAL_KEPT)
        details = {"slot": body.slot, "epoch": body.epoch, "outcome": answer.outcome, "purpose": body.purpose}
        context.audit.append(session, SYSTEM, "pseudonyms.answered", partner, details)

    def _check(self, row: PolicyRow, own: PseudonymPolicy, body: PseudonymRequest) -> None:
        """The limits of case 35; raises _Refused. The points themselves are checked when evaluated."""
        now = self._context.clock.now()
        last = row.last_regular_start if body.purpose == "regular" else row.last_first_load_start
        newest = slots.slot_at(now, own.slot_seconds) + SLOTS_AHEAD
        if slots.second_of(body.slot, own.slot_seconds) <= last or body.slot > newest:
            raise _Refused("over_budget", offence=True)
        if len(decode_base64(body.blinded)) != _points(own, body) * POINT_BYTES:
            raise _Refused("malformed", offence=True)
        if body.epoch not in open_epochs(row, now):
            raise _Refused("epoch_over", offence=False)
        if body.purpose == "first_load" and row.first_load_left < own.first_load_batch:
            raise _Refused("not_approved", offence=False)

    def _spend(self, session: Session, row: PolicyRow, own: PseudonymPolicy, body: PseudonymRequest) -> None:
        _use_slot(row, own, body)
        if body.purpose == "first_load":
            row.first_load_left -= own.first_load_batch
            return
        day = slots.day_of(body.slot, own.slot_seconds)
        if day != row.day:
            full_before = row.day_slots >= max(slots.slots_in(row.day, own.slot_seconds), 1)
            if not (full_before and day == row.day + 1):
                row.full_days = 0
            row.day, row.day_slots = day, 0
        row.day_slots += 1
        if row.day_slots == max(slots.slots_in(day, own.slot_seconds), 1):
            row.full_days += 1
            if row.full_days % FULL_DAYS_BEFORE_ALARM == 0:
                self._alarms.raise_one(session, "pseudonym_budget_full", row.partner)

    def _count(
        self,
        session: Session,
        row: PolicyRow,
        own: PseudonymPolicy,
        body: PseudonymRequest,
        refused: _Refused,
    ) -> None:
        if refused.outcome == "not_approved":
            row.refused_not_approved += 1
        elif refused.outcome == "over_budget":
            row.refused_over_budget += 1
        elif refused.outcome == "malformed":
            row.refused_malformed += 1
        else:
            row.refused_epoch += 1
        if refused.outcome != "over_budget":
            _use_slot(row, own, body)  # a slot is for one try, so that a refusal cannot be probed
        if refused.offence:
            row.offences += 1
            start = self._present_start(own)
            if row.offences % OFFENCES_BEFORE_ALARM == 0 and row.alarm_start != start:
                row.alarm_start = start
                self._alarms.raise_one(session, "pseudonym_abuse", row.partner)

    def _may_answer(
        self, session: Session, row: PolicyRow, own: PseudonymPolicy, body: PseudonymRequest
    ) -> bool:
        """Whether this is the first refusal of the slot that it is now, whatever slot the partner names."""
        start = self._present_start(own)
        if body.purpose == "regular" and row.refusal_regular_start != start:
            row.refusal_regular_start = start
            return True
        if body.purpose == "first_load" and row.refusal_first_load_start != start:
            row.refusal_first_load_start = start
            return True
        row.unanswered += 1
        if row.unanswered_start != start:
            # Once a slot, and not with each: the audit log is no place for a flood either.
            row.unanswered_start = start
            details: dict[str, str | int] = {"purpose": body.purpose, "unanswered": row.unanswered}
            self._context.audit.append(session, SYSTEM, "pseudonyms.unanswered", row.partner, details)
        return False

    def _present_start(self, own: PseudonymPolicy) -> int:
        return slots.second_of(slots.slot_at(self._context.clock.now(), own.slot_seconds), own.slot_seconds)


def _refusal(
    row: PolicyRow, own: PseudonymPolicy, body: PseudonymRequest, refused: _Refused
) -> PseudonymResponse:
    """As long as an answer."""
    zero = bytes(ELEMENT_BYTES)
    nothing = Evaluated([zero] * _points(own, body), NO_PROOF, NO_PROOF)
    return _answer(row, body, refused.outcome, PublicKeys(zero, zero), nothing)


def _points(own: PseudonymPolicy, body: PseudonymRequest) -> int:
    return own.batch_points if body.purpose == "regular" else own.first_load_batch


def _use_slot(row: PolicyRow, own: PseudonymPolicy, body: PseudonymRequest) -> None:
    start = slots.second_of(body.slot, own.slot_seconds)
    if body.purpose == "regular":
        row.last_regular_start = start
    else:
        row.last_first_load_start = start


def _evaluate(keys: PartnerKeys, blinded: bytes) -> Evaluated:
    points = [blinded[start : start + POINT_BYTES] for start in range(0, len(blinded), POINT_BYTES)]
    try:
        return keys.evaluate(points)
    except BadPoint:
        raise _Refused("malformed", offence=True) from None


def _answer(
    row: PolicyRow,
    body: PseudonymRequest,
    outcome: Literal["evaluated"] | Refusal,
    keys: PublicKeys,
    evaluated: Evaluated,
) -> PseudonymResponse:
    return PseudonymResponse(
        epoch=body.epoch,
        slot=body.slot,
        purpose=body.purpose,
        outcome=outcome,
        public_key=encode_base64(keys.fine),
        coarse_public_key=encode_base64(keys.coarse),
        evaluated=encode_base64(b"".join(evaluated.elements)),
        proof=encode_base64(evaluated.proof),
        coarse_proof=encode_base64(evaluated.coarse_proof),
        current_epoch=row.current_epoch,
    )
