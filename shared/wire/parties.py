"""Who speaks: organisations, the two services of a node that hold keys, and plain services."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

ORGANISATION = re.compile(r"[a-z]{2}-[a-z0-9][a-z0-9-]{1,29}")


class Role(StrEnum):
    """A service of a node that holds keys; every key belongs to exactly one role."""

    INTAKE = "intake"
    MATCHING = "matching"


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """One role of one organisation, written `fr-lyon/matching`."""

    organisation: str
    role: Role

    def __post_init__(self) -> None:
        if not ORGANISATION.fullmatch(self.organisation):
            raise ValueError("an organisation id looks like lt-vilnius: country, hyphen, name")

    def __str__(self) -> str:
        return f"{self.organisation}/{self.role}"

    @classmethod
    def parse(cls, text: str) -> "Party":
        """Read `organisation/role`; ValueError when it is not exactly that."""
        return _parsed(text)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Party:
    """Kept, because every message names two of the same few."""
    organisation, _, role = text.partition("/")
    return Party(organisation, Role(role))
