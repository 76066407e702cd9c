"""Search in the own organisation without storing what is searched for: exact folded values, blindly."""

import unicodedata
from collections.abc import Iterator

from services.intake.domain.finer.rarity import own_sounds
from services.intake.domain.person import Person
from shared.store.blind import BlindIndex

NAME = "name"
SOURCE_ID = "source_id"
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
    if source_id:
        yield SOURCE_ID, source_id


def fold(text: str) -> str:
    """Lower case, accents and punctuation aside; scripts stay what they are."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    kept = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join(kept.split())
