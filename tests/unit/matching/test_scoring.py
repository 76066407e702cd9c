"""The weights, the strengths and what makes a pair worth showing; sentences are in test_sentences."""

import json
import types
from typing import Any

import pytest

from services.matching.compare import COMPARATORS, DESCRIBED, names, port
from services.matching.compare.port import Finding, Level, NoExplanation, Pair
from services.matching.scoring import Score, _reason, score, strength_of
from services.matching.weights import (
    ALONE,
    BESIDE_NAMES,
    FLOOR_NAMES,
    START,
    STRENGTHS,
    STRENGTHS_ALONE,
    Row,
)
from shared.wire.codes import Strength, Verdict
from shared.wire.local import Agreement
from shared.wire.messages import Description

FULL: dict[str, Any] = {
    "sex": "female", "birth_decade": 1990, "height": "160", "eye_colour": "green", "hair_colour": "red",
    "languages": ["lt", "ru"], "marks": ["scar:face", "tattoo:hand_left"], "nationality": "LT",
    "region": "LT-VL", "last_seen": "2026-05",
}  # fmt: skip
OTHER: dict[str, Any] = {
    "sex": "male", "birth_decade": 1950, "height": "190_and_over", "eye_colour": "brown",
    "hair_colour": "black", "languages": ["fr"], "marks": ["scar:neck"], "nationality": "FR",
    "region": "FR-69", "last_seen": "2024-01",
}  # fmt: skip


def described(**values: Any) -> Description:
    return Description.model_validate_json(json.dumps(values))


NOTHING = described()


def agreed(**changes: Any) -> Agreement:
    values: dict[str, Any] = {
        "given": "same", "family": "same", "swapped": False, "birth": "same", "place": "unknown",
        "given_one_in": 1000, "family_one_in": 1000,
    }  # fmt: skip
    return Agreement(**(values | changes))


def weighed(
    groups: str = "ND",
    agreement: Agreement | None = None,
    alert: Description = NOTHING,
    case: Description = NOTHING,
) -> Score:
    """The score of a pair that is worth showing."""
    found = score(alert, case, groups, agreement or agreed(), has_keys=True)
    assert found is not None
    return found


def reasons(found: Score) -> dict[str, Verdict]:
    return {one.comparator: one.verdict for one in found.reasons}


def test_every_comparator_has_weights_and_an_explanation() -> None:
    assert {one.code for one in COMPARATORS} == set(BESIDE_NAMES)
    assert {one.code for one in DESCRIBED} == set(ALONE)
    assert all(len(one.explanation.split()) > 5 for one in COMPARATORS)


def test_every_weight_names_its_origin() -> None:
    assert all(row.origin for table in (BESIDE_NAMES, ALONE) for row in table.values())


def test_a_comparator_without_an_explanation_does_not_load() -> None:
    module = types.ModuleType("mute")
    module.CODE = "mute"  # type: ignore[attr-defined]
    module.compare = lambda pair: port.UNKNOWN  # type: ignore[attr-defined]
    with pytest.raises(NoExplanation):
        port.load(module)


@pytest.mark.parametrize("comparator", DESCRIBED, ids=lambda one: one.code)
def test_a_coded_value_agrees_differs_or_is_unknown(comparator: port.Comparator) -> None:
    full, other = described(**FULL), described(**OTHER)
    assert comparator.compare(Pair(full, full)).level is Level.SAME
    assert comparator.compare(Pair(full, other)).level is Level.DIFFERENT
    assert comparator.compare(Pair(full, NOTHING)) == port.UNKNOWN
    assert comparator.compare(Pair(NOTHING, NOTHING)) == port.UNKNOWN, "nothing known never agrees"


def test_a_case_with_keys_needs_one_that_agrees() -> None:
    """Case 42: however well the description fits."""
    same = described(**FULL)
    assert score(same, same, "", agreed(), has_keys=True) is None
    assert score(same, same, "N", agreed(), has_keys=True) is not None


def test_the_best_key_of_a_fact_counts_once() -> None:
    one, many = weighed("ND"), weighed("NXYBIODJE")
    assert one.score == many.score
    assert {code for code in reasons(many) if code.startswith("keys_")} == {
        "keys_year_both",
        "keys_date_whole",
    }
    assert weighed("ND").agreeing == ("D", "N")


def test_a_score_is_the_sum_of_its_reasons() -> None:
    found = weighed("NDMP", alert=described(**FULL), case=described(**FULL))
    assert found.score == START + sum(one.weight for one in found.reasons)


def test_a_common_name_weighs_less() -> None:
    values = [weighed(agreement=agreed(family_one_in=one_in)).score for one_in in (10, 1000, 100_000)]
    assert values == sorted(values)
    assert len(set(values)) == 3
    assert weighed(agreement=agreed(family_one_in=0)).score >= values[-1], (
        "not in the table: as rare as can be"
    )


def test_the_rarity_of_a_name_counts_only_where_it_agrees() -> None:
    for level in ("different", "close", "initial", "unknown"):
        common, rare = (names.finding(level, one_in, near=False) for one_in in (10, 100_000))
        assert common == rare
        assert "one_in" not in common.parameters


def test_one_letter_left_out_makes_another_name_near() -> None:
    assert reasons(weighed("XD", agreed(family="close")))["family_name_near"] is Verdict.FOR
    assert reasons(weighed("XD", agreed(family="different")))["family_name_shortened"] is Verdict.FOR
    assert reasons(weighed("YD", agreed(given="different")))["given_name_shortened"] is Verdict.FOR
    assert reasons(weighed("ND", agreed(family="different")))["family_name_different"] is Verdict.AGAINST


def test_a_reason_stands_by_its_level_and_not_by_the_sign_of_its_weight() -> None:
    """A fitted weight is what a fact adds to all the others: it may be below 0 for one that fits."""
    table = Row({"swapped": -7, "close": 3}, "invented")
    fits = _reason("birth", Finding(Level.SAME, outcome="swapped"), table)
    differs = _reason("given_name", Finding(Level.DIFFERENT, outcome="close"), table)
    assert (fits.comparator, fits.verdict, fits.weight) == ("birth_swapped", Verdict.FOR, -7)
    assert (differs.comparator, differs.verdict, differs.weight) == ("given_name_close", Verdict.AGAINST, 3)


def test_columns_in_order_and_keys_that_differ_are_nothing_to_tell() -> None:
    said = reasons(weighed("N"))
    assert "columns" not in said
    assert {code for code in said if code.startswith("keys_")} == {"keys_year_both"}
    assert said["sex"] is Verdict.UNKNOWN


def test_what_speaks_against_lowers_the_score() -> None:
    full = described(**FULL)
    fits, differs = (
        weighed(alert=full, case=full),
        weighed(alert=full, case=described(**{**FULL, "sex": "male"})),
    )
    outcomes = BESIDE_NAMES["sex"].outcomes
    assert fits.score - differs.score == outcomes["same"] - outcomes["different"]
    assert score(full, described(**OTHER), "ND", agreed(birth="different"), has_keys=True) is None


def test_a_row_counts_several_marks_and_bits_of_rarity() -> None:
    row = Row({"same": 100, "swapped": -7}, "invented", per_bit={"same": 10}, most=2)
    assert row.of(Finding(Level.SAME, times=5, bits=3.0)) == 230
    assert row.of(Finding(Level.SAME, outcome="swapped", bits=3.0)) == -7
    assert row.of(Finding(Level.NEAR)) == row.of(port.UNKNOWN) == 0


def test_a_description_alone_is_never_stronger_than_even() -> None:
    full = described(**FULL)
    found = score(full, full, "", None, has_keys=False)
    assert found is not None
    assert sum(reason.weight for reason in found.reasons) > STRENGTHS_ALONE[1][0]
    assert found.strength is Strength.ABOUT_EVEN
    assert reasons(found)["match_keys"] is Verdict.UNKNOWN


def test_a_description_alone_scores_as_its_strength_says() -> None:
    """A list sorted by score would show an unlikely pair without names above one that is almost certain."""
    full = described(**FULL)
    strong = score(full, full, "", None, has_keys=False)
    weak_values = described(sex="female", birth_decade=1990, eye_colour="green", marks=["scar:face"])
    weak = score(weak_values, weak_values, "", None, has_keys=False)
    assert strong is not None
    assert weak is not None
    assert (strong.strength, weak.strength) == (Strength.ABOUT_EVEN, Strength.UNLIKELY)
    assert weak.score < strong.score
    assert [strength_of(one.score, STRENGTHS) for one in (strong, weak)] == [strong.strength, weak.strength]


def test_a_vague_description_alone_is_nothing() -> None:
    four = described(**{name: FULL[name] for name in ("sex", "birth_decade", "height", "region")})
    assert score(four, four, "", None, has_keys=False) is None


def test_strengths_are_in_order_and_above_what_is_shown() -> None:
    for table in (STRENGTHS, STRENGTHS_ALONE):
        floors = [floor for floor, _ in table]
        assert floors == sorted(floors, reverse=True)
    assert STRENGTHS[-1][0] > FLOOR_NAMES


@pytest.mark.parametrize(
    ("groups", "changes"),
    [
        ("N", {"given": "different", "family": "different"}),
        ("D", {"given": "close", "family": "different"}),
        ("D", {"birth": "different"}),
        ("M", {"birth": "different"}),
        ("EJ", {"birth": "different"}),
    ],
)
def test_a_key_that_the_finer_comparison_denies_does_not_count(groups: str, changes: dict[str, str]) -> None:
    """A tag may agree by chance, or be made up by a partner."""
    pair = Pair(NOTHING, NOTHING, frozenset(groups), agreed(**changes))
    found = [
        comparator.compare(pair).level for comparator in COMPARATORS if comparator.code.startswith("keys_")
    ]
    assert set(found) == {Level.UNKNOWN}


@pytest.mark.parametrize("birth", ["same", "swapped"])
def test_twins_are_not_very_likely_one_person(birth: str) -> None:
    """Surname and date agree for twins as well, so another given name counts for more beside them."""
    known = described(sex="female", birth_decade=1990)
    twins = weighed("DE", agreed(given="different", birth=birth), known, known)
    assert reasons(twins)["twins"] is Verdict.AGAINST
    assert twins.strength not in (Strength.ALMOST_CERTAIN, Strength.VERY_LIKELY)


@pytest.mark.parametrize(
    "changes", [{"given": "same"}, {"given": "unknown"}, {"family": "different"}, {"birth": "year"}]
)
def test_nobody_else_is_called_a_twin(changes: dict[str, str]) -> None:
    agreement = agreed(**{"given": "different", **changes})
    assert "twins" not in reasons(weighed("NDJ", agreement))


def test_several_keys_stand_against_other_readings_of_both_names() -> None:
    """An alert's keys know readings of its names that its details do not tell."""
    pair = Pair(NOTHING, NOTHING, frozenset("DN"), agreed(given="different", family="different"))
    found = {comparator.code: comparator.compare(pair).level for comparator in COMPARATORS}
    assert found["keys_year"] is found["keys_date"] is Level.SAME


def test_one_name_that_differs_leaves_a_key_of_the_other_standing() -> None:
    pair = Pair(NOTHING, NOTHING, frozenset("D"), agreed(family="different"))
    assert Level.SAME in {comparator.compare(pair).level for comparator in COMPARATORS}
