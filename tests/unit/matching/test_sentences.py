"""Every reason that a comparator can give has its sentence, and no sentence is left over."""

import json
import re
from collections.abc import Iterator
from itertools import chain, product
from typing import Any, get_args

from services.matching import scoring
from services.matching.compare import COMPARATORS, DESCRIBED, NAMED, keys
from services.matching.compare.names import SHORTENED
from services.matching.compare.port import Pair
from services.matching.weights import ALONE, BESIDE_NAMES
from shared.wire.codes import EyeColour, HairColour, HeightBand, Sex, Verdict
from shared.wire.local import Agreement, Reason
from shared.wire.messages import Description
from shared.wire.reasons import EQUAL, SENTENCES, SEVERAL, TOGETHER

PLACES = re.compile(r"\{(\w+)\}")
DESCRIPTIONS: dict[str, list[Any]] = {
    "sex": [None, *Sex],
    "birth_decade": [None, 1950, 1980, 1990],
    "height": [None, *HeightBand],
    "eye_colour": [None, *EyeColour],
    "hair_colour": [None, *HairColour],
    "languages": [[], ["lt"], ["lt", "ru"], ["fr"]],
    "marks": [[], ["scar:face"], ["scar:face", "tattoo:hand_left"], ["scar:neck"]],
    "nationality": [None, "LT", "FR"],
    "region": [None, "LT", "LT-VL", "LT-KU", "FR-69"],
    "last_seen": [None, "2024-01", "2026-05", "2026-06", "2026-12"],
}
"""Of each coded value, all that a comparator may tell apart."""


def described(**values: Any) -> Description:
    return Description.model_validate_json(json.dumps({key: value for key, value in values.items() if value}))


NOTHING = described()


def agreements() -> Iterator[Agreement | None]:
    """All that a finer comparison can say, and that there was none.

    Names are looked at together, and with a birth that differs or does not; births and places by themselves.
    """
    yield None
    says = {name: get_args(field.annotation) for name, field in Agreement.model_fields.items()}
    names = list(product(says["given"], says["family"]))
    others = [("same", "same"), ("different", "same"), *product(says["birth"], says["place"])]
    for given, family, birth, place in chain(
        ((*both, *other) for both in names for other in others[:2]),
        (("same", "same", *other) for other in others),
    ):
        for swapped in (False, True):
            yield Agreement(
                given=given, family=family, swapped=swapped, birth=birth, place=place,
                given_one_in=50, family_one_in=0,
            )  # fmt: skip


def pairs() -> Iterator[Pair]:
    """Pairs in which every comparator sees everything that it can see."""
    letters = {letter for fact in keys.FACTS.values() for letter in fact}
    groups = [frozenset[str](), *(frozenset({letter}) for letter in letters)]
    for agreement in agreements():
        for some in ("N", min(SHORTENED)):
            yield Pair(NOTHING, NOTHING, frozenset({some}), agreement)
    for group in groups:
        yield Pair(NOTHING, NOTHING, group)
    for name, values in DESCRIPTIONS.items():
        for one, other in product(values, repeat=2):
            yield Pair(described(**{name: one}), described(**{name: other}))


def given() -> list[Reason]:
    """Every different reason that any of these pairs is given, and the one of a case without keys."""
    tables = ((COMPARATORS, BESIDE_NAMES), (DESCRIBED, ALONE))
    found = chain.from_iterable(
        scoring._reasons(pair, comparators, table) for pair in pairs() for comparators, table in tables
    )
    same = described(sex="male", birth_decade=1990, height="170", eye_colour="blue", marks=["scar:face"])
    alone = scoring.score(same, same, "", None, has_keys=False)
    assert alone is not None
    return list({one.model_dump_json(): one for one in chain(found, alone.reasons)}.values())


REASONS = given()


def test_every_reason_has_a_sentence_and_every_sentence_a_reason() -> None:
    needed = {(one.comparator, one.verdict) for one in REASONS}
    assert needed == {*SENTENCES, *((code, Verdict.FOR) for code in TOGETHER)}
    assert not {code for code, _ in SENTENCES} & set(TOGETHER)


def test_a_sentence_uses_only_what_its_reason_tells() -> None:
    for one in REASONS:
        for table in (SENTENCES, SEVERAL, EQUAL):
            sentence = table.get((one.comparator, one.verdict), "")
            assert set(PLACES.findall(sentence)) <= set(one.parameters), one
        if "one_in" in one.parameters:
            assert "{one_in}" in SENTENCES[one.comparator, one.verdict], "a rarity is told"


def test_other_forms_of_a_sentence_are_those_of_numbers_and_of_equal_values() -> None:
    several = {(one.comparator, one.verdict) for one in REASONS if "count" in one.parameters}
    assert set(SEVERAL) == several
    both = {
        (one.comparator, one.verdict)
        for one in REASONS
        if one.parameters.get("alert") == one.parameters.get("case") != None  # noqa: E711
    }
    assert set(EQUAL) == {key for key in both if "{case}" in SENTENCES[key]}


def test_what_can_be_left_out_stands_behind_one_semicolon() -> None:
    for sentence in SENTENCES.values():
        if "{one_in}" in sentence:
            front, _, back = sentence.partition(";")
            assert "{" not in front, sentence
            assert ";" not in back, sentence


def test_every_outcome_with_a_weight_can_be_said() -> None:
    """A row of the table that no comparator names would never count."""
    said = {one.comparator for one in REASONS}
    levels = {"same", "near", "different"}
    for comparator in NAMED:
        for outcome in BESIDE_NAMES[comparator.code].outcomes:
            plain = comparator.code in said and outcome in levels
            assert f"{comparator.code}_{outcome}" in said or plain, (comparator.code, outcome)


def test_sentences_are_for_people() -> None:
    jargon = re.compile(r"\b(keys?|tags?|token|hash|skeleton|comparator|weight|score|bits?|epoch)\b", re.I)
    for text in chain(SENTENCES.values(), SEVERAL.values(), EQUAL.values(), TOGETHER.values()):
        assert not jargon.search(text), text
    for sentence in chain(SENTENCES.values(), SEVERAL.values(), EQUAL.values()):
        assert sentence[0].isupper(), sentence
        assert sentence.endswith("."), sentence
