"""Puts back what `log.configure` changes in the whole process, so that no test finds it changed."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def log_restored() -> Iterator[None]:
    """Afterwards log, warnings and the hooks for uncaught exceptions, pytest's among them, are as before."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook
    try:
        yield
    finally:
        root.handlers[:], level, sys.excepthook, threading.excepthook, sys.unraisablehook = before
        root.setLevel(level)
        logging.captureWarnings(False)
