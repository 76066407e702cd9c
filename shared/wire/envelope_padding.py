"""Five sizes for every message: all that the relay learns of its length (PROTOCOL 5).

plaintext = length of inner, u32 big endian | signature 64 | inner | zeros
"""

from shared.crypto.signing import SIGNATURE_BYTES
from shared.wire.reject import Code, Reject

BUCKETS = (1024, 4096, 16384, 65536, 262144)
"""Sizes of the plaintext in bytes: all that the relay learns of a message's length."""
MAX_INNER_BYTES = BUCKETS[-1] - 4 - SIGNATURE_BYTES

_PREFIX_BYTES = 4 + SIGNATURE_BYTES


class EnvelopeTooLarge(ValueError):
    """The message does not fit into the largest envelope; send fewer items at once."""


def pad(signature: bytes, data: bytes) -> bytes:
    """Length, signature and inner bytes, filled with zeros up to the smallest bucket that holds them."""
    content = len(data).to_bytes(4, "big") + signature + data
    for bucket in BUCKETS:
        if len(content) <= bucket:
            return content.ljust(bucket, b"\0")
    message = (
        f"a message holds at most {MAX_INNER_BYTES} bytes, this one has {len(data)}; send fewer items at once"
    )
    raise EnvelopeTooLarge(message)


def unpad(plaintext: bytes) -> tuple[bytes, bytes]:
    """Step 6 (case 21): signature and inner bytes, or Reject `pad.*` unless this is what `pad` makes."""
    if len(plaintext) not in BUCKETS:
        raise Reject(Code.PAD_BUCKET)
    end = _PREFIX_BYTES + int.from_bytes(plaintext[:4], "big")
    if end > len(plaintext):
        raise Reject(Code.PAD_LENGTH)
    if plaintext.count(0, end) != len(plaintext) - end:
        raise Reject(Code.PAD_TAIL)
    if any(end <= bucket < len(plaintext) for bucket in BUCKETS):
        raise Reject(Code.PAD_NOT_MINIMAL)
    return plaintext[4:_PREFIX_BYTES], plaintext[_PREFIX_BYTES:end]
