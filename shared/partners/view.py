"""The directory at one moment, in memory: who may be believed, and which key to seal for (PROTOCOL 4.7)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.crypto.sealing import SealingKey
from shared.partners.card import CheckedCard
from shared.partners.prekeys import CheckedPrekeys
from shared.wire.codes import PartnerStatus
from shared.wire.envelope import Signer, SignerStatus
from shared.wire.parties import Party


class HoldReason(StrEnum):
    """Why nothing may be sent to a partner now."""

    UNKNOWN_PARTNER = "partner.unknown"
    NOT_VERIFIED = "partner.not-verified"
    SUSPENDED = "partner.suspended"
    SUSPECT = "partner.suspect"
    LEFT = "partner.left"
    CARD_EXPIRED = "card.expired"
    NO_SEALING_KEY = "prekey.none"

    @property
    def sentence(self) -> str:
        """What a person reads in the banner: why, and what to do."""
        return _SENTENCES[self]


_SENTENCES: dict[HoldReason, str] = {
    HoldReason.UNKNOWN_PARTNER: "This organisation is not a partner; invite it first.",
    HoldReason.NOT_VERIFIED: "This partner is not verified; compare the words and have them approved.",
    HoldReason.SUSPENDED: "This partner is suspended; two people can restart the exchange.",
    HoldReason.SUSPECT: "A key of this partner may be stolen; speak with the partner by telephone.",
    HoldReason.LEFT: "This partner has left; invite it again if it came back.",
    HoldReason.CARD_EXPIRED: "This partner's card has expired, so nothing is sent; ask for a new one.",
    HoldReason.NO_SEALING_KEY: "This partner has no sealing key that is still good; ask for a new one.",
}


class CannotSend(Exception):
    """Nothing may be sent to this partner now; the reason says why and what to do."""

    def __init__(self, organisation: str, reason: HoldReason) -> None:
        super().__init__(f"{organisation}: {reason.sentence}")
        self.organisation = organisation
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PartnerView:
    """One organisation as the directory knows it. `old_keys` are those of earlier cards."""

    organisation: str
    status: PartnerStatus
    card: CheckedCard
    old_keys: frozenset[tuple[Party, str]]
    prekeys: dict[Party, CheckedPrekeys]
    revoked: frozenset[str]

    def keys_in_use(self) -> set[str]:
        """Ids of the signing keys of the card and of the sealing keys that count."""
        sealing = (key.key.kid.hex() for keys in self.prekeys.values() for key in keys.keys)
        return {entry.skid for entry in self.card.role_keys}.union(sealing)

    def hold_reason(self, now: datetime) -> HoldReason | None:
        """Why nothing may be sent to this partner, or None."""
        if self.status in _HOLDS:
            return _HOLDS[self.status]
        return HoldReason.CARD_EXPIRED if self.card.expired(now) else None


_HOLDS: dict[PartnerStatus, HoldReason] = {
    PartnerStatus.UNVERIFIED: HoldReason.NOT_VERIFIED,
    PartnerStatus.COMPARED: HoldReason.NOT_VERIFIED,
    PartnerStatus.SUSPENDED: HoldReason.SUSPENDED,
    PartnerStatus.SUSPECT: HoldReason.SUSPECT,
    PartnerStatus.LEFT: HoldReason.LEFT,
}

_SIGNER_STATUS: dict[PartnerStatus, SignerStatus] = {
    PartnerStatus.UNVERIFIED: SignerStatus.NOT_VERIFIED,
    PartnerStatus.COMPARED: SignerStatus.NOT_VERIFIED,
    PartnerStatus.SUSPENDED: SignerStatus.SUSPENDED,
    PartnerStatus.SUSPECT: SignerStatus.SUSPENDED,
    PartnerStatus.LEFT: SignerStatus.LEFT,
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every partner under one stamp; look-ups touch no database."""

    stamp: str
    partners: dict[str, PartnerView]
    signers: dict[tuple[Party, str], Signer]
    """Without regard to the card's end, which depends on the time."""

    @classmethod
    def of(cls, stamp: str, partners: list[PartnerView]) -> "Snapshot":
        """Work out once who may sign what."""
        signers: dict[tuple[Party, str], Signer] = {}
        for partner in partners:
            for party, skid, signer in _signers(partner):
                signers[party, skid] = signer
        return cls(stamp, {partner.organisation: partner for partner in partners}, signers)


def _signers(partner: PartnerView) -> list[tuple[Party, str, Signer]]:
    found = []
    standing = _SIGNER_STATUS.get(partner.status, SignerStatus.TRUSTED)
    for entry in partner.card.role_keys:
        status = SignerStatus.REVOKED if entry.skid in partner.revoked else standing
        party = Party(partner.organisation, entry.role)
        found.append((party, entry.skid, Signer(entry.key, entry.types, status)))
    some_key = partner.card.role_keys[0].key  # never used: an old key is refused before its signature is read
    old_status = SignerStatus.SUPERSEDED if standing is SignerStatus.TRUSTED else standing
    found += [(party, skid, Signer(some_key, frozenset(), old_status)) for party, skid in partner.old_keys]
    return found


@dataclass(frozen=True, slots=True)
class DirectoryView:
    """A snapshot together with the time at which it is asked; the envelope's directory port."""

    snapshot: Snapshot
    now: datetime

    def signer(self, sender: Party, skid: str) -> Signer | None:
        """The key that `sender` signs with under this id, or None when either is unknown."""
        signer = self.snapshot.signers.get((sender, skid))
        if signer is None or signer.status is not SignerStatus.TRUSTED:
            return signer
        if self.snapshot.partners[sender.organisation].card.expired(self.now):
            return Signer(signer.verify_key, signer.allowed_types, SignerStatus.CARD_EXPIRED)
        return signer

    def signers(self) -> dict[tuple[Party, str], Signer]:
        """Every key that is known, by who signs with it and its id, as `signer` tells it."""
        found = {key: self.signer(*key) for key in self.snapshot.signers}
        return {key: signer for key, signer in found.items() if signer is not None}

    def sealing_key(self, to: Party) -> SealingKey:
        """The newest sealing key of `to`. Raises CannotSend with the reason that the banner shows."""
        partner = self.snapshot.partners.get(to.organisation)
        if partner is None:
            raise CannotSend(to.organisation, HoldReason.UNKNOWN_PARTNER)
        if reason := partner.hold_reason(self.now):
            raise CannotSend(to.organisation, reason)
        prekeys = partner.prekeys.get(to)
        newest = prekeys.newest(self.now) if prekeys else None
        if prekeys and partner.status is PartnerStatus.SELF:
            # A node that was off for months must still be able to tell itself of its new keys: the newest
            # private half is kept however old it is, and what it opens never leaves the house.
            newest = max(prekeys.keys, key=lambda key: key.not_before)
        if newest is None or newest.key.kid.hex() in partner.revoked:
            raise CannotSend(to.organisation, HoldReason.NO_SEALING_KEY)
        return newest.key

    def status(self, organisation: str) -> PartnerStatus | None:
        """Where an organisation stands, or None when it is unknown."""
        partner = self.snapshot.partners.get(organisation)
        return partner.status if partner else None

    def card(self, organisation: str) -> CheckedCard | None:
        """The current card of an organisation."""
        partner = self.snapshot.partners.get(organisation)
        return partner.card if partner else None

    def verified(self) -> list[str]:
        """Ids of the partners that may be given something now, in order."""
        return sorted(
            partner.organisation
            for partner in self.snapshot.partners.values()
            if partner.status is PartnerStatus.VERIFIED and partner.hold_reason(self.now) is None
        )

    def holds(self) -> dict[str, HoldReason]:
        """Every partner to whom nothing may be sent now, and why: the desk's banners."""
        reasons = {
            partner.organisation: partner.hold_reason(self.now) for partner in self.snapshot.partners.values()
        }
        return {organisation: reason for organisation, reason in reasons.items() if reason}
