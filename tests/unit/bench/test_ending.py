"""A benchmark that is ended leaves nothing running, whatever ends it and whenever."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PARENT = """
import sys, time
from pathlib import Path
from bench.children import Child
from bench.ending import end_everything_on_sigterm

if {handled}:
    end_everything_on_sigterm()
work = "import time; print('ready', flush=True); time.sleep(120)"
with Child(["timeit", "-n", "1", "-r", "1", work], Path(sys.argv[1])) as child:
    child.expect("ready")
    try:
        print(child.pid, flush=True)
        time.sleep(120)
    finally:
        print("ending", flush=True)
        time.sleep({ending})
        print("ended", flush=True)
"""


@contextmanager
def started(
    log: Path, *, handled: bool, ending: float = 0.0
) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A parent with one child, and the child's process id."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(handled=handled, ending=ending), str(log)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        yield parent, int(parent.stdout.readline())


def gone(process: int) -> bool:
    """Whether it ends within 20 seconds; it is ended if not."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":  # nobody asks for its exit code any more
            return True
        time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    return False


def test_sigterm_ends_the_children_first(tmp_path: Path) -> None:
    with started(tmp_path / "log", handled=True) as (parent, child):
        parent.terminate()
        assert parent.wait(30) == 128 + signal.SIGTERM
        assert gone(child)


def test_a_second_sigterm_does_not_end_the_ending(tmp_path: Path) -> None:
    """`timeout` sends it to the process and to its group: twice."""
    with started(tmp_path / "log", handled=True, ending=1.0) as (parent, child):
        assert parent.stdout is not None
        parent.terminate()
        assert parent.stdout.readline() == "ending\n"
        parent.terminate()
        assert parent.stdout.readline() == "ended\n"
        assert parent.wait(30) == 128 + signal.SIGTERM
        assert gone(child)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_of_a_parent_that_can_do_nothing_the_child_ends_by_itself(
    tmp_path: Path, how: signal.Signals
) -> None:
    with started(tmp_path / "log", handled=False) as (parent, child):
        parent.send_signal(how)
        parent.wait(30)
        assert gone(child)
