"""How a team's tables are laid out: proposed again when the same headings come."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.domain.import_columns import fold, headings
from services.intake.domain.import_table import Layout, Table
from services.intake.handlers.actor import WRITES_CASES, Actor
from services.intake.handlers.errors import BadField, NotFound
from services.intake.handlers.import_drafts import layout_of, plain_layout
from services.intake.handlers.ports import Context
from services.intake.store import fields
from services.intake.store.imports import ImportTemplateRow
from shared.crypto.rest import RestCipher
from shared.runtime import ids
from shared.store.blind import BlindIndex

MAX_NAME = 80
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True, repr=False)
class Template:
    """One layout that was kept."""

    id: str
    name: str
    layout: Layout


class Templates:
    """The templates of teams."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._wrapping = RestCipher(context.keys.case_wrapping)
        self._index = BlindIndex(context.keys.blind_index)

    def overview(self, by: Actor) -> list[Template]:
        """Those of the own team, by name. A safeguarding lead has a team as well: no other is listed."""
        by.must_be(WRITES_CASES)
        with self._context.database.read() as session:
            rows = session.scalars(select(ImportTemplateRow).where(ImportTemplateRow.team == by.team)).all()
            return sorted((self._view(row) for row in rows), key=lambda one: one.name.casefold())

    def forget(self, template_id: str, by: Actor) -> None:
        """Drop one of the own team. Raises NotFound."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = session.get(ImportTemplateRow, template_id)
            if row is None or row.team != by.team:
                raise NotFound()
            session.delete(row)
            self._context.audit.append(session, by.id, "import.template_forgotten", template_id)

    def keep(self, session: Session, name: str, table: Table, layout: Layout, by: Actor) -> None:
        """Keep a layout under a name, in the place of the one with the same headings. Raises BadField."""
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME or not name.isprintable():
            raise BadField("template", "Give the layout a name of at most 80 characters.")
        signature = self._signature(table, layout.heading_row)
        row = self._with(session, signature, by)
        if row is None:
            row = ImportTemplateRow(
                id=ids.new_id("layout"),
                team=by.team,
                headings=signature,
                created_at=self._context.clock.now(),
            )
        record = plain_layout(layout) | {"name": name}
        row.record = fields.IMPORT_TEMPLATE.seal(self._wrapping, row.id, record)
        session.add(row)
        session.flush()
        self._context.audit.append(session, by.id, "import.template_kept", row.id)

    def proposed(self, session: Session, table: Table, heading_row: int, by: Actor) -> Template | None:
        """The own team's template for these headings, with its columns in the order of this table."""
        row = self._with(session, self._signature(table, heading_row), by)
        if row is None:
            return None
        found = self._view(row)
        return replace(found, layout=replace(found.layout, heading_row=heading_row))

    def _with(self, session: Session, signature: bytes, by: Actor) -> ImportTemplateRow | None:
        return session.scalar(
            select(ImportTemplateRow).where(
                ImportTemplateRow.team == by.team, ImportTemplateRow.headings == signature
            )
        )

    def _signature(self, table: Table, heading_row: int) -> bytes:
        named = _BETWEEN.join(fold(heading) for heading in headings(table, heading_row))
        return self._index.of("import_headings", named or _BETWEEN)

    def _view(self, row: ImportTemplateRow) -> Template:
        record = fields.IMPORT_TEMPLATE.open(self._wrapping, row.id, row.record)
        return Template(row.id, record["name"], layout_of(record))
