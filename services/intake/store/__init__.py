"""Intake's own tables, one file a topic. What names a person is ciphertext under the key of its case."""

from services.intake.store import (
    alerts,
    cases,
    desk,
    drafts,
    handovers,
    imports,
    links,
    matches,
    papers,
    permissions,
    pseudonyms,
    second_steps,
    users,
)
from services.intake.store.base import IntakeBase

__all__ = [
    "IntakeBase",
    "alerts",
    "cases",
    "desk",
    "drafts",
    "handovers",
    "imports",
    "links",
    "matches",
    "papers",
    "permissions",
    "pseudonyms",
    "second_steps",
    "users",
]
