"""Georgian and Armenian letters in Latin letters.

Sources: Georgian by the national system of 2002 (also BGN/PCGN 2009; ISO 9984 has the same
consonants), Armenian by BGN/PCGN 1981 and ISO 9985 with the eastern sounds. The western ones, where b
and p, d and t change places, are further readings of the capitals (see `sounds`).
"""

import re

_GEORGIAN = {
    "ა": "a", "ბ": "b", "გ": "g", "დ": "d", "ე": "e", "ვ": "v", "ზ": "z", "თ": "t", "ი": "i",
    "კ": "k", "ლ": "l", "მ": "m", "ნ": "n", "ო": "o", "პ": "p", "ჟ": "J", "რ": "r", "ს": "s",
    "ტ": "t", "უ": "u", "ფ": "P", "ქ": "k", "ღ": "gh", "ყ": "q", "შ": "S", "ჩ": "S", "ც": "C",
    "ძ": "S", "წ": "S", "ჭ": "S", "ხ": "X", "ჯ": "G", "ჰ": "h", "ჲ": "i", "ჳ": "v",
}  # fmt: skip
_ARMENIAN = {
    "ա": "a", "բ": "B", "գ": "g", "դ": "D", "ե": "e", "զ": "z", "է": "e", "ը": "e", "թ": "t",
    "ժ": "J", "ի": "i", "լ": "l", "խ": "X", "ծ": "S", "կ": "k", "հ": "h", "ձ": "S", "ղ": "gh",
    "ճ": "S", "մ": "m", "յ": "i", "ն": "n", "շ": "S", "ո": "o", "չ": "S", "պ": "L", "ջ": "G",
    "ռ": "r", "ս": "s", "վ": "v", "տ": "T", "ր": "r", "ց": "S", "ւ": "v", "փ": "p", "ք": "k",
    "օ": "o", "ֆ": "f", "և": "ev",
}  # fmt: skip
_TABLE = str.maketrans(_GEORGIAN | _ARMENIAN)
_VO = re.compile(r"^ո(?!ւ)(?!վ)")
"""Ոսկանյան is Voskanyan: ո at the start is vo."""

_NOMINATIVE = re.compile(r"(?<=[ბგდვზთკლმნპჟრსტფქღყშჩცძწჭხჯჰ])(?<=..)ი$")
"""Georgian puts -i after every consonant, also of foreign names: სასნაუსკასი is Sasnauskas."""


def is_caucasian(text: str) -> bool:
    """Whether any letter comes from the Georgian or the Armenian alphabet."""
    return any("԰" <= character <= "֏" or "ა" <= character <= "ჿ" for character in text)


def to_latin(text: str) -> str:
    """Transliterate lower-case text; letters of other scripts stay."""
    text = _NOMINATIVE.sub("", text)
    return _VO.sub("vo", text).replace("ու", "u").translate(_TABLE)
