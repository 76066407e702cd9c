"""Endings that change with gender, marriage and grammatical case, cut from a folded name.

Lithuanian: Kazlauskas, Kazlauskienė, Kazlauskaitė, Kazlausko. Latvian: Bērziņš, Bērziņa.
Slavic: Lebedev, Lebedeva, Lebedevoj; Kozlov, Belarusian Kazłoŭ, Kazlou; Czech Nováková. Greek:
Papadopoulos, Papadopoulou. Vowels at the end need no rule, because the skeleton has none.
"""

import re

_WOMAN = re.compile(r"(?<=..)(?:iene|(?<=.{4})ene|aite|(?<!.ni)i?ute|yte|(?<=.{5})ite)(?:s|i|je|m|es)?$")
"""-ienė (married), -aitė, -utė, -ytė (unmarried), with their cases; -ене in Cyrillic letters."""

_ADJECTIVE = re.compile(r"(?<=[sckzC]k)(?:ogo|oho|oXo|omu|iego|ego|ej|im|ym|ich|iX|yX|iS)$")
_POSSESSIVE = re.compile(r"(?<=..)(?P<stem>[oei][vw]|in|yn)(?:ym|im|na)$")
_GENITIVE = re.compile(r"(?<=[ay]i)(?:S|ci|Si|C)(?:o|ui|u)$|(?<=y)S(?:io|iui|iu)$")
"""Petraičio, Petraičiui: t becomes č before io."""
_INSTRUMENTAL = re.compile(r"(?<=.[eu]nk)(?:om|em)$|(?<=uk)(?:om|em|iem)$|(?<=.[kg])iem$")
_BELARUSIAN = re.compile(r"(?<=[^aeiouy])(?:i?[oea])u(?=a?$)")
_GREEK_WOMAN = re.compile(r"(?<=.)(?P<stem>poul|[a-z]id|iad)ou$")
_NOMINATIVE = re.compile(r"(?<=..)(?:[aeiouy]+s|(?<![aey]t)s|(?<=[nlj])S)$")
"""Lithuanian -as, -is, -us, -ys, -ės, -os; Latvian -s, -is, -us and -ņš."""
_PLAIN_OVA = re.compile(r"(?<=..)(?:ov|ow)a$")
_OWNA = re.compile(r"(?<=....)owna$")
_SILENT = re.compile(r"(?<=..[aeiounr])(?:l?t|d|x)$")
"""Petit, Bertrand, Devaux: French writes a last consonant that nobody says, and other scripts leave it out."""


def stem(folded: str) -> str:
    """Cut the ending off a folded name of at least three letters; shorter ones stay."""
    if len(folded) < 3:
        return folded
    text = folded
    if (woman := _WOMAN.search(text)) is not None:
        # Petraitytė stays Petrait: only the last of two such endings is the woman's.
        return text[: woman.start()]
    text = _OWNA.sub("", text)
    text = _ADJECTIVE.sub("", text)
    text = _POSSESSIVE.sub(r"\g<stem>", text)
    text = _INSTRUMENTAL.sub("", text)
    text = _GENITIVE.sub("t", text)
    text = _BELARUSIAN.sub("ov", _GREEK_WOMAN.sub(r"\g<stem>", text))
    return _NOMINATIVE.sub("", text)


def other_stems(folded: str) -> list[str]:
    """What the stem could be as well: Czech -ova without its accent, French silent letters."""
    others = []
    if (czech := _PLAIN_OVA.search(folded)) is not None:
        others.append(folded[: czech.start()])
    if folded.endswith("ou") and (greek := folded[:-2]) and len(greek) > 1:
        others.append(greek)
    if (silent := _SILENT.search(folded)) is not None:
        others.append(folded[: silent.start()])
    return others
