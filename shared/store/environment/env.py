"""What Alembic runs for every service. `shared.store.schema.migrate` hands over the open connection."""

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    transactional_ddl=True,  # also true of SQLite, when BEGIN is written by us (shared/store/engine.py)
    render_as_batch=True,  # SQLite changes a column by copying the table
)
with context.begin_transaction():
    context.run_migrations()
