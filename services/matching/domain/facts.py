"""The digest of what was compared: an excluded match comes back only when it changes."""

import hashlib
import json
from collections.abc import Iterable, Mapping


def digest(
    alert: Mapping[str, object],
    case: Mapping[str, object],
    agreeing: Iterable[tuple[str, str]],
    case_kind: str,
) -> str:
    """SHA-256 in hex over both descriptions, the agreeing groups with their rarity, and the case's kind.

    Epochs and versions stay out: a new key or an unchanged update is no new fact.
    """
    facts = {"alert": alert, "case": case, "keys": sorted(agreeing), "kind": case_kind}
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"myosotis match facts v1|" + text.encode()).hexdigest()
