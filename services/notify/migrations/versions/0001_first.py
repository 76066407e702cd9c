"""The shared tables, the rota, what waits, and the deliveries."""

import sqlalchemy as sa
from alembic import op

from shared.store.columns import UtcDateTime
from shared.store.schema import create_shared_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward only: a backup is the way back (docs/OPERATIONS.md)."""
    create_shared_tables(op)
    op.create_table(
        "duty_person",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("hours", sa.String(400), nullable=False),
        sa.Column("begins", UtcDateTime(), nullable=True),
        sa.Column("ends", UtcDateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty_person"),
        sa.UniqueConstraint("email", name="uq_duty_person_email"),
    )
    op.create_table(
        "waiting",
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("urgency", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("settled", UtcDateTime(), nullable=True),
        sa.Column("rings", UtcDateTime(), nullable=False),
        sa.Column("rung", UtcDateTime(), nullable=True),
        sa.Column("rung_round", sa.Integer(), nullable=False),
        sa.Column("rung_times", sa.Integer(), nullable=False),
        sa.Column("peak_urgency", sa.String(16), nullable=False),
        sa.Column("peak_status", sa.String(16), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_waiting"),
        sa.CheckConstraint(
            "state IN ('planned', 'told', 'retrying', 'parked', 'nobody_on_duty', 'settled')",
            name="ck_waiting_state",
        ),
    )
    op.create_index("ix_waiting_state", "waiting", ["state"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("next_attempt", UtcDateTime(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.ForeignKeyConstraint(["reference"], ["waiting.reference"], name="fk_delivery_reference_waiting"),
        sa.UniqueConstraint(
            "reference", "round", "person", "channel", name="uq_delivery_reference_round_person_channel"
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'retrying', 'sent', 'parked', 'cancelled')",
            name="ck_delivery_state",
        ),
    )
    op.create_index("ix_delivery_person", "delivery", ["person"])
    op.create_index(
        "ix_delivery_state_priority_next_attempt", "delivery", ["state", "priority", "next_attempt"]
    )
