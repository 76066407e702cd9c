"""Alerts of which nothing is known here yet: stored, compared and answered, many with the statements of one.

When a partner shares its backlog, hundreds arrive together. What they do is the same as one after the other;
only their rows are written at once, table by table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.matching.comparing import Comparing
from services.matching.finer import Finer
from services.matching.store import receipts
from services.matching.store.alerts import AlertKey, Alerts
from services.matching.store.content import facts_of, stored
from services.matching.store.partners import Partner
from services.matching.store.receipts import Due
from shared.post.incoming import Incoming
from shared.post.sender import Post
from shared.runtime.clock import from_wire
from shared.store.audit import Audit, Entry
from shared.wire.codes import ReceiptOutcome
from shared.wire.messages import AlertContent


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert that may be kept; `slot` is the beginning of the receipt slot in which it arrived."""

    incoming: Incoming
    partner: Partner
    key: AlertKey
    body: AlertContent
    slot: datetime

    @property
    def due(self) -> Due:
        """What the next receipt says of it, whether or not something was found (rule 4)."""
        return Due(self.key, self.body.version, self.slot, ReceiptOutcome.COMPARED)

    @property
    def entry(self) -> Entry:
        """What the audit log says of it."""
        details: dict[str, str | int] = {"version": self.body.version, "message": self.incoming.id}
        return Entry(self.incoming.sender, "alert.stored", self.body.alert, details)


class NewAlerts:
    """Keeps alerts of which nothing is known yet, no two of them under one reference."""

    def __init__(self, alerts: Alerts, comparing: Comparing, finer: Finer, post: Post, audit: Audit) -> None:
        self._alerts = alerts
        self._comparing = comparing
        self._finer = finer
        self._post = post
        self._audit = audit

    def keep(self, session: Session, arrivals: Sequence[Arrival]) -> None:
        """Store, compare, owe the receipts, write the audit log, and wake what came early."""
        if not arrivals:
            return
        contents = [stored(one.partner.partner, one.body) for one in arrivals]
        ends = [from_wire(one.body.expires) for one in arrivals]
        self._alerts.store_new(session, list(zip(contents, ends, strict=True)))
        for one, alert in zip(arrivals, contents, strict=True):
            facts = facts_of(one.body)
            found = self._comparing.alert_with_cases(session, one.partner, alert, facts)
            if found:
                self._finer.begin(session, alert, facts, found, [])
        receipts.owe_many(session, [one.due for one in arrivals])
        self._audit.append_many(session, [one.entry for one in arrivals])
        for one in arrivals:
            self._post.wake(session, wait_key(one.key))


def wait_key(key: AlertKey) -> str:
    """Under which an early update waits for its alert."""
    return f"alert:{key.partner}:{key.alert}"
