"""Forms that were sent and are not done yet, sealed so that they can wait in a page."""

import hashlib
import hmac

from services.intake.handlers.ports import Context
from shared.crypto.rest import RestCipher


class Unfinished:
    """Seals what somebody typed, for that person and one address of the desk."""

    def __init__(self, context: Context) -> None:
        self._cipher = RestCipher(hmac.digest(context.keys.blind_index, b"unfinished v1", hashlib.sha256))

    def seal(self, user_id: str, path: str, typed: bytes) -> bytes:
        """Unreadable to whoever looks at the page."""
        return self._cipher.encrypt(typed, _context(user_id, path))

    def open(self, user_id: str, path: str, sealed: bytes) -> bytes:
        """What was typed. Raises CannotDecrypt for another person, another address or a changed value."""
        return self._cipher.decrypt(sealed, _context(user_id, path))


def _context(user_id: str, path: str) -> bytes:
    return f"unfinished|{len(user_id)}|{user_id}|{path}".encode()
