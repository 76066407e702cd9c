"""Inserts that both databases know how to turn into updates."""

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import Session

Insert = PostgresqlInsert | SqliteInsert
"""An INSERT that may carry ON CONFLICT."""


def dialect(session: Session) -> str:
    """`sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def insert_for(dialect_name: str, table: Table) -> Insert:
    """An INSERT for a dialect, to be kept and run often."""
    return PostgresqlInsert(table) if dialect_name == "postgresql" else SqliteInsert(table)


def insert(session: Session, table: Table) -> Insert:
    """An INSERT for the database of a session."""
    return insert_for(dialect(session), table)
