"""The words that a log line or a metric may carry. Everything else is withheld.

A word is a constant of the program: a member of an Enum, or one that a module declared when it was loaded.
A value that came from outside, such as a name, is neither, whatever it looks like.
"""

from __future__ import annotations

import enum
import re

WITHHELD = "[withheld]"
_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,63}", re.ASCII)
_declared: set[str] = set()


def declare(*words: str) -> None:
    """Allow these constants in logs and metrics. Call it where the constants are defined, with literals."""
    for word in words:
        if _WORD.fullmatch(word) is None:
            raise ValueError("a word is 1 to 64 lower-case letters, digits, dots, dashes and underscores")
        _declared.add(word)


def safe_word(value: object) -> str:
    """`value` when it is a constant of the program, otherwise '[withheld]'."""
    if isinstance(value, enum.Enum):
        value = value.value
        return value if isinstance(value, str) and _WORD.fullmatch(value) else WITHHELD
    if isinstance(value, str) and value in _declared:
        return value
    return WITHHELD


declare("intake", "matching", "notify", "admin", "demo", "bench", "test")
declare("relay", "local", "envelopes", "events", "dead", "inbox", "outbox", "web", "worker", "health")
declare("database", "broker", "clock", "keys", "disk", "migrate", "processor", "receiver", "purge")
declare("confirmed", "returned", "nacked", "unknown", "ack", "again", "replay", "waiting", "sent", "parked")
declare(
    "done", "early", "urgent", "normal", "bulk", "ok", "failed", "refused", "schema", "get", "post", "head"
)
# The message types of DESIGN section 6.
declare("card.updated", "key.revoked", "pseudonym.request", "pseudonym.response")
declare("alert.published", "alert.updated", "alert.withdrawn", "match.notice")
declare("contact.request", "contact.reply", "disclosure", "receipt", "tombstone", "match.proposed")
# The types on the local broker (shared/wire/local.py).
declare("partner.changed", "case.pseudonyms", "case.closed", "epoch.closed")
declare("candidate.found", "candidate.compared", "match.retracted", "match.decided")
declare("duty.waiting", "duty.settled", "duty.state")
