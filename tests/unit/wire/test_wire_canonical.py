"""Canonical JSON refuses every second spelling (case 23)."""

import json
import time

import pytest

from shared.wire import canonical
from shared.wire.reject import Code

REFUSED = {
    "empty": (b"", Code.JSON_SYNTAX),
    "not JSON": (b"{", Code.JSON_SYNTAX),
    "two values": (b"{}{}", Code.JSON_SYNTAX),
    "trailing line end": (b"{}\n", Code.JSON_NOT_CANONICAL),
    "duplicate keys": (b'{"a":1,"a":2}', Code.JSON_DUPLICATE),
    "duplicate keys inside": (b'{"x":[{"a":1,"a":1}]}', Code.JSON_DUPLICATE),
    "duplicate keys by escape": (b'{"a":1,"\\u0061":1}', Code.JSON_DUPLICATE),
    "NaN": (b'{"a":NaN}', Code.JSON_NUMBER),
    "Infinity": (b'{"a":Infinity}', Code.JSON_NUMBER),
    "minus Infinity": (b'{"a":-Infinity}', Code.JSON_NUMBER),
    "float": (b'{"a":1.0}', Code.JSON_NUMBER),
    "exponent": (b'{"a":1e2}', Code.JSON_NUMBER),
    "2^53": (b'{"a":9007199254740992}', Code.JSON_NUMBER),
    "minus 2^53": (b'{"a":-9007199254740992}', Code.JSON_NUMBER),
    "5,000 digits": (b'{"a":' + b"9" * 5000 + b"}", Code.JSON_NUMBER),
    "minus zero": (b'{"a":-0}', Code.JSON_NOT_CANONICAL),
    "leading zero": (b'{"a":01}', Code.JSON_SYNTAX),
    "byte order mark": (b'\xef\xbb\xbf{"a":1}', Code.JSON_BOM),
    "UTF-16": ('{"a":1}'.encode("utf-16"), Code.JSON_UTF8),
    "lone surrogate": (b'{"a":"\\ud800"}', Code.JSON_SURROGATE),
    "lone surrogate as a key": (b'{"\\udfff":1}', Code.JSON_SURROGATE),
    "surrogate in UTF-8": (b'{"a":"\xed\xa0\x80"}', Code.JSON_UTF8),
    "bad UTF-8": (b'{"a":"\xff"}', Code.JSON_UTF8),
    "overlong UTF-8": (b'{"a":"\xc0\xaf"}', Code.JSON_UTF8),
    "depth 17": (b"[" * 17 + b"]" * 17, Code.JSON_DEPTH),
    "depth 5,000": (b"[" * 5000 + b"]" * 5000, Code.JSON_DEPTH),
    "depth 5,000, not closed": (b'{"a":' * 5000, Code.JSON_DEPTH),
    "reordered keys": (b'{"b":1,"a":2}', Code.JSON_NOT_CANONICAL),
    "space after colon": (b'{"a": 1}', Code.JSON_NOT_CANONICAL),
    "space before": (b' {"a":1}', Code.JSON_NOT_CANONICAL),
    "escape of a letter": (b'{"a":"\\u0062"}', Code.JSON_NOT_CANONICAL),
    "escaped slash": (b'{"a":"\\/"}', Code.JSON_NOT_CANONICAL),
    "capital escape": (b'{"a":"\\u001F"}', Code.JSON_NOT_CANONICAL),
    "surrogate pair escape": (b'{"a":"\\ud83c\\udf3c"}', Code.JSON_NOT_CANONICAL),
    "control character": (b'{"a":"\x01"}', Code.JSON_SYNTAX),
    "too long": (b'"' + b"a" * 4096 + b'"', Code.JSON_SIZE),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=list(REFUSED))
def test_case_23_every_other_spelling_is_refused(data: bytes, code: Code) -> None:
    limit = 100 if code is Code.JSON_SIZE else 100_000
    with pytest.raises(canonical.CanonicalError) as caught:
        canonical.loads(data, limit)
    assert caught.value.code is code


def test_case_23_python_itself_would_accept_some_of_them() -> None:
    assert json.loads(b'{"a":1,"a":2}') == {"a": 2}
    assert json.loads(b'{"a":NaN}') != {}
    assert json.loads(b'{"a":"\\ud800"}') == {"a": "\ud800"}


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({}, b"{}"),
        ({"b": 1, "a": [True, False, None, -5]}, b'{"a":[true,false,null,-5],"b":1}'),
        ({"é": "ž", "z": "\U0001f33c"}, '{"z":"\U0001f33c","é":"ž"}'.encode()),
        ('"\\/\b\f\n\r\t\x00\x1f\x7f', b'"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f"'),
        (2**53 - 1, b"9007199254740991"),
        (1 - 2**53, b"-9007199254740991"),
        # By code point, where UTF-16 order would put the flower first.
        ({"\U0001f33c": 1, "\ufffd": 2}, '{"\ufffd":2,"\U0001f33c":1}'.encode()),
    ],
)
def test_one_value_has_one_spelling(value: object, data: bytes) -> None:
    assert canonical.dumps(value) == data
    assert canonical.loads(data, 1000) == value


def test_brackets_inside_strings_are_not_depth() -> None:
    data = canonical.dumps({"a": '[[[["{{{{\\"[[[[', "b": "[" * 100})
    assert canonical.loads(data, 1000)["b"] == "[" * 100


def test_sixteen_levels_pass() -> None:
    assert canonical.loads(b"[" * 16 + b"]" * 16, 100) is not None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.5, Code.JSON_NUMBER),
        (float("nan"), Code.JSON_NUMBER),
        (2**53, Code.JSON_NUMBER),
        ({"a": "\ud800"}, Code.JSON_SURROGATE),
        ({1: "a"}, Code.JSON_SYNTAX),
        ({"a": b"bytes"}, Code.JSON_SYNTAX),
        ({"a": {1, 2}}, Code.JSON_SYNTAX),
    ],
)
def test_what_has_no_spelling_is_not_written(value: object, code: Code) -> None:
    with pytest.raises(canonical.CanonicalError) as caught:
        canonical.dumps(value)
    assert caught.value.code is code


def test_writing_has_a_depth_too() -> None:
    value: list[object] = []
    for _ in range(20):
        value = [value]
    with pytest.raises(canonical.CanonicalError) as caught:
        canonical.dumps(value)
    assert caught.value.code is Code.JSON_DEPTH


@pytest.mark.parametrize(
    "data",
    [b"[" + b'"' + b'\\"' * 130_000, b"[]" * 130_000, b'"' * 260_000, b"[" + b"\\" * 260_000],
    ids=["string without end", "many brackets", "many quotes", "backslashes"],
)
def test_hostile_text_takes_no_time(data: bytes) -> None:
    """A scan that is not linear needs minutes for this."""
    start = time.monotonic()
    with pytest.raises(canonical.CanonicalError):
        canonical.loads(data, 300_000)
    assert time.monotonic() - start < 2
