"""Partners: their cards and keys as they come in, and what people decide about them.

The directory judges documents and standing; here the roles are checked, the audit log is written, our own
matching is told, and what follows from a change is set going.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.handlers import two_people
from services.intake.handlers.actor import (
    APPROVES_PARTNERS,
    COMPARES_PARTNERS,
    SEES_PARTNERS,
    SUSPENDS_PARTNERS,
    SYSTEM,
    Actor,
)
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.errors import CardNotTaken, NotFound
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms import tasks
from services.intake.store.alerts import ShareRow
from shared.partners import verification
from shared.partners.directory import Taken
from shared.partners.tables import PartnerRow
from shared.partners.verification import Comparison
from shared.partners.view import CannotSend
from shared.post.incoming import Incoming
from shared.wire.codes import PartnerStatus
from shared.wire.messages import CardUpdated, KeyRevoked
from shared.wire.parties import Party, Role
from shared.wire.values import decode_base64

SendPending = Callable[[Session, str], int]
"""Sends what could not go to a partner before; returns how many messages."""


@dataclass(frozen=True, slots=True)
class PartnerView:
    """One partner on the desk. `hold` says why nothing can be sent to it now; None when all is well."""

    organisation: str
    name: str
    country: str
    languages: tuple[str, ...]
    duty_phone: str
    status: PartnerStatus
    hold: str | None
    hold_sentence: str | None
    card_valid_until: datetime
    compared_by: str | None
    approved_by: str | None
    shares: dict[str, int]
    """How many of our alerts are in which state there: queued, sent, stored, compared, deleting ..."""


class Partners:
    """Handlers of `card.updated` and `key.revoked`, and the administrator's steps."""

    def __init__(self, context: Context, alarms: Alarms, send_pending: SendPending) -> None:
        self._context = context
        self._alarms = alarms
        self._send_pending = send_pending

    def on_card(self, session: Session, incoming: Incoming) -> None:
        """A newer card or newer sealing keys; what the directory refuses is an alarm, the old one stays."""
        body = incoming.body
        if not isinstance(body, CardUpdated):
            raise TypeError("only card.updated is handled here")
        organisation, now = incoming.organisation, self._context.clock.now()
        own = organisation == self._context.organisation
        directory, cut_off = self._context.directory, not self._can_send(session, organisation)
        taken = [
            directory.add_card(session, decode_base64(body.card), now, sender=organisation, own=own),
            *(
                directory.add_prekeys(session, decode_base64(one), now, organisation=organisation)
                for one in body.prekeys
            ),
        ]
        self._after(session, organisation, "card.updated", taken)
        if own and any(one.changed for one in taken):
            self.announce(session)
        elif cut_off and self._can_send(session, organisation):
            # It was away so long that nothing could be sealed for it: it has not heard of our new keys.
            self._announce_to(session, organisation, self._own_card(session))

    def on_revocation(self, session: Session, incoming: Incoming) -> None:
        """A key that is not to be trusted any more."""
        body = incoming.body
        if not isinstance(body, KeyRevoked):
            raise TypeError("only key.revoked is handled here")
        organisation, now = incoming.organisation, self._context.clock.now()
        statement = decode_base64(body.statement)
        taken = self._context.directory.add_revocation(session, statement, now, organisation=organisation)
        if taken.changed:
            self._alarms.raise_one(session, "key_revoked", organisation)
        self._after(session, organisation, "key.revoked", [taken])

    def add_card(self, card: bytes, prekeys: Sequence[bytes], by: Actor) -> PartnerView:
        """Take in a card that was handed over by mail or stick: a new partner is unverified."""
        by.must_be(COMPARES_PARTNERS)
        now = self._context.clock.now()
        with self._context.database.begin() as session:
            first = self._context.directory.add_card(session, card, now)
            taken = [first]
            if first.organisation is not None and first.refused is None:
                taken += [
                    self._context.directory.add_prekeys(session, one, now, organisation=first.organisation)
                    for one in prekeys
                ]
            refused = next((one.refused for one in taken if one.refused), None)
            if refused is not None or first.organisation is None:
                raise CardNotTaken(str(refused))
            self._context.audit.append(session, by.id, "partner.card_added", first.organisation)
            self.tell_matching(session, first.organisation)
            return self._view(session, first.organisation)

    def overview(self, by: Actor) -> list[PartnerView]:
        """All partners, with the state of what was sent to them."""
        by.must_be(SEES_PARTNERS)
        with self._context.database.read() as session:
            return [self._view(session, one) for one in self._context.partner_ids(session)]

    def get(self, organisation: str, by: Actor) -> PartnerView:
        """One partner; NotFound if it is not in the directory."""
        by.must_be(SEES_PARTNERS)
        with self._context.database.read() as session:
            return self._view(session, organisation)

    def own_words(self, by: Actor) -> tuple[str, ...]:
        """Our own twelve words, to be read out to a partner."""
        by.must_be(COMPARES_PARTNERS)
        with self._context.database.read() as session:
            return verification.words_of(session, self._context.organisation)

    def start_comparison(self, organisation: str, by: Actor) -> tuple[int, ...]:
        """The three places (1 to 12) whose words this person asks the partner for by telephone."""
        by.must_be(COMPARES_PARTNERS)
        with self._context.database.begin() as session:
            return verification.start_comparison(session, organisation, by.id, self._context.clock.now())

    def compare(self, organisation: str, typed: Sequence[str], by: Actor) -> Comparison:
        """Check the words that the partner read out; a wrong try is a result and not an error."""
        by.must_be(COMPARES_PARTNERS)
        with self._context.database.begin() as session:
            now = self._context.clock.now()
            result = verification.compare(session, organisation, by.id, typed, now)
            action = "partner.compared" if result.right else "partner.compared_wrong"
            self._context.audit.append(session, by.id, action, organisation)
            self.tell_matching(session, organisation)
            return result

    def approve(self, organisation: str, by: Actor) -> PartnerView:
        """The second person's word: alerts may be exchanged, and our cases are asked about."""
        by.must_be(APPROVES_PARTNERS)
        with self._context.database.begin() as session:
            now = self._context.clock.now()
            row = session.get(PartnerRow, organisation)
            two_people.must_be_two(session, row.compared_by if row else None, by.id, now)
            verification.approve(session, organisation, by.id, now)
            self._context.audit.append(session, by.id, "partner.approved", organisation)
            self.tell_matching(session, organisation)
            tasks.asking_of(session, organisation)
            self._make_current(session, organisation)
            return self._view(session, organisation)

    def suspend(self, organisation: str, by: Actor) -> PartnerView:
        """Stop everything with this partner at once. Nothing is recalled yet; that is another decision."""
        by.must_be(SUSPENDS_PARTNERS)
        with self._context.database.begin() as session:
            verification.suspend(session, organisation, self._context.clock.now())
            self._context.audit.append(session, by.id, "partner.suspended", organisation)
            self.tell_matching(session, organisation)
            return self._view(session, organisation)

    def restart(self, organisation: str, by: Actor) -> PartnerView:
        """Agree to go on; it takes two people. The view's status tells whether both have agreed."""
        by.must_be(APPROVES_PARTNERS)
        with self._context.database.begin() as session:
            now = self._context.clock.now()
            two_people.must_be_two(session, None, by.id, now)
            again = verification.restart(session, organisation, by.id, now)
            self._context.audit.append(session, by.id, "partner.restart", organisation)
            self.tell_matching(session, organisation)
            if again:
                self._make_current(session, organisation)
            return self._view(session, organisation)

    def tell_matching(self, session: Session, organisation: str) -> None:
        """Every change of card, keys or standing, within the transaction of the change."""
        body = self._context.directory.changed_body(session, organisation)
        self._context.post.tell(session, body, priority=0)
        if organisation in self._context.partners(session).verified():
            self._send_pending(session, organisation)

    def announce(self, session: Session) -> int:
        """Send our own card and sealing keys to every verified partner; returns how many."""
        body = self._own_card(session)
        partners = self._context.partners(session).verified()
        return sum(self._announce_to(session, partner, body) for partner in partners)

    def _make_current(self, session: Session, partner: str) -> None:
        """Nothing was sent to it before, or while it was suspended: it has not heard of our newest keys."""
        if self._can_send(session, partner):
            self._announce_to(session, partner, self._own_card(session))

    def _own_card(self, session: Session) -> CardUpdated:
        own = self._context.directory.changed_body(session, self._context.organisation)
        return CardUpdated(card=own.card, prekeys=own.prekeys[:4])

    def _can_send(self, session: Session, partner: str) -> bool:
        try:
            self._context.partners(session).sealing_key(Party(partner, Role.INTAKE))
        except CannotSend:
            return False
        return True

    def _announce_to(self, session: Session, partner: str, body: CardUpdated) -> bool:
        """False for a partner whose own sealing keys ran out: its silence must not stop our rotation."""
        try:
            self._context.post.send(session, Party(partner, Role.INTAKE), body)
        except CannotSend:
            self._alarms.raise_one(session, "cannot_send", partner)
            return False
        return True

    def _after(self, session: Session, organisation: str, action: str, taken: Sequence[Taken]) -> None:
        refused = next((one.refused for one in taken if one.refused), None)
        changed = any(one.changed for one in taken)
        self._context.audit.append(session, SYSTEM, action, organisation, {"changed": int(changed)})
        if refused is not None:
            self._alarms.raise_one(session, "card_refused", organisation)
        # Also after a refusal: it can have made the partner suspect.
        if changed or refused is not None:
            self.tell_matching(session, organisation)

    def _view(self, session: Session, organisation: str) -> PartnerView:
        row = session.get(PartnerRow, organisation, populate_existing=True)
        directory = self._context.partners(session)
        known = directory.card(organisation)
        if row is None or known is None or organisation == self._context.organisation:
            raise NotFound()
        hold = directory.holds().get(organisation)
        counted = select(ShareRow.state, func.count()).where(ShareRow.partner == organisation)
        return PartnerView(
            organisation=organisation,
            name=known.card.name,
            country=known.card.country,
            languages=tuple(known.card.languages),
            duty_phone=known.card.duty_phone,
            status=PartnerStatus(row.status),
            hold=hold.value if hold else None,
            hold_sentence=hold.sentence if hold else None,
            card_valid_until=known.valid_until,
            compared_by=row.compared_by,
            approved_by=row.approved_by,
            shares=dict(session.execute(counted.group_by(ShareRow.state)).all()),
        )
