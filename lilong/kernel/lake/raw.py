"""The rows of every delivery as they came, kept as Parquet by kind and day, with what could name somebody sealed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from lilong.kit.ciphers import derived, open_sealed, seal

from .mapping import Mapped
from .reading import Table

ROW = "_row"  # the row's number in the file, the first data row being 1


def path_of(kind: str, day: date, digest: str) -> Path:
    """Where the raw rows of one delivery are kept."""
    return Path(settings.LILONG_HOME) / "lake" / kind / day.isoformat() / f"{digest}.parquet"


def keep(path: Path, table: Table, found: Mapped, without: Collection[int]) -> None:
    """Write every row as delivered, whole or not at all; of the rows in `without` the number alone.

    Columns that an intake calls clear stay readable; passwords are left out; all others, those that nobody here knows
    among them, are sealed cell by cell.
    """
    columns = {place: column for column in found.columns if (place := found.position.get(column.name)) is not None}
    arrays: dict[str, pa.Array] = {ROW: pa.array(range(1, len(table.rows) + 1), pa.int32())}
    for place, header in enumerate(table.headers):
        kept = columns[place].kept if place in columns else "sealed"
        name = header if header and header not in arrays else f"{header}#{place + 1}"
        cells = [
            line[place] if place < len(line) and number not in without else ""
            for number, line in enumerate(table.rows, 1)
        ]
        if kept == "clear":
            arrays[name] = pa.array(cells, pa.string())
        elif kept == "sealed":
            arrays[name] = pa.array([sealed_cell(cell) for cell in cells], pa.binary())
    _write(path, pa.table(arrays))


def strike(path: Path, rows: Collection[int]) -> None:
    """Take the cells of some rows out of a delivery for good; the rows stay, empty, so that the numbers still count."""
    if not rows or not path.exists():
        return
    table = pq.read_table(path)
    struck = pc.is_in(table[ROW], pa.array(sorted(rows), pa.int32()))
    for place, name in enumerate(table.column_names):
        if name != ROW:
            column = table[name]
            table = table.set_column(place, name, pc.if_else(struck, pa.scalar(None, column.type), column))
    _write(path, table)


def sealed_cell(cell: str) -> bytes | None:
    """One cell under the installation's key; an empty one stays empty."""
    return seal(_key(), cell.encode(), "raw cell") if cell else None


def opened_cell(cipher: bytes | memoryview | None) -> str:
    """What `sealed_cell` hid."""
    return open_sealed(_key(), bytes(cipher), "raw cell").decode() if cipher else ""


def _key() -> bytes:
    return derived(settings.REGISTRY_KEY, "seal raw rows")


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        pq.write_table(table, out, compression="zstd")
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
