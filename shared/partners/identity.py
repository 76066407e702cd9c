"""The organisation's own root keys: for set-up and rotation, kept outside the services (PROTOCOL 4.2).

There are two files. The *root* file is needed to issue a card or a revocation. The *next* file holds the key
that takes over; it belongs in another place, since whoever has both has the identity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from shared.crypto import keyfile, signing
from shared.partners import card as cards
from shared.partners import revocation
from shared.partners.card import Card, PseudonymPolicy, RoleKeyEntry
from shared.runtime import clock
from shared.wire import envelope, messages
from shared.wire.parties import Role
from shared.wire.values import encode_base64

ROOT = "root"
NEXT_ROOT_HASH = "next-root-hash"
NEXT_ROOT = "next-root"
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class CardDetails:
    """What an organisation says about itself."""

    organisation: str
    name: str
    country: str
    languages: tuple[str, ...]
    duty_phone: str
    policy: PseudonymPolicy
    valid_for: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class OrganisationIdentity:
    """The root key in memory, and the commitment to the next one."""

    root: signing.SigningKey = field(repr=False)
    next_hash: str

    @classmethod
    def create(
        cls, root_file: Path, next_file: Path, passphrase: bytes, profile: keyfile.Profile = keyfile.STANDARD
    ) -> OrganisationIdentity:
        """Make both root keys and write both files, each whole or not at all. Raises KeyFileError."""
        root, following = signing.SigningKey.generate(), signing.SigningKey.generate()
        identity = cls(root, cards.next_root_hash(following.verify_key))
        keyfile.create(next_file, {NEXT_ROOT: following.to_seed()}, passphrase, profile)
        keyfile.create(root_file, identity._secrets(), passphrase, profile)
        return identity

    @classmethod
    def load(cls, root_file: Path, passphrase: bytes) -> OrganisationIdentity:
        """Open the root file. Raises KeyFileError."""
        bundle = keyfile.load(root_file, passphrase)
        return cls(signing.SigningKey.from_seed(bundle[ROOT]), bundle[NEXT_ROOT_HASH].decode("ascii"))

    @classmethod
    def rotate(
        cls, root_file: Path, next_file: Path, passphrase: bytes, profile: keyfile.Profile = keyfile.STANDARD
    ) -> OrganisationIdentity:
        """Let the next key take over: new files beside the old ones, `<name>.new`, to be put in their place.

        The old files stay until the new card has gone out; then they are destroyed. Raises KeyFileError.
        """
        root = signing.SigningKey.from_seed(keyfile.load(next_file, passphrase)[NEXT_ROOT])
        following = signing.SigningKey.generate()
        identity = cls(root, cards.next_root_hash(following.verify_key))
        keyfile.create(_beside(next_file), {NEXT_ROOT: following.to_seed()}, passphrase, profile)
        keyfile.create(_beside(root_file), identity._secrets(), passphrase, profile)
        return identity

    def issue_card(
        self,
        details: CardDetails,
        role_keys: list[tuple[Role, signing.VerifyKey]],
        now: datetime,
        after_seq: int = 0,
    ) -> bytes:
        """Sign a card. Its number is the time in seconds, so that it grows even after a restored backup.

        `after_seq` is the number of the last card issued. At a planned change of a role key, name the old and
        the new one for 60 days, so that what is under way is still believed.
        """
        begins = now - CLOCK_SLACK
        card = Card(
            v=1,
            organisation=details.organisation,
            name=details.name,
            country=details.country,
            languages=list(details.languages),
            duty_phone=details.duty_phone,
            seq=max(after_seq + 1, int(now.timestamp())),
            root_key=encode_base64(bytes(self.root.verify_key)),
            next_root_hash=self.next_hash,
            role_keys=[
                RoleKeyEntry(
                    role=role.value, key=encode_base64(bytes(key)), types=sorted(messages.MAY_SIGN[role])
                )
                for role, key in role_keys
            ],
            policy=details.policy,
            min_suite=envelope.MIN_SUITE,
            valid_from=clock.to_wire(begins),
            valid_until=clock.to_wire(now + min(details.valid_for, cards.MAX_CARD_LIFE - CLOCK_SLACK)),
        )
        data = cards.issue(card, self.root)
        cards.check(data, now)  # never issue what a partner would refuse
        return data

    def issue_revocation(self, organisation: str, key_ids: list[str], since: datetime) -> bytes:
        """Sign that these role keys or sealing keys are not to be trusted."""
        statement = revocation.RevocationStatement(
            v=1, organisation=organisation, keys=key_ids, since=clock.to_wire(since)
        )
        return revocation.issue(statement, self.root)

    def _secrets(self) -> dict[str, bytes]:
        return {ROOT: self.root.to_seed(), NEXT_ROOT_HASH: self.next_hash.encode("ascii")}


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".new")
