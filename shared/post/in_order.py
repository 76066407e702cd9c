"""Work side by side, finish one after the other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class InOrder:
    """Threads that begin something, and have their turns in the order in which they began."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun = 0
        self._turn = 0

    @contextmanager
    def begun(self) -> Iterator[Callable[[], None]]:
        """Within it, call what is given to wait for the turn. The end of the block passes it on, however it
        ends, also for who never waited."""
        with self._changed:
            mine, self._begun = self._begun, self._begun + 1

        def my_turn() -> None:
            with self._changed:
                self._changed.wait_for(lambda: self._turn == mine)

        try:
            yield my_turn
        finally:
            my_turn()
            with self._changed:
                self._turn += 1
                self._changed.notify_all()
