"""A consumer in a process of its own, for tests that end it. Writes each message before its verdict.

Arguments: a file with the address as JSON, the queue, the file to write to, seconds to take for each batch.
"""

import json
import signal
import sys
import threading
import time
from pathlib import Path

from shared.bus.port import BrokerAddress, Delivery, Verdict
from shared.bus.rabbitmq import RabbitConsumer


def main() -> None:
    """Run until SIGTERM."""
    address_file, queue_name, output, seconds = sys.argv[1:]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())

    def handle(batch: list[Delivery]) -> list[Verdict]:
        with Path(output).open("ab") as file:
            file.writelines(delivery.body + b"\n" for delivery in batch)
        time.sleep(float(seconds))
        with Path(output).open("ab") as file:
            file.write(b"done\n")
        return [Verdict.ACK] * len(batch)

    address = BrokerAddress(**json.loads(Path(address_file).read_text()))
    RabbitConsumer(address, queue_name, batch=5).run(handle, stop)


main()
