"""The directory of partners in a service's database: what it takes in, and what it refuses (PROTOCOL 4.4).

Refusals are values and not exceptions, because some of them leave something behind: a kept card, an alarm,
a partner that is suspect. All methods work within the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared.crypto.sealing import SealingKey
from shared.partners import card as cards
from shared.partners import prekeys as prekey_sets
from shared.partners import revocation, succession
from shared.partners.card import CheckedCard
from shared.partners.records import (
    current_card,
    keep_card,
    load_partner,
    make_suspect,
    raise_alarm,
    statements,
    touch,
)
from shared.partners.tables import (
    PartnerCardRow,
    PartnerPrekeysRow,
    PartnerRevokedRow,
    PartnerRow,
    PartnerStampRow,
)
from shared.partners.view import DirectoryView, Snapshot
from shared.store.engine import lock
from shared.wire import envelope
from shared.wire.codes import PartnerStatus
from shared.wire.local import MOST_REVOCATIONS, PartnerChanged
from shared.wire.parties import Party
from shared.wire.reject import Code, Reject
from shared.wire.values import decode_base64, encode_base64

_STAMP = select(PartnerStampRow.stamp).where(PartnerStampRow.id == 1)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a document: the organisation, whether anything changed, or why it was refused."""

    organisation: str | None
    changed: bool = False
    rotated: bool = False
    refused: Code | None = None
    overtaken: bool = False
    """Something newer was taken before, so nothing was done."""


class Directory:
    """The partners of one service. One instance per process; its copy in memory follows the database."""

    def __init__(self, own: str, min_suite: int = envelope.MIN_SUITE) -> None:
        """`own` is our organisation id: its card has the status `self` and can come from nobody else."""
        self._own = own
        self._min_suite = min_suite
        self._snapshot: Snapshot | None = None

    def view(self, session: Session, now: datetime) -> DirectoryView:
        """The directory as this transaction sees it. Read anew only when something changed."""
        stamp = session.connection().scalar(_STAMP) or ""
        snapshot = self._snapshot
        if snapshot is None or snapshot.stamp != stamp:
            session.flush()
            snapshot = Snapshot.of(
                stamp, [load_partner(session, row) for row in session.scalars(select(PartnerRow))]
            )
            self._snapshot = snapshot
        return DirectoryView(snapshot, now)

    def sealing_key(self, session: Session, to: Party, now: datetime) -> SealingKey:
        """The newest sealing key of `to`; raises CannotSend for a partner that may be given nothing."""
        return self.view(session, now).sealing_key(to)

    def add_card(
        self, session: Session, data: bytes, now: datetime, *, sender: str | None = None, own: bool = False
    ) -> Taken:
        """Take in a card: a new partner (unverified), a newer card of a known one, or a refusal.

        `sender` is the organisation that a message came from; it can speak for itself only. `own` takes our
        own card, from our own set-up.
        """
        lock(session, "partners")
        try:
            new = cards.check(data, now, self._min_suite)
        except Reject as reject:
            return Taken(sender, refused=reject.code)
        organisation = new.card.organisation
        if (sender or organisation) != organisation or (organisation == self._own) != own:
            return Taken(organisation, refused=Code.CARD_WRONG_ORGANISATION)
        partner = session.get(PartnerRow, organisation, with_for_update=True, populate_existing=True)
        if partner is None or partner.status == PartnerStatus.LEFT:
            return self._first_card(session, partner, new, now)
        return self._next_card(session, partner, new, now)

    def _first_card(
        self, session: Session, partner: PartnerRow | None, new: CheckedCard, now: datetime
    ) -> Taken:
        organisation = new.card.organisation
        if new.signed_by != new.root:
            return Taken(organisation, refused=Code.CARD_WRONG_ROOT)
        if partner is not None:
            # Somebody who left starts afresh: with any key, but compared and approved once more.
            session.delete(partner)
            session.execute(delete(PartnerPrekeysRow).where(PartnerPrekeysRow.organisation == organisation))
            session.flush()
        status = PartnerStatus.SELF if organisation == self._own else PartnerStatus.UNVERIFIED
        session.add(
            PartnerRow(
                organisation=organisation,
                status=status.value,
                card_id=keep_card(session, new, now).id,
                added=now,
                changed=now,
            )
        )
        touch(session)
        return Taken(organisation, changed=True)

    def _next_card(self, session: Session, partner: PartnerRow, new: CheckedCard, now: datetime) -> Taken:
        organisation = partner.organisation
        judged = succession.follow(current_card(session, partner), new)
        if isinstance(judged, succession.Refusal):
            if judged.keep:
                keep_card(session, new, now, judged.code)
                raise_alarm(session, organisation, judged.code, now)
            if judged.suspect:
                make_suspect(partner, now)
            touch(session)
            return Taken(organisation, refused=judged.code)
        if judged is succession.Step.UNCHANGED:
            return Taken(organisation)
        partner.card_id, partner.changed = keep_card(session, new, now).id, now
        touch(session)
        return Taken(organisation, changed=True, rotated=judged is succession.Step.ROTATED)

    def add_prekeys(self, session: Session, data: bytes, now: datetime, *, organisation: str) -> Taken:
        """Take in sealing keys of a role of `organisation`, whose card must be known."""
        lock(session, "partners")
        partner = session.get(PartnerRow, organisation, with_for_update=True, populate_existing=True)
        if partner is None:
            return Taken(organisation, refused=Code.UNKNOWN_SENDER)
        try:
            new = prekey_sets.check(data, current_card(session, partner))
        except Reject as reject:
            return Taken(organisation, refused=reject.code)
        if session.get(PartnerRevokedRow, (organisation, new.signer)) is not None:
            return Taken(organisation, refused=Code.PREKEY_SIGNER)
        known = self.view(session, now).snapshot.partners[organisation].prekeys.get(new.party)
        if known is not None and new.seq < known.seq:
            return Taken(organisation, refused=Code.PREKEY_LOWER_SEQUENCE)
        if known is not None and new.seq == known.seq and new.digest != known.digest:
            raise_alarm(session, organisation, Code.PREKEY_EQUIVOCATION, now)
            return Taken(organisation, refused=Code.PREKEY_EQUIVOCATION)
        if known is not None and new.raw == known.raw:
            return Taken(organisation)
        fields = {"seq": new.seq, "digest": new.digest, "data": new.raw}
        session.merge(PartnerPrekeysRow(organisation=organisation, role=new.party.role.value, **fields))
        touch(session)
        return Taken(organisation, changed=True)

    def add_revocation(self, session: Session, data: bytes, now: datetime, *, organisation: str) -> Taken:
        """Take in a revocation of `organisation`. What it names is refused from now on; it stays for ever.

        Their number never makes it fail. More than one message can carry are no ordinary business: the
        partner is suspect until two people say otherwise.
        """
        lock(session, "partners")
        taken = self._keep_revocation(session, data, now, organisation)
        if taken.changed and len(statements(session, organisation)) > MOST_REVOCATIONS:
            make_suspect(session.get_one(PartnerRow, organisation), now)
            touch(session)
        return taken

    def _keep_revocation(self, session: Session, data: bytes, now: datetime, organisation: str) -> Taken:
        partner = session.get(PartnerRow, organisation, with_for_update=True, populate_existing=True)
        if partner is None:
            return Taken(organisation, refused=Code.UNKNOWN_SENDER)
        try:
            statement = revocation.check(data, current_card(session, partner))
        except Reject as reject:
            return Taken(organisation, refused=reject.code)
        changed = False
        for key_id in sorted(statement.keys):
            if session.get(PartnerRevokedRow, (organisation, key_id)) is None:
                fields = {"key_id": key_id, "since": statement.since, "data": statement.raw}
                session.add(PartnerRevokedRow(organisation=organisation, **fields))
                changed = True
        if changed:
            raise_alarm(session, organisation, Code.REVOKED_OR_OLD_KEY, now)
            touch(session)
        return Taken(organisation, changed=changed)

    def changed_body(self, session: Session, organisation: str) -> PartnerChanged:
        """What intake tells its matching about a partner: card, sealing keys, revocations, standing.

        At most 64 revocations: those of keys that the partner uses now, so that none of these is trusted for
        want of room, then the newest. Matching keeps what it was told before.
        """
        session.flush()
        partner = session.get_one(PartnerRow, organisation)
        card = session.get_one(PartnerCardRow, partner.card_id)
        prekeys = session.scalars(
            select(PartnerPrekeysRow)
            .where(PartnerPrekeysRow.organisation == organisation)
            .order_by(PartnerPrekeysRow.role)
        )
        in_use = load_partner(session, partner).keys_in_use()
        revoked = statements(session, organisation)
        revoked.sort(key=lambda one: (not one.keys.isdisjoint(in_use), one.since, one.data), reverse=True)
        return PartnerChanged(
            organisation=organisation,
            status=PartnerStatus(partner.status),
            card=encode_base64(card.data),
            prekeys=[encode_base64(row.data) for row in prekeys],
            revocations=[encode_base64(one.data) for one in revoked[:MOST_REVOCATIONS]],
        )

    def mirror(self, session: Session, change: PartnerChanged, now: datetime, number: int | None) -> Taken:
        """In matching: take over what the own intake decided about a partner, standing included.

        `number` is the message's; of two the higher counts, in whatever order workers come to them. Otherwise
        a partner that was verified and then suspended could end up verified.
        The signatures are checked here as well; the order of cards was judged by intake, where people are.
        """
        lock(session, "partners")
        try:
            new = cards.read(decode_base64(change.card))
        except Reject as reject:
            return Taken(change.organisation, refused=reject.code)
        if new.card.organisation != change.organisation or new.signed_by != new.root:
            return Taken(change.organisation, refused=Code.CARD_WRONG_ORGANISATION)
        partner = session.get(PartnerRow, change.organisation, populate_existing=True)
        if partner is not None and number is not None and number < partner.told:
            return Taken(change.organisation, overtaken=True)
        kept = keep_card(session, new, now)
        if partner is None:
            partner = PartnerRow(organisation=change.organisation, added=now, told=0)
            session.add(partner)
        partner.told = max(partner.told, number or 0)
        partner.card_id, partner.status, partner.changed = kept.id, change.status.value, now
        touch(session)
        session.flush()
        taken = [
            # Whether there are too many was judged by intake too: the standing is its decision.
            *(
                self._keep_revocation(session, decode_base64(text), now, change.organisation)
                for text in change.revocations
            ),
            *(
                self.add_prekeys(session, decode_base64(text), now, organisation=change.organisation)
                for text in change.prekeys
            ),
        ]
        refused = next((one.refused for one in taken if one.refused), None)
        return Taken(change.organisation, changed=True, refused=refused)
