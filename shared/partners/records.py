"""Reading and writing the rows of the directory."""

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

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

EARLIER_CARDS = 500
"""Of how many earlier cards of a partner the keys are known as old; those before are unknown, and refused."""

_read_current = lru_cache(maxsize=256)(cards.read)
"""By every byte of the card, so that a row changed by other hands is checked, and refused, like a new one."""


@lru_cache(maxsize=4096)
def _keys_named(data: bytes) -> tuple[tuple[Role, str], ...]:
    """The role keys of an earlier card; its signature is checked once in a process, not at every change."""
    return tuple((entry.role, entry.skid) for entry in cards.read(data).role_keys)


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
    return _read_current(session.get_one(PartnerCardRow, partner.card_id).data)


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


@dataclass(frozen=True, slots=True)
class Statement:
    """One kept revocation with the keys that it was the first to name."""

    data: bytes
    since: datetime
    keys: frozenset[str]


def statements(session: Session, organisation: str) -> list[Statement]:
    """The distinct revocations of one organisation, in no order."""
    rows = session.scalars(select(PartnerRevokedRow).where(PartnerRevokedRow.organisation == organisation))
    found: dict[tuple[bytes, datetime], set[str]] = defaultdict(set)
    for row in rows:
        found[row.data, row.since].add(row.key_id)
    return [Statement(data, since, frozenset(keys)) for (data, since), keys in found.items()]


def make_suspect(partner: PartnerRow, now: datetime) -> None:
    """Nothing more is exchanged until two people restart it. Ourselves, and who left, stay what they are."""
    if partner.status in (PartnerStatus.SELF, PartnerStatus.SUSPECT, PartnerStatus.LEFT):
        return
    if partner.status != PartnerStatus.SUSPENDED:
        partner.resume_status = partner.status
    partner.status, partner.changed = PartnerStatus.SUSPECT.value, now


def load_partner(session: Session, row: PartnerRow) -> PartnerView:
    """Read everything about one partner; signatures are checked once more, against a changed database."""
    organisation = row.organisation
    current = current_card(session, row)
    now_named = {entry.skid for entry in current.role_keys}
    earlier = session.scalars(
        select(PartnerCardRow.data)
        .where(
            PartnerCardRow.organisation == organisation,
            PartnerCardRow.standing == "accepted",
            PartnerCardRow.id != row.card_id,
        )
        .order_by(PartnerCardRow.id.desc())
        .limit(EARLIER_CARDS)
    )
    old_keys = {(Party(organisation, role), skid) for data in earlier for role, skid in _keys_named(data)}
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
