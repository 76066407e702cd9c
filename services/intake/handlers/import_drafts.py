"""Tables under way: encrypted under a key of their own, seen by their owner alone, gone within a day."""

import json
import zlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.intake.domain.codes import CaseKind
from services.intake.domain.import_table import DAY_ORDERS, Layout, Table
from services.intake.handlers.actor import Actor
from services.intake.handlers.errors import NotFound
from services.intake.handlers.import_files import FileTable
from services.intake.handlers.ports import Context
from services.intake.store import fields
from services.intake.store.imports import ImportDraftRow
from shared.crypto.rest import RestCipher, new_key
from shared.runtime import ids

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """What was chosen for one table."""

    layout: Layout
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = ""
    template: str = ""
    """The name of the template that was proposed; empty for none."""
    rows: tuple[int, ...] = ()
    """The rows to save, once somebody said yes."""
    on: str = ""
    """The day of that yes: an age in the table counts as of it."""

    @classmethod
    def of_file(cls, file: FileTable, layout: Layout, template: str = "") -> Self:
        """For a file that was just read."""
        return cls(layout, file.sheets, file.sheet, file.encoding, template)

    def day(self, today: date) -> date:
        """As of which day the table is read."""
        return date.fromisoformat(self.on) if self.on else today


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """One table under way, opened."""

    id: str
    state: str
    table: Table
    settings: Settings
    done: int
    total: int


class Drafts:
    """The table of drafts; the only place that opens its columns."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._wrapping = RestCipher(context.keys.case_wrapping)

    def add(self, session: Session, source: bytes, table: Table, settings: Settings, by: Actor) -> str:
        """Keep a table for its owner, in the place of one that waited."""
        self.purge(session)
        waiting = (ImportDraftRow.owner == by.id, ImportDraftRow.state == "open")
        session.execute(delete(ImportDraftRow).where(*waiting))
        key, draft_id = new_key(), ids.new_id("table")
        cipher = RestCipher(key)
        row = ImportDraftRow(
            id=draft_id,
            owner=by.id,
            team=by.team,
            state="open",
            touched_at=self._context.clock.now(),
            wrapped=fields.IMPORT_KEY.seal(self._wrapping, draft_id, key),
            source=fields.IMPORT_SOURCE.seal(cipher, draft_id, source),
            cells=_sealed_cells(cipher, draft_id, table),
            settings=fields.IMPORT_SETTINGS.seal(cipher, draft_id, _plain(settings)),
            done=0,
            total=0,
        )
        session.add(row)
        session.flush()
        return draft_id

    def row(self, session: Session, draft_id: str, by: Actor, *, lock: bool = False) -> ImportDraftRow:
        """The row, for its owner alone (case 46); NotFound otherwise, and after a day."""
        row = session.get(ImportDraftRow, draft_id, with_for_update=lock or None)
        if row is None or (row.owner, row.team) != (by.id, by.team) or self._is_over(row):
            raise NotFound()
        return row

    def open(self, row: ImportDraftRow) -> Draft:
        """The table and what was chosen."""
        cipher = self._cipher(row)
        record = json.loads(zlib.decompress(fields.IMPORT_CELLS.open(cipher, row.id, row.cells)))
        table = Table(
            tuple(tuple(cells) for cells in record["rows"]),
            frozenset((at, place) for at, place in record["lacking"]),
            {(at, place): value for at, place, value in record["merged"]},
            record["broken_at"],
        )
        settings = _settings(fields.IMPORT_SETTINGS.open(cipher, row.id, row.settings))
        return Draft(row.id, row.state, table, settings, row.done, row.total)

    def source(self, row: ImportDraftRow) -> bytes:
        """The file as it came."""
        return fields.IMPORT_SOURCE.open(self._cipher(row), row.id, row.source)

    def keep(self, row: ImportDraftRow, settings: Settings, table: Table | None = None) -> None:
        """Write what was chosen, and the table if another sheet was."""
        cipher = self._cipher(row)
        row.settings = fields.IMPORT_SETTINGS.seal(cipher, row.id, _plain(settings))
        if table is not None:
            row.cells = _sealed_cells(cipher, row.id, table)
        row.touched_at = self._context.clock.now()

    def of(self, session: Session, by: Actor) -> list[ImportDraftRow]:
        """This person's tables under way."""
        chosen = select(ImportDraftRow).where(ImportDraftRow.owner == by.id, ImportDraftRow.team == by.team)
        rows = session.scalars(chosen.order_by(ImportDraftRow.touched_at)).all()
        return [row for row in rows if not self._is_over(row)]

    def purge(self, session: Session) -> None:
        """Forget what nobody touched for a day; what was saved of it stays, as a batch."""
        over = self._context.clock.now() - KEPT_FOR
        session.execute(delete(ImportDraftRow).where(ImportDraftRow.touched_at < over))

    def _is_over(self, row: ImportDraftRow) -> bool:
        return row.touched_at < self._context.clock.now() - KEPT_FOR

    def _cipher(self, row: ImportDraftRow) -> RestCipher:
        return RestCipher(fields.IMPORT_KEY.open(self._wrapping, row.id, row.wrapped))


def _sealed_cells(cipher: RestCipher, draft_id: str, table: Table) -> bytes:
    record = {
        "rows": table.rows,
        "lacking": sorted(table.lacking),
        "merged": [(*where, value) for where, value in table.merged.items()],
        "broken_at": table.broken_at,
    }
    packed = zlib.compress(json.dumps(record, ensure_ascii=False).encode(), 1)
    return fields.IMPORT_CELLS.seal(cipher, draft_id, packed)


def _plain(settings: Settings) -> dict[str, Any]:
    return {
        "layout": plain_layout(settings.layout)
        | {
            "repairs": sorted(settings.layout.repairs),
            "cells": sorted(settings.layout.cells),
        },
        "sheets": settings.sheets,
        "sheet": settings.sheet,
        "encoding": settings.encoding,
        "template": settings.template,
        "rows": settings.rows,
        "on": settings.on,
    }


def _settings(record: dict[str, Any]) -> Settings:
    layout = record.pop("layout")
    cells = frozenset((row, column) for row, column in layout.pop("cells"))
    made = replace(layout_of(layout), repairs=frozenset(layout["repairs"]), cells=cells)
    record |= {"sheets": tuple(record["sheets"]), "rows": tuple(record["rows"])}
    return Settings(made, **record)


def plain_layout(layout: Layout) -> dict[str, Any]:
    """What the columns mean, as JSON; repairs belong to one table and are left out."""
    return {
        "heading_row": layout.heading_row,
        "columns": layout.columns,
        "day_order": layout.day_order,
        "kind": layout.kind.value if layout.kind else "",
    }


def layout_of(record: dict[str, Any]) -> Layout:
    """What `plain_layout` made."""
    return Layout(
        heading_row=record["heading_row"],
        columns=tuple(record["columns"]),
        day_order=record["day_order"] if record["day_order"] in DAY_ORDERS else "",
        kind=CaseKind(record["kind"]) if record["kind"] else None,
    )
