"""python -m demo [--check]: three organisations exchange alerts and find possible matches, here."""

import argparse
import signal
import sys
import threading
import time
from pathlib import Path

from demo import check, stage
from demo.stage import Stage
from shared.bus.port import BusError

FOLDER = Path("build") / "demo"


def main() -> int:
    """Run until Ctrl-C, or until everything is checked; returns the exit code."""
    parser = argparse.ArgumentParser("python -m demo", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument(
        "--check", action="store_true", help="without a browser; verifies the outcome and ends"
    )
    checks = parser.parse_args().check
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - started:5.1f} s] {text}", flush=True)

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        built = stage.build(FOLDER, say)
    except BusError as problem:
        print(problem, file=sys.stderr)
        return 1
    try:
        return _play(built, ended, say, checks=checks)
    except check.Ended:
        return 0
    finally:
        say("stopping")
        for name in built.stop():
            say(f"{name} did not stop in time and was killed")
        say(f"stopped; what is left is the folder {FOLDER}")


def _play(built: Stage, ended: threading.Event, say: stage.SAY, *, checks: bool) -> int:
    act = check.Act(built.desks(), built.mails, say, ended)
    act.wait_for_desks()
    act.share_alerts()
    if checks:
        return act.verify()
    act.wait_for_matches()
    _programme(built)
    ended.wait()
    return 0


def _programme(built: Stage) -> None:
    """What there is to see."""
    print()
    for node in built.nodes.values():
        print(f"  {node.cast.name}")
        print(f"    desk      {node.address}")
        print(f"    log in    caseworker, reader, lead, admin or admin2; password {node.password}")
        print()
    print("  What to try:")
    print("   1. In Lyon, log in as caseworker: possible matches wait. Open one and read why.")
    print("   2. Decide: probable, excluded with a reason, or needs information.")
    print("   3. In Vilnius, open an alert: stored and compared at both partners, and nothing about matches.")
    print("   4. End that search in Vilnius: the possible match disappears in Lyon, two receipts arrive.")
    print(f"   5. Read what the duty officer got: {built.mailbox.folder}/*.eml")
    print(f"   6. Kill any process, RabbitMQ too (logs: {built.folder}): it starts again, nothing is lost.")
    print()
    print("  Ctrl-C ends everything.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
