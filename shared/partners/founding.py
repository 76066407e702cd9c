"""How a node begins: what set-up writes for its two services with keys, and what each does at first start.

Set-up has no database yet. So it makes the first sealing key of each role, puts the private half into that
role's key file and the public halves, signed, into the own card file, which both services are given.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from shared.crypto import keyfile, sealing, signing
from shared.partners import prekeys, rolekeys
from shared.partners.bundle import CardFile
from shared.partners.directory import Directory
from shared.partners.rolekeys import RoleKeys
from shared.wire.parties import Party

FIRST_OPENING_SECRET = "first-opening-key"  # noqa: S105 - the name of a secret, not a secret
MADE_SECRET = "first-opening-key-made"  # noqa: S105


class CannotBegin(Exception):
    """The own card does not fit the keys of this node; run the set-up again, or restore a backup."""


@dataclass(frozen=True, slots=True)
class FoundingKeys:
    """What a role begins with: the secrets of its key file and its signed first sealing key."""

    secrets: dict[str, bytes] = field(repr=False)
    verify_key: signing.VerifyKey
    prekey_set: bytes


def make(party: Party, now: datetime) -> FoundingKeys:
    """Fresh keys for one role; `now` is when its first sealing key begins to count its week."""
    made = now.replace(microsecond=0)
    secrets = rolekeys.new_secrets()
    signer = signing.SigningKey.from_seed(secrets[rolekeys.SIGNING_SECRET])
    opening = sealing.OpeningKey.generate()
    first = prekeys.Prekey(opening.public, made, made + prekeys.SEAL_FOR)
    secrets[FIRST_OPENING_SECRET] = opening.to_bytes()
    secrets[MADE_SECRET] = str(int(made.timestamp())).encode("ascii")
    return FoundingKeys(
        secrets, signer.verify_key, prekeys.issue(party, int(made.timestamp()), [first], signer)
    )


def begin(
    session: Session,
    directory: Directory,
    keys: RoleKeys,
    bundle: keyfile.KeyBundle,
    card_file: CardFile,
    now: datetime,
) -> bool:
    """Take in the own card and the first sealing key; safe to repeat. True if anything was new.

    Raises CannotBegin.
    """
    changed = _adopt_first_key(session, keys, bundle, now)
    card = directory.add_card(session, card_file.card, now, own=True)
    if card.refused is not None and not card.refused.value.endswith("lower-sequence"):
        raise CannotBegin(f"the own card was refused: {card.refused.sentence}")
    for data in card_file.prekeys:
        taken = directory.add_prekeys(session, data, now, organisation=keys.party.organisation)
        if taken.refused is not None and not taken.refused.value.endswith("lower-sequence"):
            raise CannotBegin(f"the own sealing keys were refused: {taken.refused.sentence}")
        changed = changed or taken.changed
    return changed or card.changed


def forget_first_key(key_file: Path, passphrase: bytes) -> None:
    """Destroy the first sealing key in the key file, once the database has it; safe to repeat.

    Until then it would outlive its 67 days. Raises KeyFileError, for instance where the file is read-only.
    """
    if FIRST_OPENING_SECRET in keyfile.load(key_file, passphrase):
        keyfile.update(key_file, passphrase, {FIRST_OPENING_SECRET: None, MADE_SECRET: None})


def _adopt_first_key(session: Session, keys: RoleKeys, bundle: keyfile.KeyBundle, now: datetime) -> bool:
    private, made = bundle.get(FIRST_OPENING_SECRET), bundle.get(MADE_SECRET)
    if private is None or made is None:
        return False
    moment = datetime.fromtimestamp(int(made), tz=now.tzinfo)
    return keys.adopt(session, sealing.OpeningKey.from_bytes(private), moment)
