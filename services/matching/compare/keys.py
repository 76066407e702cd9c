"""Which match keys agree: independent facts, of each the best."""

from services.matching.compare.port import UNKNOWN, Comparator, Finding, Level, Pair

FACTS: dict[str, dict[str, str]] = {
    "keys_year": {"N": "both", "X": "shortened", "Y": "shortened", "B": "band", "I": "initial"},
    "keys_date": {"D": "whole", "J": "shortened", "E": "shortened"},
    "keys_day": {"M": "both"},
    "keys_place": {"P": "both"},
    "keys_names": {"Z": "both", "U": "shortened", "V": "shortened"},
}
"""Comparator, then letter of a key and what its agreement is called; the best first. Keys of one fact are one
witness (DESIGN 5): only the best of them counts."""
_EXPLANATION = (
    "A match key joins names with {what}; it agrees only if all that it joins does. Keys that join the same "
    "are one witness, and the best of them counts."
)
_WHAT = {
    "keys_year": "the year of birth",
    "keys_date": "the full date of birth",
    "keys_day": "the day and month of birth",
    "keys_place": "the place of the last contact",
    "keys_names": "each other and the sex",
}
_DIFFER = frozenset({"close", "different"})


def is_contradicted(code: str, pair: Pair) -> bool:
    """Whether the finer comparison denies what a key says: then the tag agrees by chance, or was made up.

    Every key joins a name, so one of the two must agree, unless several keys do: the details tell the first
    reading of an alert's names only, and an alert has keys of others as well. A key with a date or day needs
    some of the date.
    """
    agreement = pair.agreement
    if agreement is None:
        return False
    if len(pair.groups) == 1 and agreement.given in _DIFFER and agreement.family in _DIFFER:
        return True
    return code in ("keys_date", "keys_day") and agreement.birth == "different"


def comparators() -> list[Comparator]:
    """One for each fact."""
    return [_comparator(code, letters) for code, letters in FACTS.items()]


def _comparator(code: str, letters: dict[str, str]) -> Comparator:
    def compare(pair: Pair) -> Finding:
        if is_contradicted(code, pair):
            return UNKNOWN
        for letter, outcome in letters.items():
            if letter in pair.groups:
                return Finding(Level.SAME, outcome=outcome)
        return UNKNOWN

    return Comparator(code, compare, _EXPLANATION.format(what=_WHAT[code]), tells_unknown=False)
