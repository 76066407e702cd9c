"""Writes the small TOML files of a node; the standard library reads TOML and does not write it."""

import json
from collections.abc import Mapping

Value = str | int | float | bool | list[str]


def document(tables: Mapping[str, Mapping[str, Value]]) -> str:
    """The text of a TOML file: the table named "" first, without a heading, then the others."""
    parts = []
    for name, values in tables.items():
        lines = [f"[{name}]"] if name else []
        lines += [f"{key} = {_literal(value)}" for key, value in values.items()]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _literal(value: Value) -> str:
    """JSON's strings, numbers, booleans and lists of strings are TOML's too, once they are plain ASCII."""
    return json.dumps(value)
