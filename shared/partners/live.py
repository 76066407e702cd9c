"""The envelope's two ports for a worker that opens many messages: they follow the database by themselves.

Both look for changes at most every `max_age` seconds, and at once before they refuse anything. So a new card,
a new key and a revocation count within that time, and a flood of good messages costs no queries.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.crypto.sealing import OpeningKey
from shared.partners.directory import Directory
from shared.partners.rolekeys import Ring, RoleKeys
from shared.partners.view import DirectoryView
from shared.runtime.clock import Clock
from shared.store.engine import Database
from shared.wire.envelope import Signer, SignerStatus
from shared.wire.parties import Party

MAX_AGE = 0.25


@dataclass(slots=True)
class LiveDirectory:
    """Who may be believed, now. Safe to use from several threads."""

    directory: Directory
    database: Database
    clock: Clock
    max_age: float = MAX_AGE
    elapsed: Callable[[], float] = time.monotonic
    _looked: float = field(default=float("-inf"), init=False)
    _view: DirectoryView | None = field(default=None, init=False)

    def signer(self, sender: Party, skid: str) -> Signer | None:
        """The key that `sender` signs with under this id, or None when either is unknown."""
        signer = self._at_hand().signer(sender, skid)
        if signer is not None and signer.status is SignerStatus.TRUSTED:
            return signer
        return self._look().signer(sender, skid)

    def _at_hand(self) -> DirectoryView:
        view = self._view
        if view is None or self.elapsed() - self._looked >= self.max_age:
            return self._look()
        return DirectoryView(view.snapshot, self.clock.now())

    def _look(self) -> DirectoryView:
        with self.database.read() as session:
            view = self.directory.view(session, self.clock.now())
        self._view, self._looked = view, self.elapsed()
        return view


@dataclass(slots=True)
class LiveRing:
    """The opening keys, now: another process may have made or destroyed one."""

    keys: RoleKeys
    database: Database
    max_age: float = MAX_AGE
    elapsed: Callable[[], float] = time.monotonic
    _looked: float = field(default=float("-inf"), init=False)
    _ring: Ring | None = field(default=None, init=False)

    def opening_key(self, kid: bytes) -> OpeningKey | None:
        """The private key of this id, or None when it was never ours or is destroyed."""
        ring = self._ring
        if ring is not None and self.elapsed() - self._looked < self.max_age:
            key = ring.opening_key(kid)
            if key is not None:
                return key
        with self.database.read() as session:
            ring = self.keys.ring(session)
        self._ring, self._looked = ring, self.elapsed()
        return ring.opening_key(kid)
