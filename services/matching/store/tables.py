"""The tables of the matching service, as plain tables: no object is kept per row (DESIGN 8).

There is no column for a name, and none for anything that a person typed. What an alert says is encrypted; the
references, versions and states beside it are in clear, because the rules of order need them.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from shared.store.columns import BigId, UtcDateTime
from shared.store.tables import NAMING

metadata = MetaData(naming_convention=NAMING)

partner = Table(
    "partner_state",
    metadata,
    Column("partner", String(32), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("revision", BigId, nullable=False, default=0),
    # Every epoch up to this one is over; late pseudonyms of it are not kept.
    Column("closed_epoch", Integer, nullable=False, default=0),
    Column("receipt_slot", BigId, nullable=False, default=0),
    # True since it was stopped (suspended, suspect, left): the first receipt after its return says so.
    Column("wants_resend", Boolean, nullable=False, default=False),
    Column("gaps_told", String(64)),
    Column("gaps_told_slot", BigId, nullable=False, default=0),
)
"""What matching must remember of each partner; the directory itself is shared.partners'."""

own_case = Table(
    "own_case",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("partner", String(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("own_case", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    # One letter a key, its group, in the order of `pseudonyms`.
    Column("groups", String(64), nullable=False),
    Column("pseudonyms", LargeBinary, nullable=False),
    Column("description", LargeBinary, nullable=False),
    # The partner's revision at which the row changed: what a column in memory has not seen is above its own.
    Column("revision", BigId, nullable=False),
    UniqueConstraint("partner", "epoch", "own_case"),
    Index(None, "partner", "epoch", "revision"),
    Index(None, "own_case"),
    sqlite_autoincrement=True,
)
"""One own case as one partner's alerts of one epoch can see it."""

closed_case = Table(
    "closed_case",
    metadata,
    Column("own_case", String(40), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
"""Own cases that are to be forgotten; a late message about one changes nothing."""

alert = Table(
    "alert",
    metadata,
    Column("partner", String(32), primary_key=True),
    Column("alert", String(40), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires", UtcDateTime, index=True),
    Column("content", LargeBinary),
    Index(None, "partner", "state"),
)
"""A partner's alert. Without content it is the placeholder that stays when the alert is deleted."""

match = Table(
    "possible_match",
    metadata,
    Column("match", String(40), primary_key=True),
    Column("partner", String(32), nullable=False),
    Column("alert", String(40), nullable=False),
    Column("own_case", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(24), nullable=False),
    # The number of the message with the latest decision: one that was sent before it comes too late.
    Column("decided_seq", BigId, nullable=False, default=0),
    # Encrypted: the digest of a coarse description could be guessed.
    Column("facts", LargeBinary, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    # The row of `kept_decision` that the latest decision made. The link goes with the match, the row stays.
    Column("decision", String(40)),
    # However many workers compare, a pair is on record once (case 87).
    UniqueConstraint("partner", "alert", "own_case"),
    Index(None, "own_case"),
)
"""A possible match by reference; the reasons are with intake."""

receipt_due = Table(
    "receipt_due",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("partner", String(32), nullable=False),
    Column("alert", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("reason", String(40)),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("partner", "alert", "version", "outcome"),
    Index(None, "partner", "at"),
    sqlite_autoincrement=True,
)
"""What the next receipt to a partner has to say; deleted when it is in the outbox."""
