"""Structured logs that cannot carry a person's data.

A line holds an event (a constant), fields from an allow-list whose values have a fixed form, and for an
exception its type and where in the code it was raised. Never a message, an argument or a local variable.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

from shared.runtime.logfields import LIBRARY_EVENT, safe_event, safe_fields
from shared.runtime.logformat import SafeFormatter, SafeHandler

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
_LOGGER_NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}", re.ASCII)

__all__ = ["LIBRARY_EVENT", "Logger", "configure", "get"]


class Logger(structlog.BoundLoggerBase):
    """A logger for constant events with allow-listed fields (shared/runtime/logfields.py)."""

    def debug(self, event: str, **fields: object) -> None:
        """For a developer."""
        self._proxy_to_logger("debug", event, **fields)

    def info(self, event: str, **fields: object) -> None:
        """Something that should happen did."""
        self._proxy_to_logger("info", event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        """Something that a person may want to look at."""
        self._proxy_to_logger("warning", event, **fields)

    def error(self, event: str, **fields: object) -> None:
        """Something that a person has to look at."""
        self._proxy_to_logger("error", event, **fields)

    def critical(self, event: str, **fields: object) -> None:
        """The process cannot go on."""
        self._proxy_to_logger("critical", event, **fields)

    def exception(self, event: str, **fields: object) -> None:
        """An error, with the type and code location of the exception that is being handled."""
        self._proxy_to_logger("error", event, **{"error": sys.exc_info()[1], **fields})

    def bind(self, **fields: Any) -> Logger:
        """A logger that adds these fields to every line."""
        return super().bind(**fields)


def get(name: str) -> Logger:
    """The logger called `name` (a constant such as 'outbox'). Safe to use before `configure`."""
    if _LOGGER_NAME.fullmatch(name) is None:
        raise ValueError("the name of a logger is a constant in lower case")
    # wrap_logger and not structlog.configure: no code elsewhere can change what is withheld here.
    logger = structlog.wrap_logger(
        logging.getLogger(f"myosotis.{name}"),
        processors=[_withhold],
        wrapper_class=Logger,
        cache_logger_on_first_use=False,
    )
    return cast(Logger, logger.bind())


def _withhold(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> tuple[tuple[str], Mapping[str, Any]]:
    """Turn a call into the arguments of the standard logger: a safe event and only safe fields."""
    del logger, method
    return (safe_event(event.pop("event", None)),), {"extra": {"myosotis": safe_fields(event)}}


def configure(service: str, stream: TextIO, json: bool = True, level: str = "info") -> None:
    """Send every log line of this process, of libraries too, through the allow-list to `stream`.

    Uncaught exceptions, in threads as well, become a line with their type and code location.
    """
    handler = SafeHandler(stream)
    handler.setFormatter(SafeFormatter(service, json=json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_LEVELS[level])
    for other in list(logging.Logger.manager.loggerDict.values()):
        if isinstance(other, logging.Logger):
            other.handlers.clear()
            other.propagate = True
    # Off and on: when somebody put `warnings.showwarning` back meanwhile, as catch_warnings does at its end,
    # "on" alone does nothing, because logging believes that it has the warnings already.
    logging.captureWarnings(False)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    del kind, trace
    if isinstance(error, KeyboardInterrupt):
        return
    get("process").critical("uncaught_exception", error=error)


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    get("process").critical("uncaught_exception_in_thread", error=arguments.exc_value)


def _unraisable(arguments: sys.UnraisableHookArgs) -> None:
    get("process").error("unraisable_exception", error=arguments.exc_value)
