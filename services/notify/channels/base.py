"""What a channel is. A channel sees a Notice and one person of the rota, and nothing else."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from services.notify.domain.notice import Notice
from services.notify.domain.rota import DutyPerson
from shared.post.sender import Teller
from shared.runtime.clock import Clock
from shared.runtime.settings import SmtpSettings
from shared.wire.local import DutyState


class TransportError(Exception):
    """The notice did not go out. The message is a code of domain.reasons, never a server's own words."""

    def __init__(self, message: str, permanent: bool = False) -> None:
        """`permanent`: trying again would fail again, so a person has to look."""
        super().__init__(message)
        self.reason = message
        self.permanent = permanent


class OutcomeUnknown(TransportError):
    """The line broke when the notice may already have been taken; it is sent once more, and only once."""


class ChannelNotUsable(Exception):
    """A channel cannot start as it is set; the message says which setting or file to correct."""


class PersonChannel(ABC):
    """A way out of the house to one person. It may be slow and it may fail."""

    name: ClassVar[str]
    """The folder's name."""

    @abstractmethod
    def reaches(self, person: DutyPerson) -> bool:
        """Whether this channel has what it needs to reach this person."""

    @abstractmethod
    def send(self, notice: Notice, person: DutyPerson, delivery_id: str) -> None:
        """Hand over one notice: returns None when it was taken, raises TransportError when it was not.

        `delivery_id` is the same at every attempt, so that the far side can drop a repetition.
        """


class DeskChannel(ABC):
    """The desk of the own house, told within the transaction of the cause."""

    name: ClassVar[str]
    """The folder's name."""

    @abstractmethod
    def tell(self, session: Session, state: DutyState) -> None:
        """Let the desk know how far telling people has come."""


@dataclass(frozen=True)
class ChannelContext:
    """What a channel may be built from."""

    post: Teller
    clock: Clock
    smtp: SmtpSettings | None = None
