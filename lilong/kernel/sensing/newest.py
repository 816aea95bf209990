"""Tells the database the newest reading of each stream, so that every page can say how old its data are."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from .findings import to_moment
from .models import Stream

Newest = tuple[int, int, float, int]  # stream, time, value, received; times in microseconds


def save(rows: Iterable[Newest]) -> None:
    """Write them in one transaction: a few hundred at a time, so that nobody waits for the lock."""
    adapt = connection.ops.adapt_datetimefield_value
    sql = f"UPDATE {Stream._meta.db_table} SET newest_time = %s, newest_value = %s, received_at = %s WHERE id = %s"  # noqa: S608 - our own table
    values = [
        (adapt(to_moment(time)), value, adapt(to_moment(received)), stream) for stream, time, value, received in rows
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, values)
