"""Twelve words that two people compare by telephone, and the same as a QR text (PROTOCOL 4.6).

The words are BIP-39 English: 128 bits of SHA-256 over the organisation id and its root key, with a checksum
that tells a slip of the tongue from another key.
"""

import hashlib
import re
import secrets
from functools import lru_cache

from mnemonic import Mnemonic

from shared.crypto.signing import BadSigningKey, VerifyKey
from shared.wire.parties import ORGANISATION

WORDS = 12
POSITIONS = 3
"""How many words a person has to type, at places chosen at random (case 97)."""

_LABEL = b"myosotis fingerprint v1"
_QR = re.compile(r"MYOSOTIS:1:([A-Z]{2}-[A-Z0-9-]{2,30}):([0-9A-F]{64})")


class BadQrText(ValueError):
    """This is not the QR code of an organisation; scan the one that the partner's screen shows."""


@lru_cache(maxsize=1)
def _english() -> Mnemonic:
    return Mnemonic("english")


def words(organisation: str, root_key: VerifyKey) -> tuple[str, ...]:
    """The twelve words of an organisation."""
    name = organisation.encode("ascii")
    digest = hashlib.sha256(_LABEL + bytes((len(name),)) + name + bytes(root_key)).digest()
    return tuple(_english().to_mnemonic(digest[:16]).split(" "))


def is_spoken_right(spoken: str) -> bool:
    """Whether twelve words form a whole: the checksum tells a typing error from another key."""
    return bool(_english().check(" ".join(spoken.lower().split())))


def random_positions() -> tuple[int, ...]:
    """Three different places from 1 to 12, in ascending order."""
    return tuple(sorted(secrets.SystemRandom().sample(range(1, WORDS + 1), POSITIONS)))


def same_word(typed: str, word: str) -> bool:
    """Compare as people type: case and surrounding spaces do not matter; four letters name a word."""
    typed = typed.strip().lower()
    return typed == word or (len(typed) >= 4 and word[:4] == typed)


def qr_text(organisation: str, root_key: VerifyKey) -> str:
    """The whole root key, in characters that make a small QR code."""
    return f"MYOSOTIS:1:{organisation.upper()}:{bytes(root_key).hex().upper()}"


def read_qr(text: str) -> tuple[str, VerifyKey]:
    """Organisation id and root key of a QR text. Raises BadQrText."""
    found = _QR.fullmatch(text.strip())
    if found is None or not ORGANISATION.fullmatch(found[1].lower()):
        raise BadQrText("this is not the QR code of an organisation; scan the one on the partner's screen")
    try:
        return found[1].lower(), VerifyKey(bytes.fromhex(found[2]))
    except BadSigningKey:
        raise BadQrText("this QR code names a key that is not safe; ask the partner for a new one") from None
