"""First tables."""

from alembic import op

from services.matching.store import candidates, duty, kept, unfinished
from shared.partners.tables import create_partner_tables
from shared.store.schema import create_shared_tables

revision = "matching_0001"
down_revision = None


def upgrade() -> None:
    """Forward only: a backup is the way back (docs/OPERATIONS.md)."""
    create_shared_tables(op)
    create_partner_tables(op)
    for table in (
        candidates.table,
        duty.notice,
        kept.table,
        unfinished.table,
    ):  # all are in the metadata of all tables
        table.metadata.create_all(op.get_bind())
