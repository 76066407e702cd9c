"""Greek letters in Latin letters. Source: ELOT 743 (ISO 843, type 2, the transcription), modern sounds.

Names are also written letter by letter (mp for μπ, nt for ντ, ch or h for χ, g or y for γ), so these
sounds become capitals, which `sounds` reads in more ways than one.
"""

import re
import unicodedata

_PAIRS = {
    "ου": "u", "ού": "u", "αι": "e", "αί": "e", "ει": "i", "εί": "i", "οι": "i", "οί": "i",
    "υι": "i", "υί": "i", "αυ": "aV", "αύ": "aV", "ευ": "eV", "εύ": "eV", "ηυ": "iV", "ηύ": "iV",
    "γγ": "ng", "γξ": "nks", "γχ": "nX", "γκ": "I", "μπ": "M", "ντ": "N", "τζ": "S", "τσ": "S",
}  # fmt: skip
_LETTERS = {
    "α": "a", "ά": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "έ": "e", "ζ": "z", "η": "i",
    "ή": "i", "θ": "th", "ι": "i", "ί": "i", "ϊ": "i", "ΐ": "i", "κ": "k", "λ": "l", "μ": "m",
    "ν": "n", "ξ": "ks", "ο": "o", "ό": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
    "υ": "y", "ύ": "y", "ϋ": "y", "ΰ": "y", "φ": "f", "χ": "X", "ψ": "ps", "ω": "o", "ώ": "o",
}  # fmt: skip
_AT_THE_START = {"γκ": "g", "μπ": "b", "ντ": "d"}
_SOFT = re.compile(r"γ(?=[ειηυέίήύϊϋ]|αι|αί|οι|οί)")
"""γ before a front vowel sounds like y, and is written g, more seldom y or i."""
_AFTER_CONSONANT = re.compile(r"(?<=[λρνσκπτχφθξψζβδγ])(?:γκ|μπ|ντ)")
_UNIT = re.compile("|".join((*_PAIRS, "[α-ωά-ώΐΰ]")))


def is_greek(text: str) -> bool:
    """Whether any letter comes from the Greek alphabet."""
    return any("Ͱ" <= character <= "Ͽ" for character in text)


def to_latin(text: str) -> str:
    """Transcribe lower-case composed (NFC) Greek; letters of other scripts stay."""
    if any(letter >= "ἀ" for letter in text):  # polytonic
        text = _modern(text)
    start = _AT_THE_START.get(text[:2])
    rest = text if start is None else text[2:]
    rest = _AFTER_CONSONANT.sub(lambda match: _AT_THE_START[match[0]], rest)
    latin = _UNIT.sub(lambda match: _PAIRS.get(match[0]) or _LETTERS.get(match[0], ""), _SOFT.sub("Y", rest))
    return (start or "") + latin


def _modern(text: str) -> str:
    """Without the breathings and other accents of polytonic spelling, which modern Greek does not write."""
    parts = unicodedata.normalize("NFD", text)
    kept = (part for part in parts if not unicodedata.combining(part) or part in "\u0301\u0308")
    return unicodedata.normalize("NFC", "".join(kept))
