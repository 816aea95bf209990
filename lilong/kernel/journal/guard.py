"""The database itself refuses to change or remove what the journal holds: triggers, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("journal_fact", "journal_seal", "journal_readentry")

_FUNCTION = """
CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put up the triggers that refuse UPDATE and DELETE (and TRUNCATE, on PostgreSQL)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()"
                )
                continue
            for change in ("update", "delete"):
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is append-only: {change} refused'); END"
                )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers down, as anybody with rights over the database can; `verify` is there for what follows."""
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_kept ON {table}")
                continue
            for change in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{change}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables that the database would let somebody change."""
    if connection.vendor == "postgresql":
        standing = (
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled = 'O'"
        )
        wanted = {table: {f"{table}_kept"} for table in TABLES}
    else:
        standing = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        wanted = {table: {f"{table}_no_update", f"{table}_no_delete"} for table in TABLES}
    with connection.cursor() as cursor:
        cursor.execute(standing)
        names = {row[0] for row in cursor.fetchall()}
    return [table for table, triggers in wanted.items() if not triggers <= names]


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the triggers inside the block; for tests that empty tables or play the attacker."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)
