"""Identifiers that say nothing about whom they name, and the short form that people read to each other."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

_PREFIX = re.compile(r"[a-z]{2,16}", re.ASCII)
# 128 bits in 26 characters leave two unused bits, so only eight letters can come last.
_ID = re.compile(r"[a-z]{2,16}_[a-z2-7]{25}[aeimquy4]", re.ASCII)
# Crockford's alphabet: no I, L, O or U, which are misread or misheard on the phone.
_SPOKEN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHORT = re.compile(f"[{_SPOKEN}]{{4}}", re.ASCII)


def new_id(prefix: str) -> str:
    """A new identifier: `prefix`, an underscore and 26 characters of lower-case base32 (128 random bits)."""
    if _PREFIX.fullmatch(prefix) is None:
        raise ValueError("the prefix of an id is 2 to 16 lower-case letters")
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(16)).decode().lower().rstrip('=')}"


def is_id(value: object, prefix: str | None = None) -> bool:
    """Whether `value` has the form of `new_id` (and, if given, this prefix)."""
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        return False
    return prefix is None or value.startswith(f"{prefix}_")


def short(ref: str) -> str:
    """Four characters such as '4F2A' for a screen or a notice: 20 bits of SHA-256 of `ref`.

    Not unique: a screen that lists several cases shows more than this.
    """
    bits = int.from_bytes(hashlib.sha256(b"myosotis short reference v1|" + ref.encode()).digest()[:4], "big")
    return "".join(_SPOKEN[(bits >> shift) & 31] for shift in (27, 22, 17, 12))


def is_short(value: object) -> bool:
    """Whether `value` has the form of `short`."""
    return isinstance(value, str) and _SHORT.fullmatch(value) is not None
