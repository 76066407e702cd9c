"""A table on the desk, step by step: chosen, laid out, tried out, mended, saved (journey 10).

Between the steps it waits as a draft. Nothing is a case before somebody said yes; then the rows are saved by
the hundred, each hundred in a transaction of its own, and what was broken off goes on where it stopped.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from services.intake.domain import imports
from services.intake.domain.import_columns import propose
from services.intake.domain.import_table import DAY_ORDERS, Layout
from services.intake.domain.imports import DryRun
from services.intake.handlers import import_files
from services.intake.handlers.actor import WRITES_CASES, Actor
from services.intake.handlers.errors import BadField, ImportRunning, NotFound
from services.intake.handlers.import_drafts import Draft, Drafts, Settings
from services.intake.handlers.import_files import FileTable
from services.intake.handlers.import_saving import SAVED_AT_ONCE, Saving
from services.intake.handlers.import_templates import Templates
from services.intake.handlers.ports import Context
from services.intake.store.cases import ImportBatchRow
from services.intake.store.imports import ImportDraftRow


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come."""

    batch: str
    done: int
    total: int

    @property
    def is_done(self) -> bool:
        """Whether every row is saved."""
        return self.done >= self.total


@dataclass(frozen=True, slots=True)
class Waiting:
    """A table of this person that is not imported yet, or not wholly."""

    id: str
    state: str
    done: int
    total: int


class ImportDesk:
    """Tables under way."""

    def __init__(self, context: Context, saving: Saving, templates: Templates) -> None:
        self._context = context
        self._saving = saving
        self._templates = templates
        self._drafts = Drafts(context)

    def upload(self, data: bytes, by: Actor) -> str:
        """Keep a file as a draft and return its id; columns are proposed from a template or the headings."""
        by.must_be(WRITES_CASES)
        file = import_files.read(data)
        with self._context.database.begin() as session:
            settings = self._proposed(session, file, by)
            draft_id = self._drafts.add(session, data, file.table, settings, by)
            self._context.audit.append(session, by.id, "import.uploaded", draft_id)
        return draft_id

    def draft(self, draft_id: str, by: Actor) -> Draft:
        """A table under way. Raises NotFound."""
        by.must_be(WRITES_CASES)
        with self._context.database.read() as session:
            return self._drafts.open(self._drafts.row(session, draft_id, by))

    def waiting(self, by: Actor) -> list[Waiting]:
        """This person's tables under way."""
        by.must_be(WRITES_CASES)
        with self._context.database.read() as session:
            return [Waiting(row.id, row.state, row.done, row.total) for row in self._drafts.of(session, by)]

    def reread(
        self, draft_id: str, by: Actor, *, sheet: str = "", encoding: str = "", heading_row: int = 0
    ) -> None:
        """Another sheet, other letters, or headings in another row: the columns are proposed anew."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._open_row(session, draft_id, by)
            old = self._drafts.open(row)
            file = FileTable(
                old.table, old.settings.sheets, old.settings.sheet, encoding=old.settings.encoding
            )
            if sheet or encoding:
                file = import_files.read(self._drafts.source(row), sheet=sheet, encoding=encoding)
            settings = self._proposed(session, file, by, heading_row)
            self._drafts.keep(row, settings, file.table)

    def arrange(self, draft_id: str, layout: Layout, by: Actor, template: str = "") -> None:
        """Say what the columns mean; with a name for `template` the team keeps it. Raises BadField."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._open_row(session, draft_id, by)
            draft = self._drafts.open(row)
            named = [column for column in layout.columns if column]
            if len(named) != len(set(named)):
                raise BadField("columns", "Two columns have the same meaning; keep one of them.")
            if "kind" not in named and layout.kind is None:
                raise BadField("kind", "Say what kind of case the rows are.")
            old = draft.settings.layout
            layout = replace(layout, repairs=old.repairs, cells=old.cells)
            if template:
                self._templates.keep(session, template, draft.table, layout, by)
            self._drafts.keep(row, replace(draft.settings, layout=layout))

    def try_out(self, draft_id: str, by: Actor) -> DryRun:
        """The dry run of a draft."""
        by.must_be(WRITES_CASES)
        with self._context.database.read() as session:
            return self._tried(session, self._drafts.open(self._drafts.row(session, draft_id, by)), by)

    def repair(
        self,
        draft_id: str,
        by: Actor,
        repairs: Iterable[str],
        cells: Iterable[tuple[int, str]],
        day_order: str = "",
    ) -> None:
        """Accept proposed repairs, whole kinds or single cells; what was accepted before stays.

        With `day_order` the question how days, months and years follow one another is answered.
        """
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._open_row(session, draft_id, by)
            settings = self._drafts.open(row).settings
            layout = settings.layout
            order = day_order if day_order in DAY_ORDERS else layout.day_order
            accepted = replace(
                layout,
                repairs=layout.repairs | set(repairs),
                cells=layout.cells | set(cells),
                day_order=order,
            )
            self._drafts.keep(row, replace(settings, layout=accepted))

    def faulty(self, draft_id: str, by: Actor) -> tuple[Draft, DryRun]:
        """The table and its problems, to be written into a file for mending; the look is audited."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            draft = self._drafts.open(self._drafts.row(session, draft_id, by))
            self._context.audit.append(session, by.id, "import.problems_downloaded", draft_id)
            return draft, self._tried(session, draft, by)

    def discard(self, draft_id: str, by: Actor) -> None:
        """Forget a table. What was saved of it stays a batch."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            session.delete(self._drafts.row(session, draft_id, by, lock=True))
            self._context.audit.append(session, by.id, "import.discarded", draft_id)

    def begin(self, draft_id: str, by: Actor, *, known_too: bool = False) -> Progress:
        """Say yes: the first rows are saved. Raises NothingToImport, ImportRunning."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._open_row(session, draft_id, by)
            draft = self._drafts.open(row)
            found = self._tried(session, draft, by)
            if known_too:
                found = replace(found, accepted=(*found.accepted, *found.known), known=())
            row.batch_id = self._saving.begin(session, found, by)
            row.state, row.total = "running", len(found.accepted)
            numbers = tuple(sorted(one.row for one in found.accepted))
            day = self._context.clock.now().date().isoformat()
            self._drafts.keep(row, replace(draft.settings, rows=numbers, on=day))
        return self.go_on(draft_id, by)

    def go_on(self, draft_id: str, by: Actor) -> Progress:
        """Save the next rows of a draft that somebody said yes to; after the last one it is forgotten."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._drafts.row(session, draft_id, by, lock=True)
            if row.state != "running" or row.batch_id is None:
                raise NotFound()
            draft = self._drafts.open(row)
            rows = draft.settings.rows[row.done : row.done + SAVED_AT_ONCE]
            today = draft.settings.day(self._context.clock.now().date())
            found = imports.examine(draft.table, draft.settings.layout, today, rows)
            batch = session.get_one(ImportBatchRow, row.batch_id, with_for_update=True)
            self._saving.save(session, batch, found.accepted, by)
            row.done += len(rows)
            row.touched_at = self._context.clock.now()
            progress = Progress(batch.id, row.done, row.total)
            if progress.is_done:
                session.delete(row)
            return progress

    def progress(self, draft_id: str, by: Actor) -> Progress:
        """How far a running import is. Raises NotFound, also when it is at its end."""
        by.must_be(WRITES_CASES)
        with self._context.database.read() as session:
            row = self._drafts.row(session, draft_id, by)
            if row.batch_id is None:
                raise NotFound()
            return Progress(row.batch_id, row.done, row.total)

    def forget_old(self, session: Session) -> None:
        """Drop the tables that nobody touched for a day; called from time to time."""
        self._drafts.purge(session)

    def _open_row(self, session: Session, draft_id: str, by: Actor) -> ImportDraftRow:
        row = self._drafts.row(session, draft_id, by, lock=True)
        if row.state != "open":
            raise ImportRunning()
        return row

    def _proposed(self, session: Session, file: FileTable, by: Actor, heading_row: int = 0) -> Settings:
        layout = propose(file.table, heading_row or None)
        found = self._templates.proposed(session, file.table, layout.heading_row, by)
        return Settings.of_file(file, found.layout if found else layout, found.name if found else "")

    def _tried(self, session: Session, draft: Draft, by: Actor) -> DryRun:
        today = draft.settings.day(self._context.clock.now().date())
        found = imports.examine(draft.table, draft.settings.layout, today)
        return self._saving.without_known(session, found, by)
