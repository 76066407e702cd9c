"""Identifiers say nothing about whom they name."""

import pytest

from shared.runtime import ids


def test_a_new_id_has_128_random_bits_and_its_form() -> None:
    made = {ids.new_id("case") for _ in range(1000)}
    assert len(made) == 1000
    assert all(ids.is_id(one, "case") and len(one) == 31 for one in made)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "case_",
        "case_jonas",
        "jonas",
        "case_" + "a" * 27,
        "case_" + "a" * 25 + "b",
        "CASE_" + "a" * 26,
        None,
        7,
    ],
)
def test_what_is_no_id(value: object) -> None:
    assert not ids.is_id(value)


def test_the_prefix_is_checked() -> None:
    assert not ids.is_id(ids.new_id("case"), "alert")
    with pytest.raises(ValueError, match="prefix"):
        ids.new_id("Case 7")


def test_the_short_form_is_stable_and_readable() -> None:
    refs = [ids.new_id("case") for _ in range(2000)]
    shorts = [ids.short(ref) for ref in refs]
    assert shorts == [ids.short(ref) for ref in refs]
    assert all(ids.is_short(short) for short in shorts)
    assert not set("ILOU") & set("".join(shorts))
    assert len(set(shorts)) > 1950  # 20 bits: 2,000 of them collide about twice
    assert ids.short("case_aaaaaaaaaaaaaaaaaaaaaaaaaa") == "SJKE"
