"""Takes a partner's answer: checks it, finishes the pseudonyms and hands them to our matching."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import SYSTEM
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms import tasks
from services.intake.handlers.pseudonyms.asker import AskedCase, Asker, UnderWay
from services.intake.handlers.pseudonyms.batches import Evaluated, PublicKeys
from services.intake.store.cases import CaseRow
from services.intake.store.pseudonyms import AskingRow, PinnedKeyRow, PseudonymTaskRow
from shared.crypto.oprf import ELEMENT_BYTES, BadEvaluation
from shared.post.incoming import Incoming
from shared.wire.codes import CaseKind
from shared.wire.local import CasePseudonyms, PseudonymEntry
from shared.wire.messages import PseudonymResponse
from shared.wire.values import decode_base64, encode_base64

LONGEST_PAUSE = 24
"""Slots between two questions whether the first load is approved."""


class Answers:
    """The handler of `pseudonym.response`."""

    def __init__(self, context: Context, asker: Asker, people: People, alarms: Alarms) -> None:
        self._context = context
        self._asker = asker
        self._people = people
        self._alarms = alarms

    def on_response(self, session: Session, incoming: Incoming) -> None:
        """Store what was answered; anything that does not prove right stores nothing (case 33)."""
        body = incoming.body
        if not isinstance(body, PseudonymResponse):
            raise TypeError("only pseudonym.response is handled here")
        partner = incoming.organisation
        asking = tasks.asking_of(session, partner)
        asking.last_outcome, asking.last_answer_at = body.outcome, self._context.clock.now()
        details = {"slot": body.slot, "epoch": body.epoch, "outcome": body.outcome}
        self._context.audit.append(session, SYSTEM, "pseudonyms.received", partner, details)
        # An answer to an older slot, or after a restart: its blinding factors are gone; it is asked anew.
        under_way = self._asker.under_way(partner)
        if under_way is not None and not _answers(under_way, body):
            under_way = None
        if body.outcome != "evaluated":
            self._refused(session, asking, body)
            answered = under_way is not None
        else:
            answered = under_way is not None and self._take(session, asking, under_way, body)
        if under_way is not None and answered:
            self._asker.finish(partner, under_way)
            self._follow_epoch(session, asking, body.current_epoch)
        tasks.close_old_epochs(session, self._context, asking)

    def _follow_epoch(self, session: Session, asking: AskingRow, current: int) -> None:
        """Go on to the partner's newer epoch, one for each answer; every new one makes all tasks anew.

        While it never evaluated anything for us, its own word is the start: it may be older than we are.
        """
        if current <= asking.epoch:
            return
        pinned = select(PinnedKeyRow.epoch).where(PinnedKeyRow.partner == asking.partner).limit(1)
        is_first = session.scalar(pinned) is None
        tasks.new_epoch(session, asking, current if is_first else asking.epoch + 1)

    def _refused(self, session: Session, asking: AskingRow, body: PseudonymResponse) -> None:
        asking.refusals += 1
        if body.outcome == "not_approved":
            if asking.first_load != "done":
                asking.first_load = "waiting"
            policy = self._context.policy(session, asking.partner)
            slot_seconds = policy.slot_seconds if policy else 0
            asking.retry_start = asking.last_start + (asking.retry_pause + 1) * slot_seconds
            asking.retry_pause = min(asking.retry_pause * 2, LONGEST_PAUSE)
        elif body.outcome != "epoch_over":
            self._alarms.raise_one(session, "pseudonym_refused", asking.partner)

    def _take(
        self, session: Session, asking: AskingRow, under_way: UnderWay, body: PseudonymResponse
    ) -> bool:
        """Finish the pseudonyms and hand them over; False when the answer does not prove right."""
        keys = PublicKeys(decode_base64(body.public_key), decode_base64(body.coarse_public_key))
        pinned = session.get(PinnedKeyRow, (asking.partner, body.epoch))
        if pinned is not None and PublicKeys(pinned.public_key, pinned.coarse_public_key) != keys:
            self._alarms.raise_one(session, "pseudonym_key_changed", asking.partner)
            return False
        try:
            pseudonyms = under_way.question.finalize(_evaluated(body), keys)
        except BadEvaluation:
            self._alarms.raise_one(session, "pseudonym_bad_proof", asking.partner)
            return False
        if pinned is None:
            pin = PinnedKeyRow(
                partner=asking.partner,
                epoch=body.epoch,
                public_key=keys.fine,
                coarse_public_key=keys.coarse,
                pinned_at=self._context.clock.now(),
            )
            session.add(pin)
        if under_way.purpose == "first_load":
            asking.first_load, asking.retry_pause = "under_way", 1
        for case in under_way.cases:
            self._hand_over(session, asking, body.epoch, case, pseudonyms)
        session.flush()
        return True

    def _hand_over(
        self, session: Session, asking: AskingRow, epoch: int, asked: AskedCase, pseudonyms: list[bytes]
    ) -> None:
        task = session.scalar(
            select(PseudonymTaskRow).where(
                PseudonymTaskRow.case_id == asked.case_id,
                PseudonymTaskRow.partner == asking.partner,
                PseudonymTaskRow.epoch == epoch,
            )
        )
        case = session.get(CaseRow, asked.case_id)
        if task is None or task.version != asked.version or case is None or case.state != "open":
            return  # closed, or changed meanwhile: the newer version is asked for in a later slot
        entries = [
            PseudonymEntry(group=key.group, value=encode_base64(pseudonyms[place]))
            for place, key in asked.seats
        ]
        told = CasePseudonyms(
            case=case.id,
            version=case.version,
            kind=CaseKind(case.kind),
            partner=asking.partner,
            epoch=epoch,
            entries=entries,
            description=self._people.describe(session, case),
        )
        self._context.post.tell(session, told)
        task.state, task.done_at = "done", self._context.clock.now()


def _answers(under_way: UnderWay, body: PseudonymResponse) -> bool:
    asked = (under_way.slot, under_way.epoch, under_way.purpose)
    return asked == (body.slot, body.epoch, body.purpose)


def _evaluated(body: PseudonymResponse) -> Evaluated:
    data = decode_base64(body.evaluated)
    elements = [data[start : start + ELEMENT_BYTES] for start in range(0, len(data), ELEMENT_BYTES)]
    return Evaluated(elements, decode_base64(body.proof), decode_base64(body.coarse_proof))
