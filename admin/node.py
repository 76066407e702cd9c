"""One node's folder as the commands see it: its settings, and its services opened here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from admin import ownership
from admin.backup.copies import sqlite_file
from admin.errors import AdminError, damaged, is_damaged
from services.intake import app as intake_app
from services.intake.app import IntakeApp
from services.matching import app as matching_app
from services.matching.app import MatchingApp
from services.notify import app as notify_app
from services.notify.app import NotifyApp
from shared.bus.topology import SERVICES
from shared.post.process import open_database
from shared.runtime import settings as settings_files
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.settings import ServiceSettings
from shared.store.engine import Database

App = IntakeApp | MatchingApp | NotifyApp
KEYED = ("intake", "matching")


@dataclass(frozen=True, slots=True)
class Node:
    """The folder that `myosotis setup` wrote."""

    folder: Path
    clock: Clock

    @classmethod
    def at(cls, folder: Path, clock: Clock | None = None) -> "Node":
        """The node in `folder`. Raises AdminError when there is none."""
        if (folder / "intake").exists():
            ownership.refuse_strangers(folder / "intake")
        if not (folder / "intake" / settings_files.FILE_NAME).exists():
            raise AdminError(
                f"There is no node in {folder.resolve()}: give its folder with --node or MYOSOTIS_NODE, "
                "or make one with `myosotis setup`."
            )
        return cls(folder.resolve(), clock or SystemClock())

    def settings(self, service: str) -> ServiceSettings:
        """The settings of one service, whose database may now be opened. Raises SettingsError."""
        settings = settings_files.load(self.folder / service)
        file = sqlite_file(settings.database_url)
        if file is not None and file.parent.is_dir():
            ownership.make_database_file(file)
        return settings

    @property
    def organisation(self) -> str:
        """The organisation that this node belongs to."""
        return self.settings("intake").organisation

    @contextmanager
    def database(self, service: str) -> Iterator[Database]:
        """The database of one service, closed at the end."""
        database = open_database(self.settings(service))
        try:
            with naming(service):
                yield database
        finally:
            database.dispose()

    @contextmanager
    def intake(self) -> Iterator[IntakeApp]:
        """Intake with its keys open, its database closed at the end."""
        app = intake_app.build(self.settings("intake"), self.clock)
        try:
            with naming("intake"):
                yield app
        finally:
            app.database.dispose()

    @contextmanager
    def matching(self) -> Iterator[MatchingApp]:
        """Matching with its keys open, its database closed at the end."""
        app = matching_app.build(self.settings("matching"), self.clock)
        try:
            with naming("matching"):
                yield app
        finally:
            app.database.dispose()

    @contextmanager
    def notify(self) -> Iterator[NotifyApp]:
        """Notify, its database closed at the end."""
        app = notify_app.build(self.settings("notify"), self.clock)
        try:
            with naming("notify"):
                yield app
        finally:
            app.database.dispose()

    @contextmanager
    def databases(self) -> Iterator[dict[str, Database]]:
        """The databases of all three services."""
        opened = {service: open_database(self.settings(service)) for service in SERVICES}
        try:
            yield opened
        finally:
            for database in opened.values():
                database.dispose()


@contextmanager
def naming(service: str) -> Iterator[None]:
    """A damaged file is told by the service whose it is."""
    try:
        yield
    except DBAPIError as error:
        if not is_damaged(error):
            raise
        raise AdminError(damaged(f"The database of {service}")) from None
