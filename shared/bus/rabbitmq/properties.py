"""Read the two properties of a received message that matter, and step over everything else.

pika decodes the whole header table of every message, and the table is the sender's: a NaN, a date in the year
600,000 or tables nested 10,000 deep raise inside its reader and take the connection down, again at every
redelivery, for ever. So a member of a circle could silence another with one message (case 73). Nothing here
can raise, and no header is ever looked at.
"""

import struct
from typing import Any

_CONTENT_TYPE = 1 << 15
_CONTENT_ENCODING = 1 << 14
_HEADERS = 1 << 13
_DELIVERY_MODE = 1 << 12
_PRIORITY = 1 << 11
_CORRELATION_ID = 1 << 10
_REPLY_TO = 1 << 9
_EXPIRATION = 1 << 8
_MESSAGE_ID = 1 << 7


class ReceivedProperties:
    """Content type and message id of a received message; empty strings when absent or unreadable."""

    def __init__(self) -> None:
        self.content_type = ""
        self.message_id = ""

    def decode(self, encoded: bytes, offset: int = 0) -> "ReceivedProperties":
        """Read a property list in the order of AMQP 0-9-1, 4.2.6.1; pika calls this for each header frame."""
        try:
            self._read(encoded, offset)
        except (struct.error, IndexError):
            self.content_type = self.message_id = ""
        return self

    def _read(self, encoded: bytes, offset: int) -> None:
        (flags,) = struct.unpack_from(">H", encoded, offset)
        offset += 2
        continued = flags
        while continued & 1:
            (continued,) = struct.unpack_from(">H", encoded, offset)
            offset += 2
        if flags & _CONTENT_TYPE:
            self.content_type, offset = _short_string(encoded, offset)
        if flags & _CONTENT_ENCODING:
            _, offset = _short_string(encoded, offset)
        if flags & _HEADERS:
            (length,) = struct.unpack_from(">I", encoded, offset)
            offset += 4 + length
        offset += bool(flags & _DELIVERY_MODE) + bool(flags & _PRIORITY)
        for before in (_CORRELATION_ID, _REPLY_TO, _EXPIRATION):
            if flags & before:
                _, offset = _short_string(encoded, offset)
        if flags & _MESSAGE_ID:
            self.message_id, offset = _short_string(encoded, offset)


def install(registry: dict[int, Any]) -> None:
    """Put this reader into pika's table of property classes (`pika.spec.props`): class 60 is `basic`."""
    registry[60] = ReceivedProperties


def _short_string(encoded: bytes, offset: int) -> tuple[str, int]:
    end = offset + 1 + encoded[offset]
    return encoded[offset + 1 : end].decode("ascii", errors="replace"), end
