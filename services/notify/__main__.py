"""python -m services.notify worker | migrate"""

import sys

from services.notify.app import build
from shared.post import process
from shared.runtime.settings import ServiceSettings


def worker(settings: ServiceSettings) -> int:
    """Listen, plan and tell until stopped."""
    app = build(settings)
    return process.run_worker(settings, app.database, app.loops(), app.metrics)


def migrate(settings: ServiceSettings) -> int:
    """Bring the database to the newest shape."""
    process.migrate(settings)
    return 0


if __name__ == "__main__":
    sys.exit(process.command("notify", {"worker": worker, "migrate": migrate}))
