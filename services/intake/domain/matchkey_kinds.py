"""The kinds of match keys, and the rule that none can be guessed by counting through a list.

Every kind joins at least three attributes (DESIGN 5, case 38). A kind that breaks the rule cannot
be defined: `Kind` refuses it, so no code path can make such a key.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.intake.domain.errors import DomainError

KEYS_VERSION = 2
"""Changes with any change to the kinds, to `matchkeys`, `matchkey_facts` or to `names`."""
MINIMUM_ATTRIBUTES = 3
BLOCK_PLACES = 24
"""Places of one case in a batch of questions: 22 under the fine key, then 2 under the coarse key."""
COARSE_PLACES = 2
MOST_COARSE = 10
"""Coarse keys of one case; with more than two it takes several blocks."""


class UnsafeKey(DomainError):
    """This combination could be guessed by counting through a list, so no key is made from it."""


class Attribute(StrEnum):
    """What a key may join. One attribute is one answer that a person could be asked for."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    ONE_NAME = "one_name"
    """Given or family name, whichever."""
    INITIAL = "initial"
    BIRTH_YEAR = "birth_year"
    BIRTH_BAND = "birth_band"
    """Five years: all that an estimated age tells."""
    BIRTH_DAY = "birth_day"
    """Day and month without the year."""
    BIRTH_DATE = "birth_date"
    """The full date counts once: it is one answer, and there are only 40,000 of them."""
    SEX = "sex"
    PLACE = "place"
    PHONE = "phone"
    EMAIL = "email"
    PERSONAL_CODE = "personal_code"


NAMES = frozenset({Attribute.GIVEN_NAME, Attribute.FAMILY_NAME, Attribute.ONE_NAME})
NEVER = frozenset({Attribute.PHONE, Attribute.EMAIL, Attribute.PERSONAL_CODE})
"""Each of these says by itself who somebody is and can be counted through: in no key at all."""


@dataclass(frozen=True, slots=True, repr=False)
class MatchKey:
    """One match key: its group and its canonical bytes."""

    group: str
    text: bytes
    coarse: bool = False
    """Joins so little that few questions would find common names: evaluated under the coarse key, whose
    part of a partner's budget is small."""

    def __repr__(self) -> str:
        return f"<MatchKey {self.group}>"  # the text holds what a name sounds like


@dataclass(frozen=True, slots=True)
class Kind:
    """A group of match keys: its capital letter and what it joins, in order."""

    group: str
    attributes: tuple[Attribute, ...]
    coarse: bool = False

    def __post_init__(self) -> None:
        joined = frozenset(self.attributes)
        if len(joined) < MINIMUM_ATTRIBUTES or not joined & NAMES or joined & NEVER:
            raise UnsafeKey()

    def key(self, values: tuple[str, ...]) -> MatchKey:
        """`mk2|N|value|value|value` in ASCII; UnsafeKey if a value is missing or empty."""
        if len(values) != len(self.attributes) or "" in values:
            raise UnsafeKey("A match key needs a value for every attribute of its kind.")
        text = f"mk{KEYS_VERSION}|{self.group}|{'|'.join(values)}"
        return MatchKey(self.group, text.encode("ascii"), self.coarse)


_A = Attribute
BOTH_NAMES_YEAR = Kind("N", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.BIRTH_YEAR))
ONE_NAME_DATE = Kind("D", (_A.ONE_NAME, _A.BIRTH_DATE, _A.SEX))
BOTH_NAMES_PLACE = Kind("P", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.PLACE))
BOTH_NAMES_DAY = Kind("M", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.BIRTH_DAY))
FAMILY_SHORTENED = Kind("X", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.BIRTH_YEAR))
GIVEN_SHORTENED = Kind("Y", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.BIRTH_YEAR))
FAMILY_INITIAL_DATE = Kind("J", (_A.FAMILY_NAME, _A.INITIAL, _A.BIRTH_DATE))
ONE_NAME_SHORTENED = Kind("E", (_A.ONE_NAME, _A.BIRTH_DATE, _A.SEX))
BOTH_NAMES_SEX = Kind("Z", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.SEX), coarse=True)
BOTH_NAMES_BAND = Kind("B", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.BIRTH_BAND), coarse=True)
FAMILY_INITIAL_YEAR = Kind("I", (_A.FAMILY_NAME, _A.INITIAL, _A.BIRTH_YEAR), coarse=True)
FAMILY_SHORTENED_SEX = Kind("U", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.SEX), coarse=True)
GIVEN_SHORTENED_SEX = Kind("V", (_A.GIVEN_NAME, _A.FAMILY_NAME, _A.SEX), coarse=True)

KINDS: dict[str, Kind] = {
    kind.group: kind
    for kind in (
        BOTH_NAMES_YEAR,
        ONE_NAME_DATE,
        BOTH_NAMES_PLACE,
        BOTH_NAMES_DAY,
        FAMILY_SHORTENED,
        GIVEN_SHORTENED,
        FAMILY_INITIAL_DATE,
        ONE_NAME_SHORTENED,
        BOTH_NAMES_SEX,
        BOTH_NAMES_BAND,
        FAMILY_INITIAL_YEAR,
        FAMILY_SHORTENED_SEX,
        GIVEN_SHORTENED_SEX,
    )
}
"""In N, P, M, Z and B the pair of names is unordered, so that swapped names cost nothing; a `shortened` name
has one consonant left out, or none."""
