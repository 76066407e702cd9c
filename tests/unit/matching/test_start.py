"""What a worker of matching loads before it does anything: every one of several pays for it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
NEEDED_ONLY_BY_OTHERS = (
    "alembic",
    "psycopg",
    "flask",
    "click",
    "services.intake",
    "services.notify",
)
"""Of who migrates, of who has PostgreSQL, of the desk, of the commands, and of services that know people."""


def test_a_worker_loads_nothing_that_it_does_not_use() -> None:
    code = "import sys, services.matching.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "services.matching.app" in loaded
    assert [name for name in NEEDED_ONLY_BY_OTHERS if name in loaded] == []
