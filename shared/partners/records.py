"""Reading and writing the rows of the directory."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.partners import card as cards
from shared.partners import prekeys as prekey_sets
from shared.partners.card import CheckedCard
from shared.partners.tables import (
    PartnerAlarmRow,
    PartnerCardRow,
    PartnerPrekeysRow,
    PartnerRevokedRow,
    PartnerRow,
    PartnerStampRow,
)
from shared.partners.view import PartnerView
from shared.wire.codes import PartnerStatus
from shared.wire.parties import Party, Role
from shared.wire.reject import Code, Reject


def raise_alarm(session: Session, organisation: str, code: Code, now: datetime) -> None:
    """Make something visible to the administrator: one open alarm of a kind and partner, counted."""
    open_alarm = session.scalar(
        select(PartnerAlarmRow).where(
            PartnerAlarmRow.organisation == organisation,
            PartnerAlarmRow.code == code.value,
            PartnerAlarmRow.settled_at.is_(None),
        )
    )
    if open_alarm is None:
        session.add(PartnerAlarmRow(organisation=organisation, code=code.value, raised=now))
    else:
        open_alarm.times += 1
    session.flush()


def alarms(session: Session) -> list[PartnerAlarmRow]:
    """What nobody has settled yet, the oldest first."""
    chosen = select(PartnerAlarmRow).where(PartnerAlarmRow.settled_at.is_(None)).order_by(PartnerAlarmRow.id)
    return list(session.scalars(chosen))


def touch(session: Session) -> None:
    """Say that something changed. A random stamp and not a count: a count would repeat after a rollback."""
    session.flush()
    session.merge(PartnerStampRow(id=1, stamp=secrets.token_hex(16)))
    session.flush()


def current_card(session: Session, partner: PartnerRow) -> CheckedCard:
    """The card in force. Raises Reject when the row was changed by other hands."""
    return cards.read(session.get_one(PartnerCardRow, partner.card_id).data)


def keep_card(
    session: Session, new: CheckedCard, now: datetime, refused: Code | None = None
) -> PartnerCardRow:
    """Store a card once per standing; the same card again finds its row."""
    organisation, standing = new.card.organisation, "refused" if refused else "accepted"
    row = session.scalar(
        select(PartnerCardRow).where(
            PartnerCardRow.organisation == organisation,
            PartnerCardRow.digest == new.digest,
            PartnerCardRow.standing == standing,
        )
    )
    if row is None:
        row = PartnerCardRow(
            organisation=organisation,
            standing=standing,
            code=refused.value if refused else None,
            digest=new.digest,
            data=new.raw,
            received=now,
        )
        session.add(row)
        session.flush()
    return row


def load_partner(session: Session, row: PartnerRow) -> PartnerView:
    """Read everything about one partner; signatures are checked once more, against a changed database."""
    organisation = row.organisation
    current = current_card(session, row)
    now_named = {entry.skid for entry in current.role_keys}
    earlier = session.scalars(
        select(PartnerCardRow.data).where(
            PartnerCardRow.organisation == organisation,
            PartnerCardRow.standing == "accepted",
            PartnerCardRow.id != row.card_id,
        )
    )
    old_keys = {
        (Party(organisation, entry.role), entry.skid)
        for data in earlier
        for entry in cards.read(data).role_keys
    }
    revoked = frozenset(
        session.scalars(
            select(PartnerRevokedRow.key_id).where(PartnerRevokedRow.organisation == organisation)
        )
    )
    return PartnerView(
        organisation=organisation,
        status=PartnerStatus(row.status),
        card=current,
        old_keys=frozenset(key for key in old_keys if key[1] not in now_named),
        prekeys=_prekeys(session, current, revoked),
        revoked=revoked,
    )


def _prekeys(
    session: Session, card: CheckedCard, revoked: frozenset[str]
) -> dict[Party, prekey_sets.CheckedPrekeys]:
    """The sets that count. One whose signer was revoked or replaced does not, and neither does its number:

    a thief of a role key cannot block the owner with a very high one. The desk shows `prekey.none` until a
    new set comes.
    """
    organisation = card.card.organisation
    found = {}
    for row in session.scalars(
        select(PartnerPrekeysRow).where(PartnerPrekeysRow.organisation == organisation)
    ):
        try:
            checked = prekey_sets.check(row.data, card)
        except Reject:
            continue
        if checked.signer not in revoked:
            found[Party(organisation, Role(row.role))] = checked
    return found
