"""Endings that change with gender, marriage and grammatical case, cut from a folded name.

Lithuanian: Kazlauskas, Kazlauskienė, Kazlauskaitė, Kazlausko. Latvian: Bērziņš, Bērziņa.
Slavic: Lebedev, Lebedeva, Lebedevoj; Kozlov, Belarusian Kazłoŭ, Kazlou. Vowels at the end need
no rule, because the skeleton has none.
"""

import re

_WOMAN = re.compile(r"(?<=..)(?:iene|(?<=.{4})ene|aite|(?<!.ni)i?ute|yte|(?<=.{5})ite)(?:s|i|je|m|es)?$")
"""-ienė (married), -aitė, -utė, -ytė (unmarried), with their cases; -ене in Cyrillic letters."""

_ADJECTIVE = re.compile(r"(?<=[sckz]k)(?:ogo|oho|oXo|omu|iego|ej|im|ym|ich|iX)$")
_POSSESSIVE = re.compile(r"(?<=..)(?P<stem>[oei][vw]|in|yn)(?:ym|im|na)$")
_BELARUSIAN = re.compile(r"(?<=[^aeiouy])(?:i?[oea])u(?=a?$)")
_NOMINATIVE = re.compile(r"(?<=..)(?:[aeiouy]*s|(?<=[nl])S)$")
"""Lithuanian -as, -is, -us, -ys, -ės, -os; Latvian -s, -is, -us and -ņš."""


def stem(folded: str) -> str:
    """Cut the ending off a folded name of at least three letters; shorter ones stay."""
    if len(folded) < 3:
        return folded
    text = folded
    if (woman := _WOMAN.search(text)) is not None:
        # Petraitytė stays Petrait: only the last of two such endings is the woman's.
        return text[: woman.start()]
    text = _ADJECTIVE.sub("", text)
    text = _POSSESSIVE.sub(r"\g<stem>", text)
    text = _BELARUSIAN.sub("ov", text)
    return _NOMINATIVE.sub("", text)
