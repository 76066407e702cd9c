"""The sounds of a folded word: how Polish, German, French, English, Latvian, Greek ... spell each.

Consonants fall into eleven classes: B P D T K S V M N L R. K holds all velars (k g h ch q), S all
sibilants (s š z ž c č, sz, sch, tsch), V holds v, w and f. Vowels are `o` (a o u) or `i` (e i y and the
glide j). A spelling that is read in several ways has several readings: the usual one, and others with
their doubt, 1 to 3. A case uses the usual ones, an alert tries the others too, the least doubtful first.
"""

import re
from collections.abc import Iterator

Unit = tuple[tuple[str, int], ...]
"""Readings with their doubt, the usual one (0) first."""

_TABLE = {
    # sibilants of several letters: English, German, French, Polish, Hungarian, Georgian in German
    "schtsch": "S", "stsch": "S", "chtch": "S", "tsch": "S", "shch": "S", "szcz": "S", "tch": "S", "sch": "S",
    "tsh": "S", "tS": "S", "tC": "S", "ts": "S", "tz": "S", "cz": "S", "sz": "S", "sh": "S", "zh": "S",
    "cs": "S", "dze": "Si", "dse": "Si DSi2", "dz": "S", "dS": "S i2", "dJ": "S i2 K2 D3", "dzh": "S i2",
    "dj": "D S1 i3",
    # a consonant with h, and other pairs
    "ch": "S K1", "kh": "K S2", "gh": "K", "th": "T", "ph": "V", "rh": "R", "dh": "D", "bh": "B", "wh": "V",
    "dt": "T", "ck": "K", "qu": "K KV3", "rz": "RS S1", "ks": "KS", "gk": "K", "sce": "Si", "sci": "Si",
    "b": "B", "p": "P", "d": "D", "t": "T", "v": "V", "w": "V", "f": "V", "m": "M", "n": "N", "l": "L",
    "r": "R", "s": "S", "z": "S", "k": "K", "q": "K", "g": "K", "h": "K _2", "x": "KS K3", "j": "i S1",
    "c": "K S2",
    "a": "o", "o": "o", "u": "o", "e": "i", "i": "i", "y": "i",
    # settled sounds
    "S": "S", "X": "K S2", "C": "S K2", "J": "S i2", "Q": "S ST2", "G": "S i1 K2", "W": "V o1", "H": "K _2",
    "E": "D S1", "Z": "T S1", "B": "B P1", "L": "P B1", "D": "D T1", "T": "T D1", "P": "P V1", "F": "V B1",
    "I": "K NK1", "U": "o V2", "Y": "K i1", "V": "V _2", "M": "MB B1 MP2", "N": "ND D1 NT1",
    "R": "R RS1 S2",
}  # fmt: skip
"""Unit: its readings with their doubt; `_` is silence."""


def _parse(text: str) -> Unit:
    return tuple(
        (part.rstrip("123").strip("_"), int(part[-1]) if part[-1].isdigit() else 0) for part in text.split()
    )


READINGS = {unit: _parse(text) for unit, text in _TABLE.items()}
_UNIT = re.compile("|".join(sorted(READINGS, key=len, reverse=True)) + "|A")
_CONTEXT = {
    name: _parse(text)
    for name, text in {
        "soft c": "S K2", "soft g": "K S2", "gi and vowel": "K i1 S2", "hard ch": "K S1", "final ck": "K SK1",
        "Polish ck": "SK K1", "Polish rz": "S RS1", "silent h": "_ K1", "w after vowel": "V _2",
        "ov before sk": "_", "nasal": "_ N1", "nasal at lips": "_ M1",
    }.items()
}  # fmt: skip
_POLISH_AFTER_CK = frozenset({"", "i", "a", "y", "ie", "iej"})
"""Nowicki, Nowicka: c and k apart. Elsewhere, and first of all at the very end (Beck), ck is k."""
_ENGLISH_AFTER_W = frozenset({"", "e", "s", "er", "ster", "l", "n", "man", "d"})
"""Burrow, Andrews, Brewster, Brown: a w that is no consonant; not Wiśniewska."""
_VOWELS = frozenset("aeiouy")


def sounds(folded: str) -> list[Unit]:
    """The readings of each sound in turn."""
    if depends(folded):
        return [readings for _, readings in tokens(folded)]
    return [READINGS[unit] for unit in units(folded)]


def depends(folded: str) -> bool:
    """Whether a unit of the word may depend on what stands around it."""
    return _MAY_DEPEND.search(folded) is not None


def units(folded: str) -> list[str]:
    """At each position the longest unit that fits; a letter that begins no unit is passed over."""
    return _UNIT.findall(folded)


def tokens(folded: str) -> Iterator[tuple[str, Unit]]:
    """Each unit with its readings; a letter that begins no unit is passed over."""
    for match in _UNIT.finditer(folded):
        unit = match.group()
        special = _in_context(unit, folded, match.start(), match.end()) if unit in _DEPENDENT else None
        yield unit, special or READINGS[unit]


_DEPENDENT = frozenset({"c", "ch", "ck", "rz", "g", "h", "w", "v", "V", "A"})
_MAY_DEPEND = re.compile(r"[cghwA]|rz|o[vV]sk")


def _in_context(unit: str, folded: str, start: int, end: int) -> Unit | None:
    """The readings of a unit that depends on what stands around it; None for its usual ones."""
    following, before = folded[end : end + 1], folded[start - 1 : start] if start else ""
    name = ""
    if unit == "c" and following in ("e", "i", "y", ""):
        name = "soft c"
    elif unit == "ch":
        # K before a consonant and at the end (Christa, Ulrich), but not in -vich.
        vich = not following and folded[max(0, start - 2) : start] in ("vi", "wi", "vy", "wy")
        name = "hard ch" if not vich and following not in _VOWELS else ""
    elif unit == "ck":
        name = ("Polish ck" if following else "final ck") if folded[end:] in _POLISH_AFTER_CK else ""
    elif unit == "rz" and before and before in "pbtdkg":
        name = "Polish rz"
    elif unit == "g" and following in ("e", "i", "y"):
        name = "gi and vowel" if folded[end + 1 : end + 2] in _VOWELS and following != "e" else "soft g"
    elif unit == "h" and _is_silent(folded[:start], following):
        name = "silent h"
    elif unit in ("v", "w", "V") and before == "o" and folded.startswith("sk", end):
        name = "ov before sk"  # Kozłowski is Kazlauskas in Lithuanian, Jankowski Jankauskas
    elif unit == "w" and before in ("a", "e", "o") and folded[end:] in _ENGLISH_AFTER_W:
        name = "w after vowel"
    elif unit == "A":
        name = "nasal at lips" if following in ("b", "p") else "nasal"
    return _CONTEXT[name] if name else None


def _is_silent(before: str, following: str) -> bool:
    """Mohr, Kuhn, Sarah; but Ahmad, and Ukrainian Batih, keep their h."""
    if not following:
        return before[-1:] in ("a", "e", "o")
    return following not in _VOWELS and before[-1:] in ("e", "i", "o", "u")
