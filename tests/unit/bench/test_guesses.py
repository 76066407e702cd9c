"""The guesser of the analysis: likeliest first, nobody twice, and the rule seen as the product sees it."""

from itertools import islice, product

import pytest

from bench.matching import guesses
from services.intake.domain.names import frequency

GIVEN = {"AN": 0.5, "PTR": 0.3, "MR": 0.15, "SM": 0.05}
FAMILY = {"KSLSK": 0.4, "NVK": 0.35, "SMT": 0.2, "KVL": 0.04, "BRSN": 0.01}


def test_every_pair_comes_once_and_the_likeliest_first() -> None:
    found = list(guesses.best_first(GIVEN, FAMILY))
    assert {(guess.given, guess.family) for guess in found} == set(product(GIVEN, FAMILY))
    assert len(found) == len(GIVEN) * len(FAMILY)
    shares = [guess.share for guess in found]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)


def test_hits_are_the_sum_of_the_first_guesses() -> None:
    shares = [guess.share for guess in guesses.best_first(GIVEN, FAMILY)]
    assert guesses.hits(guesses.best_first(GIVEN, FAMILY), (1, 3, 100)) == pytest.approx(
        (shares[0], sum(shares[:3]), sum(shares))
    )


def test_a_filled_list_reaches_everybody_with_names_rarer_than_the_last() -> None:
    listed = {"A": 0.2, "B": 0.1, "C": 0.05}
    found = guesses.filled(listed)
    assert sum(found.values()) == pytest.approx(1)
    assert max(share for name, share in found.items() if name not in listed) < 0.05


def test_the_rule_sees_of_an_invented_name_only_its_length() -> None:
    invented = set(guesses.filled({"A": 0.2, "B": 0.1})) - {"A", "B"}
    seen = {guesses.rule_form(name) for name in invented}
    assert seen <= {"?" * length for length in guesses.TAIL_LENGTHS}
    assert len(seen) > 1
    assert guesses.rule_form("KSLSK") == "KSLSK"


def test_people_lose_the_key_if_both_names_together_are_too_common() -> None:
    threshold = 4e-6
    expected = sum(
        GIVEN[one] * FAMILY[two]
        for one, two in product(GIVEN, FAMILY)
        if frequency.guessable_given(one) * frequency.guessable_family(two) > threshold
    )
    assert 0 < expected < 1
    kept = guesses.under(threshold, GIVEN, FAMILY)
    assert kept.lost == pytest.approx(expected)
    assert kept.hit[-1] == pytest.approx(1 - expected)


def test_guesses_for_a_country_of_the_circle_are_its_own_names() -> None:
    first = list(islice(guesses.for_country("LT"), 50))
    assert all(guess.share > 1e-5 for guess in first)
    with pytest.raises(KeyError):
        guesses.for_country("nowhere")
