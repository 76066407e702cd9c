"""What a handler is given, and the two things it may say besides "done"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shared.wire.messages import Body


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message that passed every check and was stored in the inbox.

    `sender` is a party such as `fr-lyon/matching`, or the name of a plain local service.
    `seq` is the sender's number towards us; None for plain local events.
    `evidence` is the signed envelope content, for what must be provable later.
    `received` is when the inbox stored it; None only where nothing went through an inbox.
    """

    type: str
    sender: str
    id: str
    created: datetime
    seq: int | None
    body: Body
    evidence: bytes = b""
    received: datetime | None = None

    @property
    def organisation(self) -> str:
        """The sender's organisation id; a plain local service has none and gives its own name."""
        return self.sender.partition("/")[0]


class Wait(Exception):
    """This message came before the one it builds on; it waits until that one wakes `key`."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Refuse(Exception):
    """This message is well-formed but not allowed; `code` says why and is shown to the administrator."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Handler = Callable[[Session, Incoming], None]
"""Runs inside the transaction that also marks the message done: effect, mark and answers are one."""

BatchHandler = Callable[[Session, Sequence[Incoming]], None]
"""The same for several messages of one type, in their order; must do what the handler does one by one."""

Fields = dict[str, Any]
