"""Under which weights something was scored."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache

from services.matching import weights
from services.matching.weights import Row


@cache
def weights_version() -> str:
    """Eight hexadecimal digits of a digest of all weights and strengths: nobody can forget to count it up."""
    everything = [
        weights.START,
        _plain(weights.BESIDE_NAMES),
        _plain(weights.ALONE),
        weights.STRENGTHS,
        weights.STRENGTHS_ALONE,
        weights.FLOOR_NAMES,
        weights.FLOOR_DESCRIPTION,
    ]
    text = json.dumps(everything, sort_keys=True)
    return hashlib.sha256(b"myosotis weights v1|" + text.encode()).hexdigest()[:8]


def _plain(rows: Mapping[str, Row]) -> dict[str, list[object]]:
    return {code: [dict(row.outcomes), dict(row.per_bit), row.most] for code, row in rows.items()}
