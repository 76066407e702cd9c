"""New weights are fitted to kept decisions, held to the shipped ones, and applied by nobody."""

import random
from dataclasses import replace

import numpy as np
import pytest

from services.matching import rules, weights
from services.matching.fitting import fit, matrix, scores, surprise
from services.matching.proposal import LEAST_BEHIND, START_ROW, TooFewDecisions, propose, shipped
from services.matching.store.kept import BITS_STEP, MOST_BITS, SEALED_BYTES, Kept, Seen, _packed, rounded
from services.matching.weights import BESIDE_NAMES, START, Row
from shared.wire.codes import MatchState, Strength

KEYS = 2
PROBABLE, EXCLUDED = MatchState.PROBABLE, MatchState.EXCLUDED


def decision(state: MatchState = PROBABLE, **seen: str) -> Kept:
    found = {code: Seen(row, 1, 0) for code, row in seen.items()}
    return Kept(202611, state, Strength.LIKELY, 100, True, KEYS, "0" * 8, found)


def decided(count: int, weight: dict[str, int], seed: int = 1) -> list[Kept]:
    """People who decide by these weights (hundredths of a bit) about sex and place, and chance."""
    chance, found = random.Random(seed), []
    for _ in range(count):
        sex, place = chance.choice(["same", "different"]), chance.choice(["same", "different"])
        bits = (weight["start"] + weight[f"sex {sex}"] + weight[f"place {place}"]) / 100
        state = PROBABLE if chance.random() < 1 / (1 + 2**-bits) else EXCLUDED
        found.append(decision(state, sex=sex, place=place))
    return found


SHIPPED = {f"{code} {row}": weight for (code, row, what), weight in shipped().items() if what == "times"}
HALF = {**SHIPPED, "start": 80}
"""The shipped weights, with about as many of each kind."""


def test_weights_move_where_the_decisions_do() -> None:
    """People for whom another place excludes: that row moves most, and by about so much."""
    moved = propose(decided(3000, {**HALF, "place different": -300}), KEYS).moved
    by_name = {one.name: one for one in moved}
    place = by_name["place", "different", "times"]
    assert place.old == SHIPPED["place different"]
    same = by_name["place", "same", "times"]
    assert place.new - same.new == pytest.approx(-300 - SHIPPED["place same"], abs=50)
    assert place.new - place.old < -80
    assert {one.name[0] for one in moved} <= {"sex", "place", "START"}, "nothing spoke about the others"
    sizes = [abs(one.new - one.old) for one in moved]
    assert sizes == sorted(sizes, reverse=True)


def test_people_who_decide_as_shipped_move_little() -> None:
    """The shipped weights are the prior: what is not contradicted stays."""
    found = propose(decided(400, HALF), KEYS)
    rows = [one for one in found.moved if one.name != START_ROW]
    assert all(abs(one.new - one.old) < 40 for one in rows), rows
    [start] = [one for one in found.moved if one.name == START_ROW]
    assert (start.old, start.behind) == (START, 400)
    assert start.new == pytest.approx(HALF["start"], abs=60), (
        "a house with more right pairs among those shown"
    )


def test_better_weights_surprise_less() -> None:
    found = propose(decided(2000, {**HALF, "sex same": 400}), KEYS)
    assert found.surprise_then < found.surprise_now


def test_another_share_of_right_pairs_is_no_gain() -> None:
    """Both figures are with the constant of this house: else any proposal would look like a gain."""
    found = propose(decided(600, HALF), KEYS)
    assert found.surprise_then == pytest.approx(found.surprise_now, abs=0.02)


def test_a_decision_tells_nothing_about_itself() -> None:
    """The figure is of decisions that were not fitted: where there is nothing to learn it is no better."""
    chance = random.Random(3)
    codes = [(code, row) for code, row, what in shipped() if what == "times"]
    noise = [
        decision(chance.choice([PROBABLE, EXCLUDED]), **dict(chance.sample(codes, 8))) for _ in range(150)
    ]
    found = propose(noise, KEYS)
    assert found.surprise_then > 0.95


@pytest.mark.parametrize(("right", "wrong"), [(49, 200), (200, 49), (0, 0), (12, 3)])
def test_too_few_of_a_kind_are_refused_with_what_is_missing(right: int, wrong: int) -> None:
    rows = [decision(sex="same")] * right + [decision(EXCLUDED, sex="different")] * wrong
    with pytest.raises(TooFewDecisions) as caught:
        propose(rows, KEYS)
    assert (caught.value.missing_right, caught.value.missing_wrong) == (
        max(0, 50 - right),
        max(0, 50 - wrong),
    )
    assert f"{max(0, 50 - right)} probable and {max(0, 50 - wrong)} excluded" in str(caught.value)


@pytest.mark.parametrize(
    "change", [{"has_keys": False}, {"keys_version": 1}, {"state": MatchState.IN_REVIEW}]
)
def test_what_says_nothing_about_these_weights_is_left_out(change: dict[str, object]) -> None:
    usable = decided(300, HALF)
    others = [replace(one, **change) for one in decided(300, {**HALF, "sex same": -900})]  # type: ignore[arg-type]
    found = propose([*usable, *others], KEYS)
    assert found.left_out == 300
    assert found.moved == propose(usable, KEYS).moved


def test_confirmed_is_as_right_as_probable() -> None:
    rows = decided(300, HALF)
    confirmed = [replace(one, state=MatchState.CONFIRMED) if one.state is PROBABLE else one for one in rows]
    assert propose(confirmed, KEYS) == propose(rows, KEYS)


def test_what_few_decisions_speak_about_is_neither_fitted_nor_told() -> None:
    """A file that leaves the house must not say that somebody with two common marks was excluded."""
    rows = decided(300, HALF)
    marked = [decision(EXCLUDED, sex="same", place="same", marks="same")]
    few = propose(rows + marked * (LEAST_BEHIND - 1), KEYS)
    assert "marks" not in {one.name[0] for one in few.moved}
    enough = propose(rows + marked * LEAST_BEHIND, KEYS)
    [mark] = [one for one in enough.moved if one.name[0] == "marks"]
    assert mark.behind == LEAST_BEHIND
    assert mark.new < mark.old
    assert min(one.behind for one in enough.moved) >= LEAST_BEHIND


def test_the_rarity_of_names_is_fitted_too() -> None:
    """People who believe rare names more than the table does."""
    chance, rows = random.Random(5), []
    for _ in range(1500):
        bits = chance.choice([0, 4, 8, 12, 16])
        right = chance.random() < 1 / (1 + 2 ** (4 - bits * 0.6))
        seen = {"family_name": Seen("same", 1, bits)}
        rows.append(replace(decision(PROBABLE if right else EXCLUDED), seen=seen))
    by_name = {one.name: one for one in propose(rows, KEYS).moved}
    assert by_name["family_name", "same", "bits"].new > by_name["family_name", "same", "bits"].old + 10


def test_a_proposal_changes_no_weight() -> None:
    before = (rules.weights_version.__wrapped__(), shipped())
    propose(decided(300, {**HALF, "sex same": 900}), KEYS)
    assert (rules.weights_version.__wrapped__(), shipped()) == before


@pytest.mark.parametrize("what", ["START", "STRENGTHS", "FLOOR_NAMES", "BESIDE_NAMES", "ALONE"])
def test_the_version_of_the_weights_follows_them(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules.weights_version.__wrapped__()
    changed = {
        "START": -1,
        "STRENGTHS": ((1, Strength.LIKELY),),
        "FLOOR_NAMES": -1,
        "BESIDE_NAMES": {**BESIDE_NAMES, "columns": Row({"near": -46}, "another text")},
        "ALONE": {**weights.ALONE, "sex": Row({"same": 99}, "")},
    }
    monkeypatch.setattr(weights, what, changed[what])
    assert rules.weights_version.__wrapped__() != before


def test_the_fullest_row_fits_into_its_place() -> None:
    """Every comparator with the longest word of its rows; a new comparator may need more room."""
    seen = {
        code: Seen(max((*row.outcomes, *row.per_bit), key=len), 2, MOST_BITS)
        for code, row in BESIDE_NAMES.items()
    }
    fullest = Kept(
        999912, MatchState.REUNITED_ELSEWHERE, Strength.ALMOST_CERTAIN, -10_000, False, 99, "f" * 8, seen
    )
    assert len(_packed(fullest)) == SEALED_BYTES
    with pytest.raises(ValueError, match="SEALED_BYTES"):
        _packed(replace(fullest, seen={f"{code}{n}": one for code, one in seen.items() for n in range(9)}))


def test_rarity_is_kept_in_five_steps() -> None:
    """Of the steps in which it is told (1, 2, 5, 10 ... 1,000,000) hardly any is left."""
    told = [np.log2(step * 10**power) for power in range(6) for step in (1, 2, 5)] + [np.log2(10**6), 17.0]
    kept = {rounded(float(bits), BITS_STEP, MOST_BITS) for bits in told}
    assert kept == {0, 4, 8, 12, 16}


def test_the_core_fits_what_made_the_labels() -> None:
    """The same function makes the shipped weights (bench/matching/fit.py)."""
    names = [("sex", "same", "times"), ("place", "same", "times")]
    chance = np.random.default_rng(2)
    rows = [{names[0]: float(a), names[1]: float(b)} for a, b in chance.integers(0, 2, (4000, 2))]
    values = matrix([{**row, ("unknown", "x", "times"): 9.0} for row in rows], names)
    true = np.array([2.0, -1.0, -0.5])
    labels = (chance.random(4000) < 1 / (1 + np.exp2(-scores(true, values)))).astype(float)
    loose = fit(values, labels, np.ones(4000), np.array([1e-6, 1e-6, 0.0]))
    assert loose == pytest.approx(true, abs=0.25)
    prior = np.array([5.0, 5.0, 5.0])
    held = fit(values, labels, np.ones(4000), np.full(3, 1e9), prior)
    assert held == pytest.approx(prior, abs=1e-3)
    assert surprise(np.zeros(4000), labels) == pytest.approx(1.0)
    assert surprise(scores(loose, values), labels) < 0.95
