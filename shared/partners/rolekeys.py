"""The keys of one role: one that signs, and sealing keys that change weekly (PROTOCOL 4.3).

The private halves of sealing keys are rows of the service's database, each encrypted under a key from the key
file and bound to its row. So a thief of the database has nothing; rotation, publication and destruction are
transactions; and every process of the service sees a new key at once. A backup keeps what it copied: keep
backups no longer than 67 days, or forward secrecy is as long as they live.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared.crypto import keyfile, rest, sealing, signing
from shared.partners import prekeys
from shared.partners.tables import OpeningKeyRow
from shared.store.engine import lock
from shared.wire.parties import Party

SIGNING_SECRET = "role-signing"  # noqa: S105 - the name of a secret, not a secret
OPENING_SECRET = "opening-keys"  # noqa: S105


def new_secrets() -> dict[str, bytes]:
    """The two secrets that a role's key file needs, fresh."""
    return {SIGNING_SECRET: signing.SigningKey.generate().to_seed(), OPENING_SECRET: rest.new_key()}


@dataclass(frozen=True, slots=True)
class Ring:
    """The opening keys at one moment; the envelope's key ring port."""

    keys: dict[bytes, sealing.OpeningKey] = field(repr=False)

    def opening_key(self, kid: bytes) -> sealing.OpeningKey | None:
        """The private key of this id, or None when it was never ours or is destroyed (case 20)."""
        return self.keys.get(kid)


class RoleKeys:
    """The keys of one role. One instance per process."""

    def __init__(self, party: Party, signing_key: signing.SigningKey, opening_secret: bytes) -> None:
        self.party = party
        self.signing_key = signing_key
        self.skid = signing.key_id(signing_key.verify_key)
        self._cipher = rest.RestCipher(opening_secret)
        self._ring = Ring({})

    @classmethod
    def from_bundle(cls, party: Party, bundle: keyfile.KeyBundle) -> RoleKeys:
        """Take the secrets of the service's key file. Raises MissingKey."""
        return cls(party, signing.SigningKey.from_seed(bundle[SIGNING_SECRET]), bundle[OPENING_SECRET])

    def adopt(self, session: Session, key: sealing.OpeningKey, made: datetime) -> bool:
        """Store the first sealing key, which set-up made; nothing happens when there is one already."""
        lock(session, f"opening keys {self.party}")
        if self._newest(session) is not None:
            return False
        self._store(session, key, int(made.timestamp()), made)
        return True

    def rotate(self, session: Session, now: datetime, *, force: bool = False) -> bool:
        """Make a new sealing key when the newest is a week old; True when the new set has to be sent out.

        `force` makes one at once, for instance after a restored backup or a suspected theft.
        """
        lock(session, f"opening keys {self.party}")
        newest = self._newest(session)
        if newest is not None and not force and now - newest.made < prekeys.ROTATE_EVERY:
            return False
        key = sealing.OpeningKey.generate()
        now = now.replace(microsecond=0)
        # The time, so that the number grows even after a restored backup.
        self._store(session, key, max(newest.seq + 1 if newest else 1, int(now.timestamp())), now)
        return True

    def prekey_set(self, session: Session) -> bytes:
        """The signed set with the newest sealing key: the same bytes until the next rotation.

        Raises ValueError before the first `rotate`.
        """
        newest = self._newest(session)
        if newest is None:
            raise ValueError("this role has no sealing key yet; call rotate first")
        public = self._open(newest).public
        prekey = prekeys.Prekey(public, newest.made, newest.made + prekeys.SEAL_FOR)
        return prekeys.issue(self.party, newest.seq, [prekey], self.signing_key)

    def prune(self, session: Session, now: datetime) -> int:
        """Destroy the private halves that are 67 days old; returns how many. The newest always stays.

        Not to be called while the clock is in doubt (case 27): what is destroyed cannot be had again.
        """
        lock(session, f"opening keys {self.party}")
        newest = self._newest(session)
        if newest is None:
            return 0
        chosen = select(OpeningKeyRow).where(OpeningKeyRow.party == str(self.party))
        rows = session.scalars(chosen.order_by(OpeningKeyRow.seq)).all()
        # A node that was off for months first has to read what came meanwhile, so a key also outlives the
        # making of its successor by the days of grace. The newest has none and stays.
        old = [
            row.kid
            for row, successor in itertools.pairwise(rows)
            if row.destroy <= now and successor.made + prekeys.GRACE <= now
        ]
        session.execute(
            delete(OpeningKeyRow).where(OpeningKeyRow.party == str(self.party), OpeningKeyRow.kid.in_(old))
        )
        return len(old)

    def ring(self, session: Session) -> Ring:
        """The opening keys that this transaction sees; only new ones are decrypted.

        Raises CannotDecrypt when a row was changed or belongs to another key file.
        """
        known = self._ring.keys
        kids = session.scalars(select(OpeningKeyRow.kid).where(OpeningKeyRow.party == str(self.party)))
        wanted = {bytes.fromhex(kid) for kid in kids}
        if wanted == known.keys():
            return self._ring
        keys = {kid: known.get(kid) or self._fetch(session, kid) for kid in wanted}
        self._ring = Ring(keys)
        return self._ring

    def _store(self, session: Session, key: sealing.OpeningKey, seq: int, made: datetime) -> None:
        kid = key.public.kid.hex()
        session.add(
            OpeningKeyRow(
                party=str(self.party),
                kid=kid,
                seq=seq,
                made=made,
                destroy=made + prekeys.DESTROY_AFTER,
                private=self._cipher.encrypt(key.to_bytes(), self._context(kid)),
            )
        )
        session.flush()

    def _fetch(self, session: Session, kid: bytes) -> sealing.OpeningKey:
        return self._open(session.get_one(OpeningKeyRow, (str(self.party), kid.hex())))

    def _open(self, row: OpeningKeyRow) -> sealing.OpeningKey:
        return sealing.OpeningKey.from_bytes(self._cipher.decrypt(row.private, self._context(row.kid)))

    def _newest(self, session: Session) -> OpeningKeyRow | None:
        chosen = select(OpeningKeyRow).where(OpeningKeyRow.party == str(self.party))
        return session.scalar(chosen.order_by(OpeningKeyRow.seq.desc()).limit(1))

    def _context(self, kid: str) -> bytes:
        return f"opening_key|{self.party}|{kid}".encode("ascii")

    def __repr__(self) -> str:
        return f"RoleKeys({self.party})"
