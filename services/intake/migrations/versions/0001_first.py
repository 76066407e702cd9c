"""The first shape of intake's database."""

from alembic import op

from services.intake.store import IntakeBase
from shared.partners.tables import create_partner_tables
from shared.store.schema import create_shared_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything: shared tables, partners, and intake's own."""
    create_shared_tables(op)
    create_partner_tables(op)
    IntakeBase.metadata.create_all(op.get_bind())
