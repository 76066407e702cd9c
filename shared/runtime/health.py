"""Is the process alive, can it work, what does it count: /healthz, /readyz, /metrics over plain HTTP.

Meant for the machine itself or the compose network; it shows names of checks and numbers, nothing else.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from shared.runtime import log
from shared.runtime.vocabulary import declare, safe_word

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Checks = Mapping[str, Callable[[], None]]
_REQUEST_SECONDS = 5.0


def wsgi_app(checks: Checks, registry: CollectorRegistry) -> WSGIApplication:
    """A WSGI application with the three pages. A check is a callable that raises when something is wrong."""
    declare(*checks)
    logger = log.get("health")

    def ready() -> tuple[str, str, bytes]:
        failing = []
        for name, check in checks.items():
            try:
                check()
            except Exception as error:
                logger.warning("check_failed", check=name, error=error)
                failing.append(safe_word(name))
        body = json.dumps({"ready": not failing, "failing": sorted(failing)}).encode()
        return "503 Service Unavailable" if failing else "200 OK", "application/json", body

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if method not in ("GET", "HEAD"):
            status, kind, body = "405 Method Not Allowed", "text/plain", b"only GET\n"
        elif path == "/healthz":
            status, kind, body = "200 OK", "application/json", b'{"alive": true}'
        elif path == "/readyz":
            status, kind, body = ready()
        elif path == "/metrics":
            status, kind, body = "200 OK", CONTENT_TYPE_LATEST, generate_latest(registry)
        else:
            status, kind, body = "404 Not Found", "text/plain", b"not found\n"
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response(status, headers)
        return [] if method == "HEAD" else [body]

    return application


class HealthServer:
    """Serves the pages from a daemon thread; use it as a context manager or with start() and close()."""

    def __init__(self, host: str, port: int, checks: Checks, registry: CollectorRegistry) -> None:
        """Binds at once, so that a taken port is an OSError here. Port 0 picks a free one; see `port`."""
        self._server = make_server(
            host, port, wsgi_app(checks, registry), server_class=_ThreadingServer, handler_class=_QuietHandler
        )
        self.port: int = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up or is too slow is no event."""


class _QuietHandler(WSGIRequestHandler):
    timeout = _REQUEST_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Requests are not logged: probes come every few seconds."""

    def get_stderr(self) -> Any:
        """Errors of the application go through the log, not to the terminal."""
        return _Nowhere()


class _Nowhere:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing was written."""
