"""What goes between a worker and its opening process. Nothing in it is code: it is read, never unpickled.

order  = kind 0 | terms             from now on open by these
       | kind 1 | time f64 | texts  open these envelopes as of this time (seconds since 1970)
answer = texts, one for each envelope: 0 | signature 64 | inner message,  or  1 | code of the refusal
texts  = ( length u32 | bytes ) repeated; all numbers are big endian
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from shared.crypto.signing import SIGNATURE_BYTES
from shared.post.opening.terms import Terms
from shared.wire.envelope import Opened
from shared.wire.reject import Code

READY = b"ready"
TERMS, ENVELOPES = b"\x00", b"\x01"
_GOOD, _REFUSED = b"\x00", b"\x01"
_LENGTH = struct.Struct(">I")
_TIME = struct.Struct(">d")

Bare = tuple[bytes, bytes]
"""Signature and inner message of an envelope that passed every check."""


def new_terms(terms: Terms) -> bytes:
    """The order to open by these terms."""
    return TERMS + terms.to_bytes()


def envelopes(bodies: Iterable[bytes], now: datetime) -> bytes:
    """The order to open these."""
    return ENVELOPES + _TIME.pack(now.timestamp()) + _texts(bodies)


def read_envelopes(order: bytes) -> tuple[list[bytes], datetime]:
    """What is to be opened, as of when."""
    (seconds,) = _TIME.unpack_from(order, 1)
    return _read(order, 1 + _TIME.size), datetime.fromtimestamp(seconds, UTC)


def answer(outcomes: Iterable[Opened | Code]) -> bytes:
    """What became of each envelope."""
    return _texts(
        _REFUSED + one.value.encode("ascii")
        if isinstance(one, Code)
        else _GOOD + one.raw_signature + one.inner_bytes
        for one in outcomes
    )


def read_answer(data: bytes) -> list[Bare | Code]:
    """What `answer` wrote. Raises ValueError for anything else."""
    return [_outcome(text) for text in _read(data, 0)]


def _outcome(text: bytes) -> Bare | Code:
    if text[:1] == _REFUSED:
        return Code(text[1:].decode("ascii"))
    if text[:1] != _GOOD or len(text) <= 1 + SIGNATURE_BYTES:
        raise ValueError("this is not an answer of the opening process")
    return text[1 : 1 + SIGNATURE_BYTES], text[1 + SIGNATURE_BYTES :]


def _texts(texts: Iterable[bytes]) -> bytes:
    parts: list[bytes] = []
    for text in texts:
        parts += (_LENGTH.pack(len(text)), text)
    return b"".join(parts)


def _read(data: bytes, place: int) -> list[bytes]:
    found: list[bytes] = []
    while place < len(data):
        if place + _LENGTH.size > len(data):
            raise ValueError("this ends within a length")
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        if place + length > len(data):
            raise ValueError("this ends within a text")
        found.append(data[place : place + length])
        place += length
    return found


__all__: Sequence[str] = [
    "ENVELOPES",
    "READY",
    "TERMS",
    "Bare",
    "answer",
    "envelopes",
    "new_terms",
    "read_answer",
    "read_envelopes",
]
