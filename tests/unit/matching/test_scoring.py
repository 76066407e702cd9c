"""The weights, the reasons and the sentences for them."""

import json
import types
from itertools import product
from typing import Any

import pytest

from services.matching.compare import COMPARATORS, match_keys, port
from services.matching.compare.port import Level, NoExplanation
from services.matching.scoring import _VERDICTS, score
from services.matching.weights import DESCRIPTION, FLOOR_KEYS, GROUPS, STRENGTHS
from shared.wire.codes import Rarity, Strength, Verdict
from shared.wire.messages import Description
from shared.wire.reasons import RARITY_WORDS, SENTENCES

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


def hits(groups: str, rarity: Rarity = Rarity.MEDIUM) -> list[tuple[str, Rarity]]:
    return [(group, rarity) for group in groups]


def test_every_comparator_has_weights_and_all_its_sentences() -> None:
    needed = {(c.code, verdict) for c, verdict in product(COMPARATORS, Verdict)}
    needed |= {(match_keys.group_code(group), Verdict.FOR) for group in GROUPS}
    needed.add((match_keys.CODE, Verdict.UNKNOWN))
    assert needed == set(SENTENCES)
    assert {comparator.code for comparator in COMPARATORS} == set(DESCRIPTION)
    assert set(RARITY_WORDS) == {rarity.value for rarity in Rarity}


def test_a_sentence_is_filled_by_what_its_comparator_says() -> None:
    near = {"birth_decade": 2000, "height": "170", "eye_colour": "grey", "region": "LT-KU"}
    for other in ({}, FULL, OTHER, near):
        outcome = score(described(**FULL), described(**other), hits("NDMP", Rarity.RARE), has_keys=True)
        for reason in outcome.reasons if outcome else ():
            SENTENCES[reason.comparator, reason.verdict].format(**reason.parameters)
    for comparator in COMPARATORS:
        for other in (FULL, OTHER):
            finding = comparator.compare(described(**FULL), described(**other))
            assert finding.level is (Level.SAME if other is FULL else Level.DIFFERENT)
            SENTENCES[comparator.code, _VERDICTS[finding.level]].format(**finding.parameters)


def test_a_comparator_without_an_explanation_does_not_load() -> None:
    module = types.ModuleType("mute")
    module.CODE = "mute"  # type: ignore[attr-defined]
    module.compare = lambda alert, case: port.UNKNOWN  # type: ignore[attr-defined]
    with pytest.raises(NoExplanation):
        port.load(module)


@pytest.mark.parametrize("groups", ["", "N", "NXYZ", "DEJM", "PWK", "Q", "QRS"])
def test_one_family_is_not_enough(groups: str) -> None:
    """Case 42."""
    same = described(sex="female", birth_decade=1990)
    assert score(same, same, hits(groups, Rarity.RARE), has_keys=True) is None


@pytest.mark.parametrize("groups", ["ND", "NP", "DP", "XM", "YJ", "EW", "JK"])
def test_two_families_are(groups: str) -> None:
    same = described(sex="female", birth_decade=1990)
    assert score(same, same, hits(groups), has_keys=True) is not None


def test_the_best_key_of_a_family_counts_once() -> None:
    empty = described()
    one = score(empty, empty, hits("ND"), has_keys=True)
    many = score(empty, empty, hits("NNXYDDE"), has_keys=True)
    assert one is not None
    assert many is not None
    assert one.score == many.score == GROUPS["N"].alone[Rarity.MEDIUM] + GROUPS["D"].further
    assert sum(1 for reason in many.reasons if reason.weight) == 2


def test_a_common_name_weighs_less() -> None:
    empty = described()
    scores = [score(empty, empty, hits("ND", rarity), has_keys=True) for rarity in Rarity]
    values = [outcome.score for outcome in scores if outcome is not None]
    assert values == sorted(values)
    assert len(set(values)) == 3


def test_what_a_key_holds_already_does_not_count_again() -> None:
    with_age = score(described(birth_decade=1990), described(birth_decade=1990), hits("ND"), has_keys=True)
    without = score(described(), described(), hits("ND"), has_keys=True)
    assert with_age is not None
    assert without is not None
    assert with_age.score == without.score


def test_what_speaks_against_lowers_the_score() -> None:
    fits = score(described(**FULL), described(**FULL), hits("ND"), has_keys=True)
    differs = score(described(**FULL), described(**{**FULL, "sex": "male"}), hits("ND"), has_keys=True)
    assert fits is not None
    assert differs is not None
    assert fits.score - differs.score == -DESCRIPTION["sex"].different  # its agreement is inside D
    assert score(described(**FULL), described(**OTHER), hits("ND"), has_keys=True) is None


def test_a_description_alone_is_never_stronger_than_even() -> None:
    outcome = score(described(**FULL), described(**FULL), [], has_keys=False)
    assert outcome is not None
    assert outcome.score > 2000
    assert outcome.strength is Strength.ABOUT_EVEN


def test_a_vague_description_alone_is_nothing() -> None:
    four = {name: FULL[name] for name in ("sex", "birth_decade", "height", "region")}
    assert score(described(**four), described(**four), [], has_keys=False) is None


def test_strengths_are_in_order_and_the_floor_is_the_weakest() -> None:
    floors = [floor for floor, _ in STRENGTHS]
    assert floors == sorted(floors, reverse=True)
    assert floors[-1] == FLOOR_KEYS


def test_every_weight_names_its_origin() -> None:
    assert all(group.origin for group in GROUPS.values())
    assert all(weights.origin for weights in DESCRIPTION.values())
