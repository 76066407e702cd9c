"""The allow-list of the log: which fields exist, and the only form that a value of each may have."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType, TracebackType

from shared.runtime import ids
from shared.runtime.vocabulary import WITHHELD, safe_word

LIBRARY_EVENT = "library_message"
_EVENT = re.compile(r"[a-z][a-z0-9_.]{1,63}", re.ASCII)
_ORGANISATION = re.compile(r"[a-z]{2}-[a-z0-9-]{2,30}", re.ASCII)
_PARTY = re.compile(r"[a-z]{2}-[a-z0-9-]{2,30}/(intake|matching|notify)", re.ASCII)
_HEX = re.compile(r"([0-9a-f]{2}){4,32}", re.ASCII)
_NUMBER_LIMIT = 10**15
_FRAMES = 8

_withheld = 0
_withheld_lock = threading.Lock()

Value = str | int | float | bool | list[str]


class SafeFields(dict[str, Value]):
    """Fields that went through the allow-list; the formatter prints no others."""


def _id(value: object) -> Value | None:
    return str(value) if ids.is_id(value) else None


def _short(value: object) -> Value | None:
    return str(value) if ids.is_short(value) else None


def _matching(pattern: re.Pattern[str]) -> Callable[[object], Value | None]:
    def check(value: object) -> Value | None:
        return value if isinstance(value, str) and pattern.fullmatch(value) else None

    return check


def _number(value: object) -> Value | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < _NUMBER_LIMIT:
        return value
    return None


def _word(value: object) -> Value | None:
    word = safe_word(value)
    return None if word == WITHHELD else word


def _words(value: object) -> Value | None:
    if not isinstance(value, list | tuple | set | frozenset):
        return None
    return [safe_word(item) for item in value]


def _error(value: object) -> Value | None:
    return describe(value) if isinstance(value, BaseException) else None


FIELDS: Mapping[str, Callable[[object], Value | None]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("id", "case", "alert", "match", "message", "user", "request", "batch", "incident"), _id
        ),
        **dict.fromkeys(("partner", "organisation"), _matching(_ORGANISATION)),
        **dict.fromkeys(("party", "sender", "recipient"), _matching(_PARTY)),
        **dict.fromkeys(("kid", "sha256", "fingerprint"), _matching(_HEX)),
        **dict.fromkeys(
            ("count", "size", "attempts", "seq", "first", "last", "row", "status", "port", "limit", "depth"),
            _number,
        ),
        **dict.fromkeys(("seconds", "milliseconds", "age_seconds", "index", "ok", "missing"), _number),
        **dict.fromkeys(
            (
                "type",
                "lane",
                "code",
                "reason",
                "loop",
                "check",
                "state",
                "queue",
                "outcome",
                "role",
                "component",
            ),
            _word,
        ),
        **dict.fromkeys(("service", "channel", "action", "lane", "method", "route", "step"), _word),
        "checks": _words,
        "short": _short,
        "error": _error,
    }
)


def safe_event(value: object) -> str:
    """The event when it looks like a constant. A test holds that every event in the code is a literal."""
    if isinstance(value, str) and _EVENT.fullmatch(value):
        return value
    _count(1)
    return WITHHELD


def safe_fields(fields: Mapping[str, object]) -> SafeFields:
    """Only known fields with values of their form; others read '[withheld]', unknown names are counted."""
    result, withheld = SafeFields(), 0
    for name, value in fields.items():
        check = FIELDS.get(name)
        safe = None if check is None or value is None else check(value)
        if check is not None and (safe is not None or value is None):
            if safe is not None:
                result[name] = safe
            continue
        withheld += 1
        if check is not None:
            result[name] = WITHHELD
    if withheld:
        # The name of an unknown field is not printed: **fields may have been made from somebody's data.
        result["withheld"] = withheld
        _count(withheld)
    return result


def withheld_total() -> int:
    """How many values were withheld since the process started; a metric shows it."""
    with _withheld_lock:
        return _withheld


def _count(number: int) -> None:
    global _withheld
    with _withheld_lock:
        _withheld += number


def describe(error: BaseException) -> list[str]:
    """The type and the code location of an exception and of what caused it, without any message."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(lines) < 4 * _FRAMES:
        seen.add(id(current))
        lines.append(_type_name(type(current)))
        lines.extend(_locations(current.__traceback__))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def _type_name(kind: type[BaseException]) -> str:
    # A class that is not in a loaded module could have been given any name.
    module = sys.modules.get(kind.__module__)
    known = module is not None and getattr(module, kind.__name__, None) is kind
    return f"{kind.__module__}.{kind.__name__}" if known else "exception"


def _locations(trace: TracebackType | None) -> list[str]:
    places: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        path = PurePath(code.co_filename)
        places.append(f"{path.parent.name}/{path.name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-_FRAMES:]
