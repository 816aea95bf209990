"""Many rows by one statement: the journal is written with every change, so its insert is kept as short as it can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_AT_ONCE = 500  # rows a statement; 500 × 8 values stay far below the 32,766 that SQLite takes


@cache
def _statement(table: str, columns: tuple[str, ...], rows: int, returning: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    tail = f" RETURNING {returning}" if returning else ""
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([row] * rows)}{tail}'  # noqa: S608  names are our own


def insert(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    returning: str = "",
) -> list[int]:
    """Insert rows in their order; gives the new ids in that order when `returning` names the id."""
    ids: list[int] = []
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            cursor.execute(_statement(table, columns, len(chunk), returning), [value for row in chunk for value in row])
            if returning:
                # RETURNING promises no order; ids are given out in the order of the values
                ids.extend(sorted(row[0] for row in cursor.fetchall()))
    return ids


def _chunks(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]
