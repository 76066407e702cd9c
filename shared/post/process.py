"""What the commands of every service share: settings, log, database, worker with its health pages."""

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shared.runtime import log
from shared.runtime import settings as settings_files
from shared.runtime.health import HealthServer
from shared.runtime.metrics import ServiceMetrics
from shared.runtime.settings import ServiceSettings, SettingsError
from shared.runtime.worker import Loop, Worker
from shared.store import schema
from shared.store.engine import Database

GARBAGE_AFTER = (20_000, 20, 50)


class WrongService(Exception):
    """These settings belong to another service; set MYOSOTIS_CONFIG to this service's folder."""


def load_settings(service: str, folder: Path | None = None) -> ServiceSettings:
    """The settings of `service`, with the log configured by them. Raises SettingsError or WrongService."""
    settings = settings_files.load(folder)
    if settings.service != service:
        raise WrongService(f"these are the settings of {settings.service}, and this is {service}")
    log.configure(service, sys.stderr, json=settings.log_json)
    return settings


def open_database(settings: ServiceSettings) -> Database:
    """The service's database; no connection is opened yet."""
    return Database(settings.database_url, settings.database_password())


def migrate(settings: ServiceSettings) -> None:
    """Bring the database to the newest shape; safe to repeat and to kill (case 80)."""
    database = open_database(settings)
    try:
        schema.migrate(database, f"services.{settings.service}")
    finally:
        database.dispose()


def run_worker(
    settings: ServiceSettings,
    database: Database,
    loops: Sequence[Loop],
    metrics: ServiceMetrics,
    checks: Mapping[str, Callable[[], None]] | None = None,
) -> int:
    """Run until SIGTERM; returns the exit code."""
    # A worker makes many objects that live as long as one message. What it loaded lives for ever: with that
    # set aside, and looked through less often, handling a message takes a tenth less time.
    gc.freeze()
    gc.set_threshold(*GARBAGE_AFTER)
    worker = Worker(settings.service, loops)
    all_checks = {"database": database.check, **worker.checks(), **(checks or {})}
    try:
        with HealthServer(settings.health_host, settings.health_port, all_checks, metrics.registry):
            return worker.run()
    finally:
        database.dispose()


_MENDABLE = (SettingsError, WrongService, schema.BrokenSchema)


def command(
    service: str,
    commands: Mapping[str, Callable[[ServiceSettings], int]],
    mendable: tuple[type[Exception], ...] = (),
) -> int:
    """Run `python -m services.<service> <command>`; what a person can mend is told in one sentence."""
    names = ", ".join(commands)
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.stderr.write(f"Usage: python -m services.{service} COMMAND, one of: {names}\n")
        return 2
    known: tuple[type[Exception], ...] = (*_MENDABLE, *mendable)
    try:
        return commands[sys.argv[1]](load_settings(service))
    except known as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
