"""The role keys in a service's key file: the one in use, the next one, and those that still may be believed.

| name in the key file | content |
| --- | --- |
| role-signing | seed of the key in use |
| role-signing-next | seed of the key that takes over, announced and not yet in use |
| role-signing-next-made | when it was made, seconds since 1970 |
| retired-role-key:<key id> | 8 bytes: seconds since 1970 until which the card names it; 32: public key |
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from admin.errors import AdminError
from admin.node import Node
from admin.ownership import give_to_owner
from shared.crypto import keyfile, signing
from shared.crypto.keyfile import KeyBundle
from shared.crypto.signing import SigningKey, VerifyKey
from shared.partners.rolekeys import SIGNING_SECRET
from shared.wire.parties import Role

NEXT = "role-signing-next"
NEXT_MADE = "role-signing-next-made"
RETIRED = "retired-role-key:"
BELIEVED_FOR = timedelta(days=60)
"""As long as a message under way may live."""
ANNOUNCED_FOR = timedelta(hours=1)
"""A new key is used only when partners have had time to learn of it."""


@dataclass(frozen=True, slots=True)
class RoleKeyFile:
    """The key file of one role, opened."""

    node: Node
    role: Role
    bundle: KeyBundle

    @classmethod
    def open(cls, node: Node, role: Role) -> "RoleKeyFile":
        """Raises KeyFileError or SettingsError."""
        settings = node.settings(role.value)
        if settings.key_file is None:
            raise AdminError(f"The settings of {role} name no key file.")
        return cls(node, role, keyfile.load(settings.key_file, settings.passphrase()))

    @property
    def current(self) -> VerifyKey:
        """The key in use."""
        return SigningKey.from_seed(self.bundle[SIGNING_SECRET]).verify_key

    @property
    def next_since(self) -> datetime | None:
        """When the next key was announced, or None when none is."""
        made = self.bundle.get(NEXT_MADE)
        return None if made is None else datetime.fromtimestamp(int(made), UTC)

    def every_key(self) -> list[VerifyKey]:
        """All that ever signed for this role; for old signatures in the audit log."""
        return [self.current, *(key for key, _ in self._retired())]

    def for_card(self, now: datetime) -> list[VerifyKey]:
        """The keys that a card issued now names."""
        keys = [self.current]
        if (seed := self.bundle.get(NEXT)) is not None:
            keys.append(SigningKey.from_seed(seed).verify_key)
        return keys + [key for key, until in self._retired() if now < until]

    def announce_next(self, now: datetime) -> "RoleKeyFile":
        """Make the next key; it is not used yet."""
        seed = SigningKey.generate().to_seed()
        return self._update({NEXT: seed, NEXT_MADE: str(int(now.timestamp())).encode()})

    def use_next(self, now: datetime) -> "RoleKeyFile":
        """The announced key takes over; the old one may be believed for 60 days. Raises AdminError."""
        seed = self.bundle.get(NEXT)
        if seed is None:
            raise AdminError("No new key was announced yet: run the command once before.")
        changes = {SIGNING_SECRET: seed, NEXT: None, NEXT_MADE: None}
        return self._update({**changes, **self._retire(now + BELIEVED_FOR)})

    def replace_stolen(self) -> "RoleKeyFile":
        """A fresh key at once; the old one is named by no card any more."""
        seed = SigningKey.generate().to_seed()
        changes = {SIGNING_SECRET: seed, NEXT: None, NEXT_MADE: None}
        return self._update({**changes, **self._retire(datetime.fromtimestamp(0, UTC))})

    def _retire(self, until: datetime) -> dict[str, bytes]:
        seconds = int(until.timestamp()).to_bytes(8, "big")
        return {RETIRED + signing.key_id(self.current): seconds + bytes(self.current)}

    def _retired(self) -> list[tuple[VerifyKey, datetime]]:
        values = [self.bundle[name] for name in sorted(self.bundle) if name.startswith(RETIRED)]
        return [
            (VerifyKey(value[8:]), datetime.fromtimestamp(int.from_bytes(value[:8], "big"), UTC))
            for value in values
        ]

    def _update(self, changes: dict[str, bytes | None]) -> "RoleKeyFile":
        settings = self.node.settings(self.role.value)
        if settings.key_file is None:
            raise AdminError(f"The settings of {self.role} name no key file.")
        bundle = keyfile.update(settings.key_file, settings.passphrase(), changes)
        give_to_owner(settings.key_file)
        return RoleKeyFile(self.node, self.role, bundle)
