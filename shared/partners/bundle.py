"""The card file that two administrators exchange: an organisation card with its newest sealing keys.

Everything in it is signed and public, so it may go by mail; the twelve words are what is compared.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from shared.wire import canonical
from shared.wire.values import Base64, Model, decode_base64, encode_base64

MAX_BYTES = 64 * 1024


class BadCardFile(Exception):
    """This is not a card file; ask the partner to export their card again and to send the file unchanged."""


class _Fields(Model):
    kind: Literal["myosotis card file"]
    v: Annotated[int, Field(ge=1, le=1)]
    card: Base64
    prekeys: Annotated[list[Base64], Field(max_length=4)]


@dataclass(frozen=True, slots=True)
class CardFile:
    """A signed card and signed sets of sealing keys, as they are; nothing is checked yet."""

    card: bytes
    prekeys: tuple[bytes, ...]

    def encode(self) -> bytes:
        """The bytes of the file: canonical JSON and a line end."""
        value: dict[str, Any] = {
            "kind": "myosotis card file",
            "v": 1,
            "card": encode_base64(self.card),
            "prekeys": [encode_base64(data) for data in self.prekeys],
        }
        return canonical.dumps(value) + b"\n"

    @classmethod
    def decode(cls, data: bytes) -> "CardFile":
        """Read a card file. Raises BadCardFile."""
        try:
            fields = _Fields.model_validate(canonical.loads(data.strip(), MAX_BYTES))
        except (canonical.CanonicalError, ValidationError) as error:
            raise BadCardFile(
                "this is not a card file, or it was changed on its way; ask the partner to export it again"
            ) from error
        return cls(decode_base64(fields.card), tuple(decode_base64(text) for text in fields.prekeys))
