"""Argon2id for a few at a time: each takes 64 MiB, and anybody can ask for one without signing in."""

import threading
from typing import Literal

from argon2 import PasswordHasher

AT_ONCE = 2
"""More would only take memory: a desk has few processors."""


class BoundedHasher(PasswordHasher):
    """A PasswordHasher that computes two hashes at once at most; further ones wait their turn."""

    def __init__(self, like: PasswordHasher) -> None:
        """With the costs of `like`."""
        super().__init__(like.time_cost, like.memory_cost, like.parallelism, like.hash_len, like.salt_len)
        self._turn = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """See PasswordHasher."""
        with self._turn:
            return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        """See PasswordHasher."""
        with self._turn:
            return super().verify(hash, password)
