"""Serves the desk with waitress: one process, several threads, nothing written outside its folders."""

import signal
from functools import partial

from waitress.utilities import logger, queue_logger

from services.intake import web
from services.intake.app import IntakeApp
from services.intake.patient_server import PatientServer
from shared.runtime.health import HealthServer
from shared.runtime.metrics import ServiceMetrics


class DeskServer:
    """waitress, set up from our settings alone. It keeps no list of who opened what."""

    def __init__(self, app: IntakeApp) -> None:
        self._app = app

    def run(self) -> None:
        """Serve until SIGTERM; requests under way are finished first. For the main thread of a process."""
        settings = self._app.settings
        logger.setLevel("WARNING")  # or each client that hangs up early is a line
        queue_logger.setLevel("ERROR")  # and each request that waits
        desk = web.create(self._app.use_cases, settings)
        server = PatientServer(
            desk,
            partial(web.knows, desk),
            host=settings.web_host,
            port=settings.web_port,
            ipv6=":" in settings.web_host,  # or "localhost" is two addresses
            threads=settings.web_threads,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stop())
        # The health pages have their own port: metrics are not for everybody who reaches the desk.
        checks, registry = {"database": self._app.database.check}, ServiceMetrics().registry
        with HealthServer(settings.health_host, settings.web_health_port, checks, registry):
            server.run()


def serve(app: IntakeApp) -> None:
    """Serve until SIGTERM; requests under way are finished first."""
    DeskServer(app).run()
