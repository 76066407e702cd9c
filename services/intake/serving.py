"""Serves the desk with gunicorn: one process, several threads, nothing written outside its folders."""

from typing import Any

from gunicorn.app.base import BaseApplication

from services.intake import patient_worker, web
from services.intake.app import IntakeApp
from shared.runtime.health import HealthServer
from shared.runtime.metrics import ServiceMetrics


class DeskServer(BaseApplication):  # type: ignore[misc]
    """gunicorn, set up from our settings alone: it reads no configuration file."""

    def __init__(self, app: IntakeApp) -> None:
        self._app = app
        super().__init__()

    def load_config(self) -> None:
        """Everything that gunicorn has to know."""
        settings = self._app.settings
        options = {
            "bind": f"{settings.web_host}:{settings.web_port}",
            "workers": 1,  # threads share the key material and the database pool
            "threads": settings.web_threads,
            "worker_class": f"{patient_worker.__name__}.{patient_worker.PatientWorker.__name__}",
            "worker_tmp_dir": "/dev/shm",  # noqa: S108  # nosec B108: its heartbeat file, in memory
            "control_socket_disable": True,
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 0,  # PatientWorker watches a connection for one request
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "accesslog": None,  # an address could hold what somebody searched for
            "errorlog": "-",
            "loglevel": "warning",
            "post_fork": self._health,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application, made in the worker process so that no connection is shared across a fork."""
        return web.create(self._app.use_cases, self._app.settings)

    def _health(self, server: Any, worker: Any) -> None:
        """The health pages on their own port: metrics are not for everybody who reaches the desk."""
        del server, worker
        settings = self._app.settings
        checks = {"database": self._app.database.check}
        HealthServer(
            settings.health_host, settings.web_health_port, checks, ServiceMetrics().registry
        ).start()


def serve(app: IntakeApp) -> None:
    """Serve until SIGTERM; requests under way are finished first."""
    DeskServer(app).run()
