"""Search in the own organisation without storing what is searched for: blind values of names.

Three ways to find a name, each wider than the one before: written the same (accents and case aside), spelled
the same in another script, sounding the same.
"""

import unicodedata
from collections.abc import Iterator

from services.intake.domain.finer.rarity import own_sounds
from services.intake.domain.names.skeleton import best, spelling, words
from services.intake.domain.person import Person
from shared.store.blind import BlindIndex

NAME = "name"
SOURCE_ID = "source_id"
NAME_SPELLING = "name_spelling"
"""One word of a name in plain Latin letters, from whatever script."""
NAME_SOUND = "name_sound"
"""One word of a name by its consonants."""
SHORTEST_SOUND = 2
"""Shorter ones belong to half of all names."""
BORN = "born"
YEARS_AT_MOST = 12
SOUND = {"given": "given_sound", "family": "family_sound"}


class SearchTerms:
    """Turns what somebody typed into blind index values."""

    def __init__(self, key: bytes) -> None:
        self._index = BlindIndex(key)

    def value(self, field: str, text: str) -> bytes | None:
        """The value to store or to look for; None when nothing is left of the text."""
        folded = fold(text)
        return self._index.of(field, folded) if folded else None


def terms_of(person: Person, source_id: str) -> Iterator[tuple[str, str]]:
    """Each name alone, given and family name together in either order, and the id of the imported table.

    Also the sounds of both names, which nobody searches for: they are counted (how rare a name is here).
    """
    given, family = person.given_name, person.family_name
    texts = [given, family, f"{given} {family}", f"{family} {given}", *person.alternate_names]
    for folded in sorted({fold(text) for text in texts} - {""}):
        yield NAME, folded
    for which, sound in own_sounds(person):
        yield SOUND[which], sound
    for each in sorted({word for name in (given, family, *person.alternate_names) for word in words(name)}):
        yield from _of_word(each)
    for year in years_of(person):
        yield BORN, str(year)
    if source_id:
        yield SOURCE_ID, source_id


def years_of(person: Person) -> list[int]:
    """The years in which somebody may be born; none where nothing, or too little, is known."""
    years = person.birth_years()
    found = [] if years is None else list(range(years[0], years[1] + 1))
    return found if len(found) <= YEARS_AT_MOST else []


def _of_word(word: str) -> Iterator[tuple[str, str]]:
    if spelled := spelling(word):
        yield NAME_SPELLING, spelled
    for sound in _sounds_of(word):
        yield NAME_SOUND, sound


def _sounds_of(word: str) -> list[str]:
    found = {best(word), best(word, given=True)}
    return sorted(sound for sound in found if len(sound) >= SHORTEST_SOUND)


def wider(text: str) -> list[tuple[str, list[list[str]]]]:
    """What else to look for: by spelling, then by sound. Every word has to be met by one of its values.

    A text without a word that has letters, such as a number or a percent sign, is looked for in no other way.
    """
    found = words(text)
    by_spelling = [[spelling(word)] for word in found]
    by_sound = [_sounds_of(word) for word in found]
    ways = ((NAME_SPELLING, by_spelling), (NAME_SOUND, by_sound))
    return [(field, each) for field, each in ways if each and all(values and all(values) for values in each)]


def fold(text: str) -> str:
    """Lower case, accents and punctuation aside; scripts stay what they are."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    kept = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join(kept.split())
