"""The auditor reads what was done in words: every deed that is written down has one."""

import ast
from collections.abc import Iterator
from pathlib import Path

from services.intake.desk.words import LABELS

INTAKE = Path(__file__).parents[3] / "services" / "intake"


def deeds() -> Iterator[str]:
    """The actions that the code gives to the audit log as they stand there."""
    for path in INTAKE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "append" and len(node.args) >= 3:
                action = node.args[2]
                if isinstance(action, ast.Constant) and isinstance(action.value, str):
                    yield action.value


def test_every_deed_has_a_word() -> None:
    found = set(deeds())
    assert len(found) > 60
    assert found - set(LABELS["deed"]) == set()
