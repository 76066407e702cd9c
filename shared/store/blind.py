"""Search for equal values in encrypted fields, inside the own organisation only."""

from __future__ import annotations

import hashlib
import hmac

KEY_BYTES = 32
INDEX_BYTES = 16


class BlindIndex:
    """Turns a normalised value into 16 bytes: equal for equal values, meaningless without the key."""

    def __init__(self, key: bytes) -> None:
        """`key`: 32 bytes from intake's key file. Raises ValueError for another length."""
        if len(key) != KEY_BYTES:
            raise ValueError("the key of a blind index has 32 bytes")
        self._key = key

    def of(self, field: str, value: str) -> bytes:
        """HMAC-SHA-256 over the field's name and the value, first 16 bytes.

        The caller normalises (case, accents, spaces). Raises ValueError for an empty value: every record
        without one would share an index.
        """
        if not value:
            raise ValueError("an empty value has no index; store NULL")
        name = field.encode()
        message = b"myosotis blind index v1" + len(name).to_bytes(2, "big") + name + value.encode()
        return hmac.new(self._key, message, hashlib.sha256).digest()[:INDEX_BYTES]

    def __repr__(self) -> str:
        return "BlindIndex(...)"
