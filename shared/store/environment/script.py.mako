"""${message}"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Forward only: a backup is the way back (docs/OPERATIONS.md)."""
    ${upgrades if upgrades else "pass"}
