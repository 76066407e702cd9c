"""Field types that message bodies share. All are strict: what is not exactly right is refused.

There are no floats on the wire and no free text: every string here is an identifier, a code,
a time or base64. That is what keeps a name from leaving by accident (DESIGN, rule 1).
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue

from shared.runtime import clock
from shared.wire.parties import ORGANISATION


def decode_base64(text: str) -> bytes:
    """Decode standard padded base64; refuse any text that is not the one encoding of its bytes."""
    try:
        data = binascii.a2b_base64(text)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
    # The decoder skips what is not of the alphabet and drops stray bits; what it read writes something else.
    if binascii.b2a_base64(data, newline=False).decode() != text:
        raise ValueError("not the one base64 of its bytes")
    return data


def encode_base64(data: bytes) -> str:
    """The one standard padded base64 encoding of these bytes."""
    return base64.b64encode(data).decode()


def _is_base64(text: str) -> str:
    decode_base64(text)
    return text


@dataclass(frozen=True, slots=True)
class Shape:
    """The pattern (ECMA 262) of a text whose validator is a function; only the published schema uses it."""

    pattern: str

    def __get_pydantic_json_schema__(
        self, core_schema: Any, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(core_schema) | {"pattern": self.pattern}


def base64_shape(length: int | None = None) -> Shape:
    """Base64 of so many bytes, or of any number; what stands before `=` leaves no stray bits."""
    two_more, one_more = "[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=", "[A-Za-z0-9+/][AQgw]=="
    if length is None:
        return Shape(f"^([A-Za-z0-9+/]{{4}})*({two_more}|{one_more})?$")
    return Shape(f"^([A-Za-z0-9+/]{{4}}){{{length // 3}}}{('', one_more, two_more)[length % 3]}$")


def of_length(length: int) -> AfterValidator:
    """Base64 of exactly so many bytes."""

    def check(text: str) -> str:
        if len(decode_base64(text)) != length:
            raise ValueError(f"must be {length} bytes")
        return text

    return AfterValidator(check)


ACCEPTED_BEFORE: Final = object()
"""Validation context for a text that passed every check before: costly proofs need no repetition."""


def accepted_before(info: ValidationInfo) -> bool:
    """Whether this validation only makes the values again."""
    return info.context is ACCEPTED_BEFORE


def _is_time(text: str, info: ValidationInfo) -> str:
    if not accepted_before(info):
        clock.from_wire(text)
    return text


class Model(BaseModel):
    """A body or a part of one: strict types, no unknown field, frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    def to_wire(self) -> dict[str, Any]:
        """Plain JSON values, ready for canonical JSON. Unset optional values are left out."""
        return self.model_dump(mode="json", exclude_none=True)


Reference = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,10}_[a-z2-7]{26}$")]
"""An opaque id, `prefix_` and 128 random bits; says nothing about what it names."""

Organisation = Annotated[str, StringConstraints(pattern=f"^{ORGANISATION.pattern}$")]
Time = Annotated[
    str,
    AfterValidator(_is_time),
    Shape("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"),
]
"""UTC to the second, `2026-11-21T21:40:00Z`."""

Base64 = Annotated[str, StringConstraints(max_length=300_000), AfterValidator(_is_base64), base64_shape()]
Bytes16 = Annotated[str, of_length(16), base64_shape(16)]
Bytes32 = Annotated[str, of_length(32), base64_shape(32)]
Bytes64 = Annotated[str, of_length(64), base64_shape(64)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
Epoch = Annotated[int, Field(ge=1, le=100_000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.+-]{0,39}$")]
"""A short code from a published list, never free text."""
