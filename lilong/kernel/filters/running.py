"""Runs the SQL of a filter for a bounded time, so that no filter can stop the machine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from lilong.kernel.filters.errors import FilterTooSlow

SECONDS = 5.0
"""How long a person waits at the most; loops allow themselves more."""
_STEPS = 20_000  # of SQLite's machine between two looks at the time: well under a millisecond


def rows(sql: str, params: Mapping[str, Any], *, seconds: float = SECONDS) -> list[tuple[Any, ...]]:
    """The rows of a SELECT on the default database. Raises FilterTooSlow after `seconds`."""
    bounded = _bounded_sqlite if connection.vendor == "sqlite" else _bounded_postgresql
    try:
        with bounded(seconds), connection.cursor() as cursor:
            cursor.execute(sql, dict(params))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
    except DatabaseError as problem:
        if "interrupted" in str(problem) or "statement timeout" in str(problem):
            raise FilterTooSlow(_("这个条件 {n} 秒内没有算完").format(n=f"{seconds:g}")) from problem
        raise


@contextmanager
def _bounded_sqlite(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    ends = time.monotonic() + seconds
    database = connection.connection
    database.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


@contextmanager
def _bounded_postgresql(seconds: float) -> Iterator[None]:
    """The limit holds for this statement alone: a transaction around it gets its own limit back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', current_setting('statement_timeout'), true)")
        before = cursor.fetchall()[0][0]
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(max(1, int(seconds * 1000)))])
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
