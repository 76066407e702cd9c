"""The sending process: the sender's own outbox relay, started by a word.

python -m bench.exchange.sender FOLDER      says "ready"; at "go" publishes all that waits, says "sent"
"""

import sys
from pathlib import Path

from services.intake import app as intake_app
from shared.post import process
from shared.post.routes import Lane


def main(folder: Path) -> None:
    """Serve until the standard input ends."""
    app = intake_app.build(process.load_settings("intake", folder))
    relay = app.office().outbox_relay(Lane.RELAY)
    relay.publisher.check()
    print("ready", flush=True)
    for order in sys.stdin:
        if order.strip() == "go":
            while relay.publish_due():
                pass
            print("sent", flush=True)
    relay.publisher.close()
    app.database.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
