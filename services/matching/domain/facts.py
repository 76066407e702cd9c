"""The digest of what was compared: an excluded match comes back only when it changes."""

import hashlib
import json
from collections.abc import Iterable, Mapping


def digest(
    alert: Mapping[str, object],
    case: Mapping[str, object],
    groups: Iterable[str],
    agreement: Mapping[str, object] | None,
    case_kind: str,
) -> str:
    """SHA-256 in hex over both descriptions, the agreeing groups, how names and birth agree, and the kind.

    Epochs and versions stay out: a new key or an unchanged update is no new fact.
    """
    facts = {
        "alert": alert,
        "case": case,
        "keys": sorted(set(groups)),
        "agreement": agreement,
        "kind": case_kind,
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"myosotis match facts v2|" + text.encode()).hexdigest()
