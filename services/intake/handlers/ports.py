"""What the use cases need from outside; all of it is handed in, nothing is made at import."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from shared.partners.card import PseudonymPolicy
from shared.partners.directory import Directory
from shared.partners.view import DirectoryView
from shared.post.sender import Post
from shared.runtime.clock import Clock
from shared.store.engine import Database
from shared.wire.codes import PartnerStatus


class Keys(Protocol):
    """The secrets of intake, 32 bytes each, from its key file."""

    @property
    def pseudonym_master(self) -> bytes:
        """All pseudonym keys are derived from it."""
        ...

    @property
    def case_wrapping(self) -> bytes:
        """Wraps the key of every case."""
        ...

    @property
    def blind_index(self) -> bytes:
        """Keys the blind indexes for search in the own organisation."""
        ...


class Audit(Protocol):
    """The chained log; `details` holds ids and codes only."""

    def append(
        self,
        session: Session,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, str | int] | None = None,
    ) -> object:
        """Add one row within the caller's transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a use case may reach; made once in app.py."""

    organisation: str
    database: Database
    post: Post
    clock: Clock
    keys: Keys
    directory: Directory
    audit: Audit

    def partners(self, session: Session) -> DirectoryView:
        """The directory as this transaction sees it."""
        return self.directory.view(session, self.clock.now())

    def is_verified(self, session: Session, partner: str) -> bool:
        """Whether this organisation may ask and be given anything."""
        return self.partners(session).status(partner) is PartnerStatus.VERIFIED

    def policy(self, session: Session, organisation: str) -> PseudonymPolicy | None:
        """How an organisation lets itself be asked for pseudonyms; None when its card is not known."""
        known = self.partners(session).card(organisation)
        return known.card.policy if known else None

    def partner_ids(self, session: Session) -> list[str]:
        """All organisations in the directory but our own, in order."""
        known = self.partners(session).snapshot.partners
        return sorted(organisation for organisation in known if organisation != self.organisation)
