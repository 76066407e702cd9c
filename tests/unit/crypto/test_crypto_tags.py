"""Tags in bulk."""

from __future__ import annotations

import os

import numpy as np
import pytest

from shared.crypto import tags

WIDE = tags.DETAILS_BYTES


@pytest.mark.parametrize("count", [1, 2, 32_767, 32_768, 32_769, 100_000])
def test_a_column_equals_its_tags_one_by_one(count: int) -> None:
    salt, column = tags.new_salt(), os.urandom(16 * count)
    numbers = tags.tag_column(salt, column)
    assert numbers.dtype == np.uint64
    assert numbers.dtype.isnative
    assert len(numbers) == count
    for index in {0, count // 2, max(0, count - 2), count - 1}:
        tag = tags.tag(salt, column[16 * index : 16 * index + 16])
        assert int(numbers[index]) == int.from_bytes(tag, "big")


@pytest.mark.parametrize(
    "counts", [(0,), (1,), (24,), (3, 0, 40_000, 1), (8_191, 8_192, 8_193), (32_768, 32_769)]
)
def test_what_is_found_is_what_the_tags_one_by_one_say(counts: tuple[int, ...]) -> None:
    salt, parts = tags.new_salt(), [os.urandom(16 * count) for count in counts]
    column = b"".join(parts)
    count = len(column) // 16
    places = sorted({0, count // 3, count // 2, count - 1} & set(range(count)))
    wanted = tags.padded_tags(salt, b"".join(column[16 * place : 16 * place + 16] for place in places), 160)
    finder = tags.TagFinder(salt, b"".join(wanted))
    assert finder.positions(parts) == finder.positions([column]) == places
    one_by_one = np.flatnonzero(
        np.isin(tags.tag_column(salt, column), [int.from_bytes(t, "big") for t in wanted])
    )
    assert one_by_one.tolist() == places
    assert tags.TagFinder(salt, b"").positions(parts) == []
    assert tags.TagFinder(tags.new_salt(), b"".join(wanted)).positions(parts) == []


def test_a_tag_that_begins_like_another_is_not_found() -> None:
    """The table of some bits lets two of them through; the whole tag counts."""
    salt, pseudonym = tags.new_salt(), os.urandom(16)
    mine = int.from_bytes(tags.tag(salt, pseudonym), "big")
    alike = sorted({(mine ^ other) for other in (1, 2**20, 2**47)})
    listed = b"".join(number.to_bytes(8, "big") for number in alike)
    assert tags.TagFinder(salt, listed).positions([pseudonym]) == []


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 16"):
        tags.TagFinder(bytes(16), bytes(8)).positions([bytes(16), bytes(15)])
    with pytest.raises(ValueError, match="A salt has 16"):
        tags.TagFinder(bytes(15), bytes(8))
    with pytest.raises(ValueError, match="Tags have 8"):
        tags.TagFinder(bytes(16), bytes(9))


def test_sorting_numbers_and_sorting_bytes_agree() -> None:
    salt, column = tags.new_salt(), os.urandom(16 * 1000)
    numbers = np.sort(tags.tag_column(salt, column))
    one_by_one = sorted(tags.tag(salt, column[start : start + 16]) for start in range(0, len(column), 16))
    assert [int(number).to_bytes(8, "big") for number in numbers] == one_by_one


def test_every_buffer_is_as_good_as_bytes() -> None:
    salt, column = tags.new_salt(), os.urandom(16 * 10)
    expected = tags.tag_column(salt, column).tolist()
    for buffer in (bytearray(column), memoryview(column), np.frombuffer(column, dtype=np.uint64).data):
        assert tags.tag_column(salt, buffer).tolist() == expected


def test_cases_39_and_40_two_alerts_have_no_tag_in_common() -> None:
    """At this layer: equal pseudonyms under two salts."""
    column = os.urandom(16 * 1000)
    first, second = (set(tags.tag_column(tags.new_salt(), column).tolist()) for _ in range(2))
    assert not first & second


def test_an_alert_has_always_the_same_number_of_tags() -> None:
    salt = tags.new_salt()
    for count in (0, 1, 24, 160):
        column = os.urandom(16 * count)
        filled = tags.padded_tags(salt, column, 160)
        assert len(filled) == len(set(filled)) == 160
        assert filled == sorted(filled)
        assert {tags.tag(salt, column[start : start + 16]) for start in range(0, 16 * count, 16)} <= set(
            filled
        )
    with pytest.raises(ValueError, match="room for 160"):
        tags.padded_tags(salt, os.urandom(16 * 161), 160)


def test_equal_pseudonyms_do_not_show_in_an_alert() -> None:
    filled = tags.padded_tags(tags.new_salt(), bytes(16) * 20, 160)
    assert len(set(filled)) == 160


def test_details_are_read_with_the_pseudonym_behind_a_tag_and_with_nothing_else() -> None:
    """Decision 19: what stands beside a tag is random to whoever has another pseudonym, or another salt."""
    salt, details = tags.new_salt(), os.urandom(WIDE)
    column = os.urandom(16 * 90)
    filled = tags.padded_tags(salt, column, 160)
    masked = tags.masked_details(salt, column, details, filled)
    assert len(masked) == WIDE * 160
    own = [column[start : start + 16] for start in range(0, len(column), 16)]
    places = [filled.index(tags.tag(salt, one)) for one in own]
    beside = [masked[WIDE * place : WIDE * (place + 1)] for place in places]
    assert [tags.unlock(salt, one, piece) for one, piece in zip(own, beside, strict=True)] == [details] * 90
    assert tags.unlock_all(salt, column, b"".join(filled), masked) == [details] * 90
    other = [tags.unlock(salt, os.urandom(16), piece) for piece in beside]
    wrong_salt = [tags.unlock(tags.new_salt(), one, piece) for one, piece in zip(own, beside, strict=True)]
    assert (other + wrong_salt).count(details) <= 1
    assert details not in beside, "not even the publisher's own bytes stand there in clear"


def test_what_stands_beside_a_filler_looks_like_what_stands_beside_a_key() -> None:
    """The number of keys stays hidden, and so do equal details: none comes twice."""
    salt, column = tags.new_salt(), os.urandom(16 * 80)
    filled = tags.padded_tags(salt, column, 160)
    again = [tags.masked_details(salt, column, bytes(WIDE), filled) for _ in range(2)]
    pieces = [{one[start : start + WIDE] for start in range(0, WIDE * 160, WIDE)} for one in again]
    assert all(len(one) >= 158 for one in pieces)
    assert 80 <= len(pieces[0] & pieces[1]) <= 81, "those of the keys, and fresh random for the rest"


def test_details_of_another_size_and_a_tag_that_is_missing_are_refused() -> None:
    with pytest.raises(ValueError, match="Details have"):
        tags.masked_details(bytes(16), bytes(16), bytes(WIDE + 1), [])
    for others in (bytes(8), b"\xff" * 8, bytes(8) + b"\xff" * 8, b""):
        with pytest.raises(ValueError, match="not among"):
            tags.unlock_all(bytes(16), os.urandom(16), others, bytes(WIDE * len(others) // 8))
