"""The ports through which handlers send; the transaction they run in decides whether it happened."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from shared.store.outbox import Priority
from shared.wire.messages import Body
from shared.wire.parties import Party


class Teller(Protocol):
    """Speaks to the other services of this node, within the caller's transaction."""

    def tell(self, session: Session, body: Body, *, priority: int = Priority.NORMAL) -> str:
        """Tell another service of this node; which one follows from the type (local.LOCAL_TO)."""
        ...

    def wake(self, session: Session, key: str) -> int:
        """Let messages that wait for `key` be tried again; returns how many there were."""
        ...


class Post(Teller, Protocol):
    """Speaks to partners too."""

    def send(
        self,
        session: Session,
        to: Party,
        body: Body,
        *,
        priority: int = Priority.NORMAL,
        not_before: datetime | None = None,
        keep: timedelta = ...,
    ) -> str:
        """Seal to a partner and put it into the outbox, where it stays for `keep`; returns the message id.

        Raises what the directory raises for a partner that may be given nothing (not verified, suspended,
        card or sealing keys out of date); then nothing was sent and no number was used.
        """
        ...
