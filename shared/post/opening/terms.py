"""What opening needs to know, without a database: the keys and the partners of one moment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.crypto.sealing import OpeningKey
from shared.crypto.signing import VerifyKey
from shared.wire import envelope
from shared.wire.envelope import Opened, Signer, SignerStatus
from shared.wire.parties import Party
from shared.wire.reject import Code


def _never(sender: Party, message_id: str) -> bool:
    """The inbox's unique key finds replays, in the transaction that stores the message."""
    del sender, message_id
    return False


@dataclass(frozen=True, slots=True)
class Terms:
    """Who opens, with which keys, and whom it believes; both ports of the envelope."""

    me: Party
    keys: Mapping[bytes, OpeningKey] = field(repr=False)
    signers: Mapping[tuple[Party, str], Signer]

    def opening_key(self, kid: bytes) -> OpeningKey | None:
        """See `envelope.KeyRing`."""
        return self.keys.get(kid)

    def signer(self, sender: Party, skid: str) -> Signer | None:
        """See `envelope.SenderDirectory`."""
        return self.signers.get((sender, skid))

    def open(self, many: Sequence[bytes], now: datetime) -> list[Opened | Code]:
        """The message of each envelope, every check but that for replays done; or why it is refused."""
        return envelope.open_envelopes(many, keyring=self, directory=self, me=self.me, now=now, seen=_never)

    def to_bytes(self) -> bytes:
        """For the process beside this one and nobody else: the private keys are in it."""
        return json.dumps(
            {
                "me": str(self.me),
                "keys": [key.to_bytes().hex() for key in self.keys.values()],
                "signers": [
                    [str(party), skid, bytes(one.verify_key).hex(), sorted(one.allowed_types), one.status]
                    for (party, skid), one in self.signers.items()
                ],
            }
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Terms":
        """What `to_bytes` wrote."""
        values = json.loads(data)
        keys = [OpeningKey.from_bytes(bytes.fromhex(each)) for each in values["keys"]]
        signers = {
            (Party.parse(party), skid): Signer(
                VerifyKey(bytes.fromhex(key)), frozenset(types), SignerStatus(status)
            )
            for party, skid, key, types, status in values["signers"]
        }
        return cls(Party.parse(values["me"]), {key.public.kid: key for key in keys}, signers)
