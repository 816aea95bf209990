"""Which committed facts still wait for their seal: found without missing one, cause before effect, at little cost."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from django.db import connection

_UNSEALED = "SELECT f.id FROM journal_fact f LEFT JOIN journal_seal s ON s.fact_id = f.id WHERE s.fact_id IS NULL"


@dataclass
class Waiting:
    """Ids of facts to be sealed next, and how far was looked.

    The first look compares all facts with all seals; each later one reads only what was committed since. Ids are
    handed out in ascending order: a transaction that acted on another's committed fact drew its own id later, while
    its transaction number may be the lower one.
    """

    ids: deque[int] = field(default_factory=deque)
    floor: int | None = None  # SQLite: an id; PostgreSQL: a transaction; everything below it has been handed out

    def refill(self) -> None:
        """Look for more when none is left."""
        if not self.ids:
            found = _look_postgresql(self.floor) if connection.vendor == "postgresql" else _look_sqlite(self.floor)
            self.floor = found[0]
            self.ids.extend(found[1])


def _look_sqlite(floor: int | None) -> tuple[int, list[int]]:
    """One transaction writes at a time, so ids are committed in their order."""
    with connection.cursor() as cursor:
        if floor is None:
            cursor.execute("SELECT coalesce(max(id), 0) FROM journal_fact")
            (floor,) = cursor.fetchone()
            cursor.execute(f"{_UNSEALED} AND f.id <= %s ORDER BY f.id", [floor])
            return floor, [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT id FROM journal_fact WHERE id > %s ORDER BY id", [floor])
        ids = [row[0] for row in cursor.fetchall()]
    return (ids[-1] if ids else floor), ids


def _look_postgresql(floor: int | None) -> tuple[int, list[int]]:
    """Only transactions older than the oldest one open: nobody can add to those any more.

    The first look also takes facts of this very transaction (a caller that seals what it wrote), and visible facts
    numbered like transactions yet to come: they were brought here from another cluster.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (oldest,) = cursor.fetchone()
        if oldest == floor:
            return oldest, []
        if floor is None:
            cursor.execute(
                f"{_UNSEALED} AND (f.xact < %s OR f.xact = pg_current_xact_id_if_assigned()::text::bigint "
                "OR f.xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint) ORDER BY f.id",
                [oldest],
            )
        else:
            cursor.execute(
                "SELECT id FROM journal_fact WHERE xact > 0 AND xact >= %s AND xact < %s ORDER BY id", [floor, oldest]
            )
        return oldest, [row[0] for row in cursor.fetchall()]
