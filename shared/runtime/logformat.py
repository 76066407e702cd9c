"""How a log record becomes a line, whoever made the record."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from shared.runtime.logfields import LIBRARY_EVENT, SafeFields, safe_fields
from shared.runtime.vocabulary import WITHHELD, safe_word


class SafeFormatter(logging.Formatter):
    """One line per record: JSON, or key=value for a terminal.

    A record of a library carries its level, its logger and the constant event 'library_message'. Its text is
    never read: it may hold an SQL statement, a URL or a name.
    """

    def __init__(self, service: str, *, json: bool) -> None:
        super().__init__()
        self._service = safe_word(service)
        self._json = json

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower() if record.levelno in _KNOWN_LEVELS else "other",
            "service": self._service,
            "logger": _logger_name(record.name),
        }
        fields = getattr(record, "myosotis", None)
        if isinstance(fields, SafeFields):
            line |= {"event": record.msg, **fields}
        else:
            error = record.exc_info[1] if record.exc_info else None
            line |= {"event": LIBRARY_EVENT, **safe_fields({"error": error})}
        if self._json:
            return json.dumps(line)
        return " ".join(f"{name}={_plain(value)}" for name, value in line.items())


class SafeHandler(logging.StreamHandler[TextIO]):
    """A stream handler whose own failure is reported without the record that caused it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Called by the standard library when a record could not be written (a full disk, a closed pipe)."""
        del record
        print('{"event": "log_line_lost", "level": "error"}', file=sys.__stderr__)


_KNOWN_LEVELS = frozenset({10, 20, 30, 40, 50})


def _logger_name(name: str) -> str:
    # A logger is named after a module. A name that belongs to no loaded module could hold anything.
    top = name.split(".")[0]
    if top == "myosotis" or name == "root":
        return name
    return name if name in sys.modules else top if top in sys.modules else WITHHELD


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return str(value)
