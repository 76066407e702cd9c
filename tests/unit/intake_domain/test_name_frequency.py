"""Shares of names: the same table for everybody, gendered forms together, nothing rarer than its floor."""

from importlib.resources import files

import pytest

from services.intake.domain.names import frequency, frequency_table
from services.intake.domain.names.skeleton import best

CIRCLE_NAMES = {
    "LT": ("Kazlauskas", "Jonas"),
    "LV": ("Bērziņš", "Jānis"),
    "EE": ("Tamm", "Rein"),
    "PL": ("Nowak", "Piotr"),
    "BY": ("Кавалёў", "Сяргей"),
    "UA": ("Мельник", "Олександр"),
    "RU": ("Смирнов", "Елена"),
    "DE": ("Müller", "Peter"),
    "FR": ("Martin", "Marie"),
    "GB": ("Smith", "David"),
}


def family(name: str) -> str:
    return best(name.casefold())


def given(name: str) -> str:
    return best(name.casefold(), given=True)


def test_the_kept_shares_are_those_of_the_lists_and_the_skeletons() -> None:
    kept = files(frequency.__package__).joinpath(frequency.SHARES_FILE).read_text("utf-8")
    assert kept == frequency_table.render(), (
        "run python -m services.intake.domain.names.frequency_table and raise KEYS_VERSION"
    )


@pytest.mark.parametrize("kind", frequency_table.KINDS)
def test_no_country_has_more_bearers_than_people(kind: str) -> None:
    total: dict[str, float] = {}
    for country, _, share in frequency_table.names(kind):
        assert 0 < share < 0.5
        total[country] = total.get(country, 0.0) + share
    assert max(total.values()) <= 1
    assert set(frequency_table.CIRCLE) <= set(total)


@pytest.mark.parametrize("country", frequency_table.CIRCLE)
def test_the_commonest_names_of_the_circle_are_common(country: str) -> None:
    surname, first_name = CIRCLE_NAMES[country]
    assert frequency.guessable_family(family(surname)) > 0.002
    assert frequency.guessable_given(given(first_name)) > 0.01


def test_forms_of_one_name_share_one_figure() -> None:
    shares = {
        frequency.guessable_family(family(form)) for form in ("Kazlauskas", "Kazlauskienė", "Kazlauskaitė")
    }
    assert len(shares) == 1
    assert shares.pop() > 0.004


def test_spellings_with_one_skeleton_add_up() -> None:
    german = [
        line
        for line in frequency_table.names("family")
        if line.country == "DE" and family(line.name) == family("Meyer")
    ]
    assert len({line.name for line in german}) > 1
    added = frequency_table.by_country("family")["DE"][family("Meyer")]
    assert added == pytest.approx(sum(line.share for line in german))


def test_a_guesser_uses_the_country_where_the_name_is_commonest() -> None:
    # Georgian: nearly unknown in the circle, one in 150 at home.
    beridze = family("ბერიძე")
    at_home = frequency_table.by_country("family")["GE"][beridze]
    assert frequency.guessable_family(beridze) >= at_home > 0.006
    assert at_home / 10 <= frequency.family_share(beridze) < at_home / 2


def test_evidence_is_the_mean_over_the_circle() -> None:
    ivanov = family("Ivanov")
    countries = frequency_table.by_country("family")
    mean = sum(countries[country].get(ivanov, 0) for country in frequency_table.CIRCLE) / 10
    assert frequency.family_share(ivanov) >= mean - 1e-8
    assert frequency.family_share(ivanov) < frequency.guessable_family(ivanov)


@pytest.mark.parametrize(
    "share",
    [frequency.guessable_family, frequency.guessable_given, frequency.family_share, frequency.given_share],
)
def test_an_unlisted_name_is_never_rarer_than_its_length_allows(share: frequency.Share) -> None:
    unlisted = ["?" * length for length in range(1, 12)]
    shares = [share(skeleton) for skeleton in unlisted]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] >= 300e-6
    assert shares[-1] >= 35e-6


def test_a_listed_name_is_no_rarer_than_an_unlisted_one_of_its_length() -> None:
    for skeleton in frequency_table.listed("family"):
        unlisted = "?" * len(skeleton)
        assert frequency.guessable_family(skeleton) > frequency.guessable_family(unlisted)
        assert frequency.family_share(skeleton) >= frequency.family_share(unlisted)


def test_no_name_at_all_is_as_common_as_can_be() -> None:
    assert frequency.guessable_family("") == frequency.guessable_given("") == 1
    assert frequency.family_share("") == frequency.given_share("") == 1


@pytest.mark.parametrize(
    ("share", "people"),
    [
        (1, 1),
        (0.5, 2),
        (1 / 87, 87),
        (0.000112, 8_900),
        (1 / 8_996, 9_000),
        (1 / 123_456, 120_000),
        (1e-6, 1_000_000),
        (1e-9, 1_000_000),
        (0, 1_000_000),
    ],
)
def test_one_in_has_two_digits_and_an_end(share: float, people: int) -> None:
    assert frequency.one_in(share) == people
