"""The opening process: `python -m shared.post.opening.child DESCRIPTOR`, started by `Aide` alone.

It has no settings, no database and no network: what it may know comes over the one socket it inherited, and
it ends with that socket, so it never outlives its worker, however that ended.
"""

import signal
import sys
from multiprocessing.connection import Connection

from shared.post.opening import frames
from shared.post.opening.terms import Terms
from shared.runtime import log

IDLE_SECONDS = 300.0
"""After so long without an order the process ends; the next rush starts another."""


def serve(line: Connection, idle_seconds: float = IDLE_SECONDS) -> None:
    """Open what is asked until the other end is gone or nothing was asked for a while."""
    terms: Terms | None = None
    line.send_bytes(frames.READY)
    while line.poll(idle_seconds):
        try:
            order = line.recv_bytes()
        except (EOFError, ConnectionError):
            return
        if order[:1] == frames.TERMS:
            terms = Terms.from_bytes(order[1:])
            continue
        if terms is None:
            raise ValueError("the terms come before the first envelopes")
        bodies, now = frames.read_envelopes(order)
        line.send_bytes(frames.answer(terms.open(bodies, now)))


def main() -> int:
    """Entry point."""
    # Ctrl-C reaches every process of a terminal: the worker decides, and closes the line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log.configure("opening", sys.stderr)
    with Connection(int(sys.argv[1])) as line:
        try:
            serve(line)
        except ConnectionError:  # the worker ended while it was being answered
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
