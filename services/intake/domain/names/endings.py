"""Endings that change with gender, marriage and grammatical case, cut from a folded name.

Lithuanian: Kazlauskas, Kazlauskienė, Kazlauskaitė, Kazlausko. Latvian: Bērziņš, Bērziņa.
Slavic: Lebedev, Lebedeva, Lebedevoj; Kozlov, Belarusian Kazłoŭ, Kazlou; Czech Nováková. Greek:
Papadopoulos, Papadopoulou. Vowels at the end need no rule, because the skeleton has none.
"""

import re

_WOMAN = re.compile(r"(?<=..)(?:iene|(?<=.{4})ene|aite|(?<!.ni)i?ute|yte|(?<=.{5})ite)(?:s|i|je|m|es|A)?$")
"""-ienė (married), -aitė, -utė, -ytė (unmarried), with their cases (A: ę); -ене in Cyrillic letters."""

_ADJECTIVE = re.compile(r"(?<=[sckzC]k)(?:ogo|oho|oXo|omu|iemu|iego|ego|ej|im|ym|ich|iX|yX|iS)$")
_POSSESSIVE = re.compile(r"(?<=..)(?P<stem>[oei][vw]|in|yn)(?:ym|im|na)$")
_GENITIVE = re.compile(r"(?<=[ay]i)(?:S|ci|Si|C)(?:o|ui|u)$|(?<=y)S(?:io|iui|iu)$")
"""Petraičio, Petraičiui: t becomes č before io."""
_INSTRUMENTAL = re.compile(r"(?<=.[eu]nk)(?:om|em)$|(?<=uk)(?:om|em|iem)$|(?<=.k)iem$")
_BELARUSIAN = re.compile(r"(?<=[^aeiouy])(?:i?[oea])u(?=a?$)")
_GREEK_WOMAN = re.compile(r"(?<=.)(?P<stem>poul|[a-z]id|iad)ou$")
_NOMINATIVE = re.compile(r"(?<=..)(?:[aeiouy]+s|(?<![aey]t)s|(?<=[nlj])S)$")
"""Lithuanian -as, -is, -us, -ys, -ės, -os; Latvian -s, -is, -us and -ņš."""
_PLAIN_OVA = re.compile(r"(?<=..)(?:ov|ow)a$")
_OWNA = re.compile(r"(?<=....)owna$")
_SILENT = re.compile(r"(?<=..[aeiounr])(?:l?t|d|x)$")
"""Petit, Bertrand, Devaux: a last consonant that nobody says, left out in other scripts."""


_ARABIC_ARTICLE = re.compile(r"[ae]l(?=[^aeiouy].{3})")
"""Almasri, Elkhoury: the article written together with the name."""


def stem(folded: str) -> str:
    """Cut the ending off a folded name of at least three letters; shorter ones stay."""
    if len(folded) < 3:
        return folded
    tail = folded[-7:]
    # A search is slow, so the letters that it needs at the end are looked at first.
    if ("te" in tail or "ene" in tail) and (woman := _WOMAN.search(folded)) is not None:
        # Petraitytė stays Petrait: only the last of two such endings is the woman's.
        return folded[: woman.start()]
    text = _OWNA.sub("", folded) if folded.endswith("owna") else folded
    if "k" in tail:
        text = _INSTRUMENTAL.sub("", _ADJECTIVE.sub("", text))
    if text.endswith(("ym", "im", "na")):
        text = _POSSESSIVE.sub(r"\g<stem>", text)
    if text[-1] in "oui":
        text = _GENITIVE.sub("t", text)
    if text.endswith(("u", "ua")):
        text = _BELARUSIAN.sub("ov", _GREEK_WOMAN.sub(r"\g<stem>", text))
    if text[-1] in "sS":
        text = _NOMINATIVE.sub("", text)
        # Twice: Williams is Viljamss in Latvian and Viljamsas in Lithuanian. Balčys keeps its č.
        if text[-1] == "s":
            text = _NOMINATIVE.sub("", text)
    return text


def other_stems(folded: str) -> list[str]:
    """What the stem could be as well: Czech -ova without its accent, and so on."""
    others = []
    if (czech := _PLAIN_OVA.search(folded)) is not None:
        others.append(folded[: czech.start()])
    if folded.endswith("ou") and (greek := folded[:-2]) and len(greek) > 1:
        others.append(greek)
    if (article := _ARABIC_ARTICLE.match(folded)) is not None:
        others.append(stem(folded[article.end() :]))
    if (silent := _SILENT.search(folded)) is not None:
        others.append(folded[: silent.start()])
    return others
