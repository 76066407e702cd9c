"""Free TCP ports of this machine, for nodes that demo, tests and benchmarks start."""

from __future__ import annotations

import secrets
import socket

LOWEST, HIGHEST = 20_000, 32_000
"""Below the range that Linux takes for the near end of outgoing connections (from 32768 on). A port that the
system hands out itself is free when it is asked for and may be anybody's connection a moment later."""


def free_ports(count: int) -> list[int]:
    """`count` different ports on 127.0.0.1 that nobody uses now. Raises `OSError` if there are fewer."""
    found: list[int] = []
    begin = secrets.randbelow(HIGHEST - LOWEST)  # so that two who ask at once seldom meet
    for step in range(HIGHEST - LOWEST):
        if len(found) == count:
            break
        port = LOWEST + (begin + step) % (HIGHEST - LOWEST)
        if is_free(port):
            found.append(port)
    if len(found) < count:
        raise OSError(f"fewer than {count} ports are free on 127.0.0.1 between {LOWEST} and {HIGHEST}")
    return found


def is_free(port: int) -> bool:
    """Whether nobody uses `port` on 127.0.0.1 now; connections that have ended do not count."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
