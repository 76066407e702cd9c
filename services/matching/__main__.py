"""python -m services.matching worker | migrate"""

import sys

from services.matching.app import build
from shared.crypto import selftest
from shared.post import keyed, process
from shared.runtime.settings import ServiceSettings


def worker(settings: ServiceSettings) -> int:
    """Take in alerts, compare, propose, sign receipts, until stopped. Several may run."""
    selftest.run()  # a broken random number generator stops everything
    app = build(settings)
    return process.run_worker(settings, app.database, app.loops(), app.metrics)


def migrate(settings: ServiceSettings) -> int:
    """Bring the database to the newest shape and take in the own card."""
    process.migrate(settings)
    app = build(settings)
    try:
        app.begin(keyed.own_card(settings))
        keyed.forget_first_key(settings)
    finally:
        app.database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(process.command("matching", {"worker": worker, "migrate": migrate}, keyed.MENDABLE))
