"""Starts the demo's RabbitMQ again when it ended and nobody asked it to, as an engine would."""

import threading
from collections.abc import Callable

from shared.bus.port import BusError
from shared.bus.private_node import PrivateBroker

LOOK_SECONDS = 0.5
PAUSE_SECONDS = 5.0
"""After a start that failed."""


class BrokerWatch:
    """Looks after one node from `begin` to `end`; what lay in its queues is there again."""

    def __init__(self, broker: PrivateBroker, say: Callable[[str], None]) -> None:
        self._broker = broker
        self._say = say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="broker-watch", daemon=True)

    def begin(self) -> None:
        """From now on the node is to run."""
        self._thread.start()

    def end(self) -> None:
        """From now on it may end. May be called twice, and without `begin`."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        pause = LOOK_SECONDS
        while not self._stop.wait(pause):
            pause = LOOK_SECONDS
            if self._broker.running:
                continue
            self._say("RabbitMQ ended; it is started again")
            try:
                self._broker.kill()  # what is left of it: Erlang's helpers, or a node without its script
                self._broker.start()
            except BusError as problem:
                self._say(str(problem))
                pause = PAUSE_SECONDS
            else:
                self._say("RabbitMQ is back")
