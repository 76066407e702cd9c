"""Speaks to one desk as its JSON API is meant to be spoken to: over HTTP, with an access token."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_SECONDS = 30.0


class DeskAnswer(Exception):
    """A desk answered with an error."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status


class DeskAway(Exception):
    """A desk does not answer at all."""


@dataclass(frozen=True, slots=True)
class DeskClient:
    """One organisation's desk, as one of its caseworkers."""

    organisation: str
    address: str
    token: str = field(repr=False)

    def get(self, path: str) -> Any:
        """The JSON at this path below /api/v1. Raises DeskAnswer or DeskAway."""
        return self._ask("GET", f"/api/v1{path}", None)

    def post(self, path: str, value: Any = None) -> Any:
        """Send JSON and return the answer. Raises DeskAnswer or DeskAway."""
        return self._ask("POST", f"/api/v1{path}", value)

    def answers(self) -> bool:
        """Whether the sign-in page is there, as a browser would ask for it."""
        try:
            with urllib.request.urlopen(  # noqa: S310  # nosec B310: http addresses of our own desks
                f"{self.address}/sign-in", timeout=5
            ) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _ask(self, method: str, path: str, value: Any) -> Any:
        request = urllib.request.Request(  # noqa: S310
            self.address + path,
            method=method,
            data=None if value is None else json.dumps(value).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(  # noqa: S310  # nosec B310: http addresses of our own desks
                request, timeout=TIMEOUT_SECONDS
            ) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            detail = error.read(2000).decode(errors="replace")
            raise DeskAnswer(error.code, detail) from error
        except OSError as error:
            raise DeskAway(f"{self.address} does not answer") from error
