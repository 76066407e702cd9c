"""From a receiver to the processor of the same process, without a way through the database.

What a receiver stores it may claim in the same breath, for this process. The processor then need not look
for it, claim it, read it and decrypt it again. Nothing depends on it: the rows are in the inbox, and when the
process dies, others take them over like every claim of a process that is gone. Not everything is handed
over; what does not fit is stored unclaimed, for whoever comes to it first.

The effect does not move into the receiver, though it would be faster still: then the relay, who sees when a
message is acknowledged, would see of every one how long comparing took, and so whether it matched (rule 4).
What it still sees of those that come after is in docs/THREAT-MODEL.md.
"""

import heapq
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.post.payload import priority_of
from shared.store.inbox import InboxItem

MOST = 2_000
"""As many as one partner may send at once: what does not fit is read, decrypted and decoded again."""
MOST_BYTES = 16 * 1024 * 1024
"""What lies here is in memory, and how long a message is its sender chose."""


@dataclass(slots=True)
class Handover:
    """The claimed messages between both; safe for threads. `owner` is the name for claims of this process."""

    owner: str
    most: int = MOST
    most_bytes: int = MOST_BYTES
    _items: list[tuple[int, int, InboxItem]] = field(default_factory=list, init=False)
    """A heap: what is urgent first (a recall before its alert), then what is oldest."""
    _bytes: int = field(default=0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _arrived: threading.Event = field(default_factory=threading.Event, init=False)

    def has_room(self, lengths: Sequence[int]) -> bool:
        """Whether messages of so many bytes may be handed over now."""
        with self._lock:
            fits = self._bytes + sum(lengths) <= self.most_bytes
            return fits and len(self._items) + len(lengths) <= self.most

    def put(self, items: Sequence[InboxItem]) -> None:
        """Hand over what is stored and claimed; call it after the commit."""
        with self._lock:
            for item in items:
                heapq.heappush(self._items, (priority_of(item.type), item.id, item))
                self._bytes += len(item.payload)

    def take(self, limit: int, now: datetime) -> list[InboxItem]:
        """The first that were handed over, in the order in which they are claimed; at most so many.

        What lay here until its lease ended is dropped: it is anybody's, and this process, too, finds it in
        the inbox again. To handle this copy as well would undo the batch that it is in (LostClaim).
        """
        taken: list[InboxItem] = []
        with self._lock:
            while self._items and len(taken) < limit:
                item = heapq.heappop(self._items)[2]
                self._bytes -= len(item.payload)
                if item.until > now:
                    taken.append(item)
        return taken

    def take_all(self, now: datetime) -> list[InboxItem]:
        """Everything that is still ours."""
        return self.take(len(self._items), now)

    def wake(self) -> None:
        """Something was stored, handed over or not."""
        self._arrived.set()

    def wait(self, seconds: float) -> None:
        """Until `wake`, or so many seconds."""
        self._arrived.wait(seconds)
        self._arrived.clear()
