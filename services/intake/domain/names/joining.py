"""From the sounds of a word to its voiced form and its skeletons."""

import re
from collections.abc import Iterator

_VOWELS = re.compile(r"[oi]+")
_DOUBLED = re.compile(r"([A-Z])\1+")
_SHORT = re.compile(r"([A-Z])([oi]+)([A-Z])(?:[oi]*)")
_NO_VOWEL = re.compile(r"([A-Z])([A-Z])[oi]*")
_OTHER = {"o": "i", "i": "o"}


def voiced(sounds: str) -> str:
    """One vowel for a run of vowels, one consonant for a run of the same; no vowels at the end.

    A word of vowels only keeps its first.
    """
    kept, last = [], ""
    for sound in sounds:
        if sound == last or (sound in "oi" and last in ("o", "i")):
            continue
        kept.append(sound)
        last = sound
    text = "".join(kept)
    return text.rstrip("oi") or text[:1]


def skeleton(sounds: str) -> str:
    """The consonants, an A in front for a vowel there, and a vowel where less than three letters are left.

    Three letters are few enough to be shared by many names: a word of two consonants with a vowel
    between them keeps that vowel, a word of one consonant its first vowel.
    """
    form = voiced(sounds)
    plain = form.replace("o", "").replace("i", "")
    front = "A" if form[:1] in ("o", "i") else ""
    if len(plain) > 2 or (len(plain) == 2 and (front or form[1:2] not in ("o", "i"))):
        return front + plain
    if len(plain) == 2:
        return form.upper()
    vowel = _VOWELS.search(form)
    return front + plain + (vowel[0][0].upper() if vowel else "")


def other_vowels(sounds: str) -> Iterator[str]:
    """For two consonants with a vowel between: without it, and with the other class if the run has both.

    For two consonants without one: with either. Hebrew and Arabic write few vowels.
    """
    once = _DOUBLED.sub(r"\1", sounds)
    if bare := _NO_VOWEL.fullmatch(once):
        yield from (bare[1] + vowel + bare[2] for vowel in "OI")
    short = _SHORT.fullmatch(once)
    if short is not None and short[1] != short[3]:
        yield short[1] + short[3]
        if len(set(short[2])) > 1:
            yield short[1] + _OTHER[short[2][0]].upper() + short[3]
