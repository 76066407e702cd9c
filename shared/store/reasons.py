"""The reasons that a row may show to a person: codes, never text that could hold somebody's data."""

from __future__ import annotations

import re

_REASON = re.compile(r"[a-z][a-z0-9_.-]{0,63}", re.ASCII)


class BadReason(ValueError):
    """The reason of a failed or parked message must be a short code, not a sentence."""


def reason_code(reason: str) -> str:
    """`reason` when it is a code. Raises BadReason; the message does not repeat what was given."""
    if _REASON.fullmatch(reason) is None:
        raise BadReason("a reason is a code of 1 to 64 lower-case letters, digits, dots and dashes")
    return str(reason)
