"""What the makers of the crypto vectors share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Vector = dict[str, Any]
FOLDER = Path(__file__).resolve().parents[2] / "vectors"
LABEL = b"myosotis test v1"
MESSAGE = b"Forget me not."


def published(name: str) -> Any:
    """An entry of the vectors that others published."""
    return json.loads((FOLDER / "published_crypto.json").read_text())[name]


def counting(length: int, start: int = 0) -> bytes:
    return bytes((start + index) % 256 for index in range(length))


def vector(
    operation: str, description: str, inputs: Vector, *, case: int | None = None, **result: Any
) -> Vector:
    """One vector; `result` is either expected={...} or error="NameOfTheError"."""
    numbered = {} if case is None else {"case": case}
    return numbered | {"operation": operation, "description": description, "inputs": inputs} | result


def hexes(values: list[bytes]) -> list[str]:
    return [value.hex() for value in values]
