"""One chunk of a delivery: taken whole in a transaction of its own, and once only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.db.models import F

from lilong.kit.intake import Intake, Row, RowError, Taken

from .mapping import Mapped, ragged
from .models import Delivery, Origin, Quarantine
from .raw import sealed_cell
from .reading import Table

UNFIT: tuple[type[DatabaseError], ...] = (DataError, IntegrityError)
"""What a database says of values it cannot hold: the rows are then taken one by one, to find which."""


@dataclass(frozen=True)
class Source:
    """One delivery being taken: its intake, its rows, and how its columns are ours."""

    delivery_id: int
    intake: Intake
    table: Table
    found: Mapped
    doubles: Mapping[int, tuple[int, str]]


def take(source: Source, start: int, size: int, *, by: str, at: datetime) -> bool:
    """Take rows `start` (from 0) on, `size` of them; False where somebody else has taken them already.

    Raises what the database raises about values it cannot hold (UNFIT); nothing of the chunk has happened then.
    """
    with transaction.atomic():
        if not _claimed(source.delivery_id, start, size):
            return False
        rows = {int(row["row"]): row for row in _rows(source, start, size)}
        errors = _unfit(source, rows)
        passed_over = {error.row for error in errors} | {n for n in rows if source.doubles.get(n, (1, ""))[0] == 0}
        good = [row for number, row in rows.items() if number not in passed_over]
        taken = source.intake.take(good, by=by, at=at) if good else Taken(0, 0)
        copies = len(passed_over) - len(errors)
        _keep(source, replace(taken, unchanged=taken.unchanged + copies), [*taken.errors, *errors], rows)
    return True


def refuse_one(source: Source, start: int) -> None:
    """Put one row that the database will not hold into quarantine, and go on."""
    with transaction.atomic():
        if _claimed(source.delivery_id, start, 1):
            row = next(iter(_rows(source, start, 1)))
            _keep(source, Taken(0, 0), [RowError(start + 1, "", "数据库不接受这一行")], {start + 1: row})


def raw_of(row: Row, intake: Intake) -> bytes | None:
    """A row as quarantine keeps it: sealed, without what is never kept."""
    never = {column.name for column in intake.columns if column.kept == "never"}
    return sealed_cell(json.dumps({name: cell for name, cell in row.items() if name not in never}, ensure_ascii=False))


def add_origins(delivery_id: int, subjects: Iterable[tuple[int, str, int]]) -> None:
    """Note whom rows spoke of."""
    Origin.objects.bulk_create(
        [
            Origin(delivery_id=delivery_id, row=row, subject_kind=kind, subject_id=subject)
            for row, kind, subject in subjects
        ]
    )


def _claimed(delivery_id: int, start: int, size: int) -> bool:
    """Move `rows_done` over the chunk; of two that try, one finds it moved already."""
    waiting = Delivery.objects.filter(id=delivery_id, state="taking", rows_done=start)
    return bool(waiting.update(rows_done=start + size))


def _rows(source: Source, start: int, size: int) -> list[Row]:
    cells = source.table.rows[start : start + size]
    return [source.found.row(start + place, line) for place, line in enumerate(cells, 1)]


def _unfit(source: Source, rows: Mapping[int, Row]) -> list[RowError]:
    """The rows that no intake need look at: wider than the header, or at odds with an earlier row of the file."""
    errors = []
    for number in rows:
        earlier, column = source.doubles.get(number, (0, ""))
        if ragged(source.found, source.table.rows[number - 1]):
            errors.append(RowError(number, "", "这一行的格子比表头多"))
        elif earlier:
            errors.append(RowError(number, column, f"与第 {earlier} 行相同，内容却不同"))
    return errors


def _keep(source: Source, taken: Taken, errors: list[RowError], rows: Mapping[int, Row]) -> None:
    refused = {error.row: error for error in reversed(errors)}  # the first thing wrong with a row
    Quarantine.objects.bulk_create(
        [
            Quarantine(
                delivery_id=source.delivery_id,
                row=number,
                field=source.found.header(error.field),
                reason=error.reason[:400],
                raw_cipher=raw_of(rows[number], source.intake),
            )
            for number, error in sorted(refused.items())
        ]
    )
    add_origins(source.delivery_id, taken.subjects)
    Delivery.objects.filter(id=source.delivery_id).update(
        changed=F("changed") + taken.changed,
        unchanged=F("unchanged") + taken.unchanged,
        refused=F("refused") + len(refused),
    )
