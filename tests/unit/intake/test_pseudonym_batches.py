"""A batch under a fine and a coarse key, publisher's and finder's side (PROTOCOL 7.1 and 7.2)."""

from dataclasses import replace

import pytest

from services.intake.domain.matchkeys import MatchKey
from services.intake.handlers.pseudonyms.batches import (
    NO_PROOF,
    Evaluated,
    PartnerKeys,
    PublicKeys,
    Question,
)
from shared.crypto.oprf import BadEvaluation, BadPoint, PseudonymKey

MASTER = bytes(range(32))
COARSE_OF_48 = [22, 23, 46, 47]


@pytest.fixture
def keys() -> PartnerKeys:
    return PartnerKeys(MASTER, "lt-vilnius", "fr-lyon", 1)


def fine_key() -> PseudonymKey:
    return PseudonymKey.derive(MASTER, "lt-vilnius|fr-lyon|1")


def coarse_key() -> PseudonymKey:
    return PseudonymKey.derive(MASTER, "lt-vilnius|fr-lyon|1|coarse")


def answered_by(keys: PartnerKeys, points: int = 48, text: bytes = b"mk2|Z|a|b|female") -> list[bytes]:
    question = Question([text] * points)
    return question.finalize(keys.evaluate(question.blinded), keys.public)


def test_a_place_decides_which_key_is_used(keys: PartnerKeys) -> None:
    fine, coarse = fine_key().pseudonym(b"same"), coarse_key().pseudonym(b"same")
    found = answered_by(keys, 50, b"same")
    assert [place for place, one in enumerate(found) if one == coarse] == COARSE_OF_48
    assert all(one == fine for place, one in enumerate(found) if place not in COARSE_OF_48)


def test_the_publishers_own_pseudonyms_follow_the_match_key(keys: PartnerKeys) -> None:
    assert keys.pseudonym(MatchKey("N", b"k")) == fine_key().pseudonym(b"k")
    assert keys.pseudonym(MatchKey("Z", b"k", coarse=True)) == coarse_key().pseudonym(b"k")


def test_a_coarse_guess_in_a_fine_place_fits_no_tag(keys: PartnerKeys) -> None:
    """Whoever asks nothing but coarse guesses gets 4 of 48."""
    wanted = keys.pseudonym(MatchKey("Z", b"mk2|Z|a|b|female", coarse=True))
    found = answered_by(keys)
    assert [place for place, one in enumerate(found) if one == wanted] == COARSE_OF_48


def test_a_coarse_place_evaluated_with_the_fine_key_is_refused(keys: PartnerKeys) -> None:
    question = Question([b"k"] * 24)
    elements, proof = fine_key().evaluate(question.blinded[:22])
    wrong, wrong_proof = fine_key().evaluate(question.blinded[22:])
    with pytest.raises(BadEvaluation):
        question.finalize(Evaluated([*elements, *wrong], proof, wrong_proof), keys.public)
    one_key = PublicKeys(keys.public.fine, keys.public.fine)
    with pytest.raises(BadEvaluation, match="one key"):
        question.finalize(Evaluated([*elements, *wrong], proof, wrong_proof), one_key)


def test_swapped_proofs_and_swapped_keys_are_refused(keys: PartnerKeys) -> None:
    question = Question([b"k"] * 50)
    right = keys.evaluate(question.blinded)
    swapped = replace(right, proof=right.coarse_proof, coarse_proof=right.proof)
    crossed = PublicKeys(keys.public.coarse, keys.public.fine)
    for answer, public in ((swapped, keys.public), (swapped, crossed), (right, crossed)):
        with pytest.raises(BadEvaluation):
            question.finalize(answer, public)
    assert len(question.finalize(right, keys.public)) == 50


@pytest.mark.parametrize("change", [{"proof": NO_PROOF}, {"coarse_proof": NO_PROOF}])
def test_each_part_has_to_be_proven(keys: PartnerKeys, change: dict[str, bytes]) -> None:
    question = Question([b"k"] * 48)
    right = keys.evaluate(question.blinded)
    with pytest.raises(BadEvaluation):
        question.finalize(replace(right, **change), keys.public)  # type: ignore[arg-type]


@pytest.mark.parametrize("points", [0, 23, 25])
def test_another_number_of_elements_is_refused(keys: PartnerKeys, points: int) -> None:
    question = Question([b"k"] * 24)
    right = keys.evaluate(question.blinded)
    elements = (right.elements * 2)[:points]
    with pytest.raises(BadEvaluation):
        question.finalize(replace(right, elements=elements), keys.public)


def test_one_bad_point_in_either_part_evaluates_nothing(keys: PartnerKeys) -> None:
    for place in (0, 23):
        points = Question([b"k"] * 24).blinded
        points[place] = bytes(32)
        with pytest.raises(BadPoint):
            keys.evaluate(points)


@pytest.mark.parametrize("points", [1, 23])
def test_a_batch_without_a_whole_block_has_no_coarse_part(keys: PartnerKeys, points: int) -> None:
    question = Question([b"k"] * points)
    answer = keys.evaluate(question.blinded)
    assert answer.coarse_proof == NO_PROOF
    assert question.finalize(answer, keys.public) == [fine_key().pseudonym(b"k")] * points
    with pytest.raises(BadEvaluation, match="no coarse places"):
        question.finalize(replace(answer, coarse_proof=answer.proof), keys.public)
    with pytest.raises(BadEvaluation, match="group element"):
        question.finalize(answer, PublicKeys(keys.public.fine, bytes(32)))
