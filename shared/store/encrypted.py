"""Fields of a person, encrypted at rest under the key of one case.

Table, column and row are bound as associated data: a value that was moved to another row or column, or
changed by one bit, fails for that field alone (case 82).

    SURNAME = EncryptedText("person", "surname")
    row.surname = SURNAME.seal(case_cipher, row.id, "…")
    SURNAME.open(case_cipher, row.id, row.surname)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from shared.crypto.errors import CannotDecrypt
from shared.crypto.rest import RestCipher
from shared.store.context import field_context


class CipherRing:
    """A cipher that writes with the newest key and reads with any of them, while a rotation is under way."""

    def __init__(self, newest: RestCipher, older: Sequence[RestCipher] = ()) -> None:
        self._newest = newest
        self._older = tuple(older)

    def encrypt(self, plaintext: bytes, context: bytes) -> bytes:
        """Encrypt with the newest key."""
        return self._newest.encrypt(plaintext, context)

    def decrypt(self, stored: bytes, context: bytes) -> bytes:
        """Decrypt with whichever key fits. Raises CannotDecrypt when none does."""
        for cipher in (self._newest, *self._older):
            try:
                return cipher.decrypt(stored, context)
            except CannotDecrypt:
                continue
        raise CannotDecrypt("no key that this service has opens the field, or it was changed or moved")

    def is_newest(self, stored: bytes, context: bytes) -> bool:
        """Whether the newest key wrote this value, so that a rotation can resume (case 81)."""
        try:
            self._newest.decrypt(stored, context)
        except CannotDecrypt:
            return False
        return True


Cipher = RestCipher | CipherRing


class EncryptedBytes:
    """A column of bytes."""

    def __init__(self, table: str, column: str) -> None:
        self.table = table
        self.column = column

    def context(self, row_id: str | int) -> bytes:
        """Where a value of this column belongs."""
        return field_context(self.table, self.column, str(row_id))

    def seal(self, cipher: Cipher, row_id: str | int, value: bytes) -> bytes:
        """What to store in the row `row_id`."""
        return cipher.encrypt(value, self.context(row_id))

    def open(self, cipher: Cipher, row_id: str | int, stored: bytes) -> bytes:
        """What was sealed. Raises CannotDecrypt for a wrong key, a changed value or another row's."""
        return cipher.decrypt(stored, self.context(row_id))


class EncryptedText:
    """A column of text."""

    def __init__(self, table: str, column: str) -> None:
        self._bytes = EncryptedBytes(table, column)

    def seal(self, cipher: Cipher, row_id: str | int, value: str) -> bytes:
        """What to store in the row `row_id`."""
        return self._bytes.seal(cipher, row_id, value.encode())

    def open(self, cipher: Cipher, row_id: str | int, stored: bytes) -> str:
        """The text. Raises CannotDecrypt."""
        return self._bytes.open(cipher, row_id, stored).decode()


class EncryptedJson:
    """A column of JSON: what `json` reads and writes, without NaN."""

    def __init__(self, table: str, column: str) -> None:
        self._bytes = EncryptedBytes(table, column)

    def seal(self, cipher: Cipher, row_id: str | int, value: Any) -> bytes:
        """What to store in the row `row_id`."""
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        return self._bytes.seal(cipher, row_id, text.encode())

    def open(self, cipher: Cipher, row_id: str | int, stored: bytes) -> Any:
        """The value. Raises CannotDecrypt."""
        return json.loads(self._bytes.open(cipher, row_id, stored))
