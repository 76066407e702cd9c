"""Where an encrypted value belongs, as the associated data that is bound to it."""

from __future__ import annotations

_LABEL = b"myosotis field v1"


def field_context(table: str, column: str, row_id: str) -> bytes:
    """Label, table, column and row id, each with its length before it, so that no two places look alike."""
    parts = [_LABEL, table.encode(), column.encode(), row_id.encode()]
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
