"""Canonical JSON: one value has one spelling, and everything else is refused (PROTOCOL 2).

Keys sorted by code point, no spaces, UTF-8, whole numbers within 2^53 only, no duplicate keys, the fewest
escapes. Python's own parser accepts duplicate keys, NaN and half surrogates; this one does not (case 23).
"""

import json
import re
from typing import Any, NoReturn

from shared.wire.reject import Code

MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1

_LONGEST_INTEGER = len(str(-MAX_INTEGER))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# A whole string (even one that never ends, so that the scan stays linear), or a bracket outside of strings.
_STRING_OR_BRACKET = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[{\]}]', re.DOTALL)


class CanonicalError(ValueError):
    """The value or the text is not canonical JSON; the code says what is wrong with it."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


def dumps(value: object, max_depth: int = MAX_DEPTH) -> bytes:
    """The canonical UTF-8 bytes of a value made of dict, list, str, int, bool and None.

    Raises CanonicalError for a float, a number beyond 2^53, a key that is not text, half a surrogate, a value
    of another type or one nested deeper than `max_depth`.
    """
    _check(value, max_depth)
    return _encode(value)


def loads(data: bytes, max_bytes: int, max_depth: int = MAX_DEPTH) -> Any:
    """The value of canonical JSON bytes. Raises CanonicalError for every other spelling of it.

    The depth is checked before anything is built, and the result is written again and compared byte by byte.
    """
    if len(data) > max_bytes:
        raise CanonicalError(Code.JSON_SIZE)
    if data.startswith(_BYTE_ORDER_MARK):
        raise CanonicalError(Code.JSON_BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise CanonicalError(Code.JSON_UTF8) from None
    _check_depth(data, max_depth)
    try:
        value = _DECODER.decode(text)
    except CanonicalError:
        raise
    except ValueError:
        raise CanonicalError(Code.JSON_SYNTAX) from None
    if _encode(value) != data:
        raise CanonicalError(Code.JSON_NOT_CANONICAL)
    return value


def _encode(value: object) -> bytes:
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise CanonicalError(Code.JSON_SURROGATE) from None


def _check(value: object, depth_left: int) -> None:
    """Refuse what canonical JSON has no spelling for, before the standard library spells it somehow."""
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise CanonicalError(Code.JSON_NUMBER)
        return
    if isinstance(value, float):
        raise CanonicalError(Code.JSON_NUMBER)
    if depth_left == 0:
        raise CanonicalError(Code.JSON_DEPTH)
    if isinstance(value, list | tuple):
        for item in value:
            _check(item, depth_left - 1)
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise CanonicalError(Code.JSON_SYNTAX)
            _check(item, depth_left - 1)
        return
    raise CanonicalError(Code.JSON_SYNTAX)


def _check_depth(data: bytes, max_depth: int) -> None:
    if data.count(b"[") + data.count(b"{") <= max_depth:
        return
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(data):
        first = data[found.start()]
        if first in b"[{":
            depth += 1
            if depth > max_depth:
                raise CanonicalError(Code.JSON_DEPTH)
        elif first in b"]}":
            depth -= 1


def _no_number(_: str) -> NoReturn:
    raise CanonicalError(Code.JSON_NUMBER)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:  # before int(): thousands of digits are slow to read
        raise CanonicalError(Code.JSON_NUMBER)
    number = int(text)
    if abs(number) > MAX_INTEGER:
        raise CanonicalError(Code.JSON_NUMBER)
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise CanonicalError(Code.JSON_DUPLICATE)
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_no_number, parse_constant=_no_number, parse_int=_integer
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
