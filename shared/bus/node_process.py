"""End processes that were started here, and no others. Linux: it reads /proc."""

import os
import signal
import subprocess  # nosec B404: only the type and its waiting are used
import time
from pathlib import Path

KILL_SECONDS = 10.0


def end(process: subprocess.Popen[bytes], number: signal.Signals, patience: float) -> None:
    """Send `number` to a process and its children (it leads its own session); kill -9 after `patience`."""
    _signal_group(process.pid, signal.SIGCONT)  # a frozen process does not see SIGTERM
    _signal_group(process.pid, number)
    _wait_for_group(process.pid, patience)
    # Whatever is left: Erlang's helpers, or a node that only its script outlived.
    _signal_group(process.pid, signal.SIGKILL)
    process.wait(KILL_SECONDS)
    _wait_for_group(process.pid, KILL_SECONDS)


def left_running(pid_file: Path, mark: str) -> None:
    """End what an earlier run left: the process of `pid_file`, if its environment still names `mark`."""
    try:
        pid = int(pid_file.read_text())
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except (OSError, ValueError):
        return  # no file, no such process, or not ours to look at
    if mark.encode() in environment:  # else the number belongs to somebody else by now
        _signal_group(pid, signal.SIGKILL)
        _wait_for_group(pid, KILL_SECONDS)


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return  # it ended by itself


def _wait_for_group(group: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while _group_lives(group) and time.monotonic() < until:
        time.sleep(0.02)


def _group_lives(group: int) -> bool:
    """Whether a process of this group runs; the dead whose parent has not looked yet do not count."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = status.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue  # it ended while we looked
        if int(its_group) == group and state not in "ZX":
            return True
    return False
