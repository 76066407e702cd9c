"""A second look at what came a moment too early (PROTOCOL 5.3).

Matching follows its intake's directory by messages. So a partner's alert may be here before the word that the
partner is verified, or has a new key: by the directory of that moment it is refused. Its envelope is kept for
ten minutes, and as soon as it passes every check it is taken as if it had come now.
"""

from dataclasses import dataclass

from shared.bus.port import ENVELOPE_CONTENT_TYPE, Delivery
from shared.post.payload import Checked, Opener
from shared.post.receiver import Receiver
from shared.runtime import log
from shared.store import quarantine

EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Over what `receiver` refused. Several workers may look: the inbox takes a message once."""

    receiver: Receiver
    opener: Opener

    def step(self) -> int:
        """One look; returns how many were taken."""
        with self.receiver.database.read() as session:
            kept = quarantine.waiting(session, self.receiver.lane)
            if not kept:
                return 0
            open_all = self.opener.for_batch(session)
        outcomes = open_all(list(kept.values()))
        good = [row for row, outcome in zip(kept, outcomes, strict=True) if isinstance(outcome, Checked)]
        if good:
            # Stored first, then struck off the list: a kill in between makes a replay, and loses nothing.
            self.receiver.take([Delivery("", kept[row], ENVELOPE_CONTENT_TYPE) for row in good])
            log.get("receiver").info("messages_taken_late", lane=self.receiver.lane, count=len(good))
        with self.receiver.database.begin() as session:
            for row in good:
                quarantine.remove(session, row)
            quarantine.stop_waiting(session, self.receiver.clock.now() - quarantine.WAITS_FOR)
        return len(good)
