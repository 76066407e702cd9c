"""How often each damage happens: on a case, which a shelter or office writes down, and on a family's alert.

Assumed, not observed, and on purpose not those of the development set: most kinds are others, the rest is
rarer or more frequent than there.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Rates:
    """Probabilities of one side of a set."""

    other_script: float
    """That the names are in letters that are not those of their language."""
    words: dict[str, float]
    """Another name, or other words in its place."""
    slips: dict[str, float]
    """Slips within a written name; each name takes its chance alone."""
    form: dict[str, float]
    """What goes into which column."""
    birth: dict[str, float]
    """At most one of these; otherwise the date is right."""
    facts: dict[str, float]
    place: float
    """That the place is the one on the other side, if there is one."""


CASE = Rates(
    other_script=0.5,
    words={
        "declined": 0.05,
        "nickname": 0.06,
        "patronymic": 0.12,
        "patronymic_as_surname": 0.01,
        "both_given": 0.35,  # of those who have two
        "second_given_only": 0.12,  # likewise
        "as_a_man": 0.05,  # of women whose surname has a form of its own
        "as_unmarried": 0.08,  # of married Lithuanian women, and the other way round
        "new_surname": 0.04,  # of women
        "double_surname": 0.04,  # of women
        "article_lost": 0.3,  # of Arabic names that have one
    },
    slips={"by_ear": 0.08, "by_pen": 0.04, "by_key": 0.025, "lost_letters": 0.02, "cut": 0.02},
    form={
        "upper_case": 0.15,
        "swapped": 0.03,
        "one_column": 0.035,
        "initial": 0.02,
        "no_given": 0.02,
        "no_family": 0.01,
        "title": 0.02,
        "known_as": 0.05,
    },
    birth={
        "age_guessed": 0.06,
        "age_range": 0.06,
        "age": 0.02,
        "year_only": 0.06,
        "month_only": 0.03,
        "first_of_month": 0.02,
        "digits_swapped": 0.03,
        "month_wrong": 0.02,
        "day_wrong": 0.03,
        "decade_wrong": 0.015,
        "day_and_month_swapped": 0.015,
        "no_birth": 0.03,
    },
    facts={
        "no_sex": 0.06,
        "wrong_sex": 0.005,
        "no_nationality": 0.2,
        "wrong_nationality": 0.05,
        "languages": 0.5,
        "no_place": 0.2,
    },
    place=0.55,
)
ALERT = Rates(
    other_script=0.2,
    words={
        "declined": 0.01,
        "nickname": 0.03,
        "patronymic": 0.2,
        "patronymic_as_surname": 0.0,
        "both_given": 0.6,
        "second_given_only": 0.03,
        "as_a_man": 0.005,
        "as_unmarried": 0.01,
        "new_surname": 0.0,
        "double_surname": 0.01,
        "article_lost": 0.1,
    },
    slips={"by_ear": 0.01, "by_pen": 0.01, "by_key": 0.015, "lost_letters": 0.003, "cut": 0.005},
    form={
        "upper_case": 0.05,
        "swapped": 0.01,
        "one_column": 0.01,
        "initial": 0.002,
        "no_given": 0.004,
        "no_family": 0.004,
        "title": 0.005,
        "known_as": 0.1,
    },
    birth={
        "age_guessed": 0.01,
        "age_range": 0.01,
        "age": 0.02,
        "year_only": 0.03,
        "month_only": 0.01,
        "first_of_month": 0.005,
        "digits_swapped": 0.005,
        "month_wrong": 0.004,
        "day_wrong": 0.005,
        "decade_wrong": 0.003,
        "day_and_month_swapped": 0.005,
        "no_birth": 0.015,
    },
    facts={
        "no_sex": 0.02,
        "wrong_sex": 0.002,
        "no_nationality": 0.06,
        "wrong_nationality": 0.01,
        "languages": 0.7,
        "no_place": 0.08,
    },
    place=1.0,
)


def without_dates(rates: Rates) -> Rates:
    """Nobody knows a birth date; of some an age is known or guessed."""
    return replace(rates, birth={"age_guessed": 0.35, "age_range": 0.15, "age": 0.1, "no_birth": 0.4})


def in_letters(rates: Rates, other_script: bool) -> Rates:
    """Every name of the side in the letters of its language, or none."""
    return replace(rates, other_script=1.0 if other_script else 0.0)
