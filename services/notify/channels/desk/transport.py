"""Tells intake by `duty.state`, in the transaction of the cause, so that the two never disagree."""

from typing import ClassVar

from sqlalchemy.orm import Session

from services.notify.channels.base import ChannelContext, DeskChannel
from shared.post.sender import Teller
from shared.wire.local import DutyState


class Desk(DeskChannel):
    """The desk of the own house."""

    name: ClassVar[str] = "desk"

    def __init__(self, post: Teller) -> None:
        self._post = post

    def tell(self, session: Session, state: DutyState) -> None:
        """Put the state into the outbox towards intake."""
        self._post.tell(session, state)


def build(context: ChannelContext) -> Desk:
    """The desk needs no setting."""
    return Desk(context.post)
