"""End processes that were started here, and no others. Linux: it reads /proc."""

import os
import signal
import subprocess  # nosec B404: only the type and its waiting are used
import time
from collections.abc import Iterator
from pathlib import Path

KILL_SECONDS = 10.0
FREEZE_SECONDS = 5.0


def end(process: subprocess.Popen[bytes], number: signal.Signals, patience: float) -> None:
    """Send `number` to a process and its children (it leads its own session); kill -9 after `patience`.

    A frozen process does not see SIGTERM, so it is woken for it; kill -9 ends it as it lies. Woken first, it
    would have a moment to do what it was frozen to keep it from: to confirm a message, for instance.
    """
    if number != signal.SIGKILL:
        _signal_group(process.pid, signal.SIGCONT)
    _signal_group(process.pid, number)
    _wait_for_group(process.pid, patience)
    # Whatever is left: Erlang's helpers, or a node that only its script outlived.
    _signal_group(process.pid, signal.SIGKILL)
    process.wait(KILL_SECONDS)
    _wait_for_group(process.pid, KILL_SECONDS)


def freeze(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and its children where they are; when this returns, no thread of theirs runs any more.

    The signal alone is not enough: each thread stops only when it next comes by the kernel.
    """
    _signal_group(process.pid, signal.SIGSTOP)
    until = time.monotonic() + FREEZE_SECONDS
    while not _all_stopped(process.pid) and time.monotonic() < until:
        time.sleep(0.005)


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
    return any(True for _ in _states(group, "[0-9]*/stat"))


def _all_stopped(group: int) -> bool:
    return all(state in "Tt" for state in _states(group, "[0-9]*/task/[0-9]*/stat"))


def _states(group: int, pattern: str) -> Iterator[str]:
    """The states of the living processes or threads of a group, as proc(5) writes them."""
    for status in Path("/proc").glob(pattern):
        try:
            state, _parent, its_group = status.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue  # it ended while we looked
        if int(its_group) == group and state not in "ZX":
            yield state
