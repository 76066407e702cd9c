"""Case 26: whatever arrives, only Reject leaves."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.wire import canonical
from shared.wire.reject import Reject
from tests.unit.wire import parts, samples

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


def hostile(chance: random.Random) -> bytes:
    """One input: random bytes, a changed envelope, or an authentic envelope around rubbish."""
    kind = chance.randrange(6)
    if kind == 0:
        return chance.randbytes(chance.choice([0, 1, 13, 14, 200, 2174, 5246]))
    if kind == 1:
        data = bytearray(parts.wrap())
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    if kind == 2:
        return parts.wrap(plaintext=chance.randbytes(chance.choice([0, 4, 68, 1024, 4096])))
    if kind == 3:
        data = bytearray(parts.canonical_json(parts.inner_of()))
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(3)] = chance.choice(
                [b'"', b"{", b"\\", b"9", b"\xff", b"null"]
            )
        return parts.wrap(bytes(data))
    values: list[object] = [
        None,
        True,
        -1,
        2**53 - 1,
        "",
        "a" * 300,
        [],
        {},
        [[]],
        "lt-vilnius/intake",
        "\x00",
        "0000-00-00T00:00:00Z",
    ]
    if kind == 4:
        name = chance.choice([*parts.inner_of(), "extra"])
        return parts.wrap(parts.canonical_json(parts.inner_of() | {name: chance.choice(values)}))
    kind_name = chance.choice(sorted(samples.RELAY))
    body = dict(samples.RELAY[kind_name])
    body[chance.choice([*body, "extra"])] = chance.choice(values)
    return parts.wrap(parts.canonical_json(parts.inner_of(type=kind_name) | {"body": body}))


def feed(chance: random.Random) -> bool:
    """True when the input was accepted, which a change without meaning can be."""
    try:
        parts.open_at_lyon(hostile(chance))
    except Reject:
        return False
    return True


@pytest.mark.slow
def test_case_26_600_hostile_inputs() -> None:
    chance = random.Random("myosotis")
    accepted = sum(feed(chance) for _ in range(600))
    assert accepted < 60


@pytest.mark.ondemand
def test_case_26_a_minute_of_fuzzing() -> None:
    chance = random.Random()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        feed(chance)


@pytest.mark.slow
@given(JSON)
def test_canonical_json_comes_back(value: object) -> None:
    data = canonical.dumps(value)
    assert canonical.loads(data, 100_000) == value
    assert canonical.dumps(canonical.loads(data, 100_000)) == data


@pytest.mark.slow
@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\u0123 eE.-nulltrue', max_size=60).map(str.encode))
@settings(max_examples=500)
def test_canonical_json_is_read_only_as_it_is_written(data: bytes) -> None:
    try:
        value = canonical.loads(data, 100_000)
    except canonical.CanonicalError:
        return
    assert canonical.dumps(value) == data
