"""Ended by SIGTERM, a benchmark ends what it started."""

import ctypes
import signal
import sys
from types import FrameType

_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux (prctl.h)."""


def end_everything_on_sigterm() -> None:
    """SIGTERM leaves every `with` block on the way out, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, frame: FrameType | None) -> None:
    del frame
    # `timeout` and some shells say it twice; the second one would end the ending.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(128 + number)


def end_with_parent() -> None:
    """For a child, before it becomes its program: SIGTERM comes when its parent is gone, even by SIGKILL.

    On Linux; elsewhere nothing changes.
    """
    if _PRCTL is not None:
        _PRCTL(_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)


# Looked up here: between fork and exec nothing may be loaded.
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
