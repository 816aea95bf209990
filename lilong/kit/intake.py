"""The words in which a block says what files it accepts; the lake finds these declarations and does the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Column:
    """One column of a delivery: its usual Chinese header, our name, the headers also seen, and how raw cells are kept.

    A raw cell is kept in clear, sealed under the installation's key (names, numbers, phones), or never (passwords).
    No two rows of one file may differ and yet agree in a `key`: the second waits, since either may be the true one.
    """

    header: str
    name: str
    required: bool = False
    also: tuple[str, ...] = ()
    kept: Literal["clear", "sealed", "never"] = "clear"
    key: bool = False


@dataclass(frozen=True)
class RowError:
    """Why one row waits in quarantine: row number in the file (first data row is 1), the field, the reason."""

    row: int
    field: str
    reason: str


@dataclass(frozen=True)
class Taken:
    """What became of a batch: rows that changed something, rows that were there already, rows refused.

    `subjects` says whom a row spoke of, as (row, kind, id), so that a value can be traced and a person forgotten.
    """

    changed: int
    unchanged: int
    errors: tuple[RowError, ...] = ()
    subjects: tuple[tuple[int, str, int], ...] = ()


Row = Mapping[str, str]
"""One row by our column names; `"row"` holds its number as text, absent cells are empty strings."""


@dataclass(frozen=True)
class Intake:
    """One kind of delivery a block accepts. `take` is set-wise: called with about 500 rows inside one transaction."""

    name: str
    title: str
    columns: tuple[Column, ...]
    take: Callable[..., Taken]  # take(rows: Sequence[Row], *, by: str, at: datetime) -> Taken
    order: int = 50  # lower first, where several deliveries arrive together


Take = Callable[[Sequence[Row], str, datetime], Taken]
