"""The table of API routes: one entry says method, path, models and who may call; code and document use it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel

from services.intake.api.models import Answer, Question
from services.intake.desk.access import Access
from services.intake.handlers.actor import Actor

PREFIX = "/api/v1"
CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call: who, the parts of the path, the query, and the checked body."""

    actor: Actor
    path: dict[str, str]
    query: dict[str, str]
    body: Question | None = None
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `path` in OpenAPI's way: /cases/{case_id}."""

    method: str
    path: str
    name: str
    summary: str
    answer: type[Answer]
    do: Callable[[Call], BaseModel]
    called_by: Access
    body: type[Question] | None = None
    takes_csv: bool = False
    status: int = 200
    query: dict[str, str] = field(default_factory=dict)
    """Names of query parameters, with what each does."""

    @property
    def rule(self) -> str:
        """The path in Flask's way."""
        return PREFIX + self.path.replace("{", "<").replace("}", ">")
