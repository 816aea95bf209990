"""Which column of a file is which of ours: by its usual header, by one also seen, or by what the steward says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lilong.kit.hanzi import squeezed
from lilong.kit.intake import Column, Intake, Row

from .reading import Table
from .refusing import FileRefused


@dataclass(frozen=True)
class Mapped:
    """A file's columns as ours: the position of each that it has."""

    columns: tuple[Column, ...]
    position: Mapping[str, int]
    width: int

    def row(self, number: int, cells: list[str]) -> Row:
        """One row by our names, `"row"` with its number; what the file lacks is empty."""
        named = {
            column.name: cells[at] if (at := self.position.get(column.name, -1)) in range(len(cells)) else ""
            for column in self.columns
        }
        return {**named, "row": str(number)}

    def header(self, name: str) -> str:
        """The usual header of one of our columns; what is no column of ours stays as it is."""
        return next((column.header for column in self.columns if column.name == name), name)


def names_of(column: Column, renamed: Mapping[str, str]) -> frozenset[str]:
    """Every header that stands for a column; `renamed` maps a file's own headers to our column names or headers."""
    own = {header for header, ours in renamed.items() if ours in (column.name, column.header)}
    return frozenset({column.header, *column.also, *own})


def mapped(intake: Intake, table: Table, renamed: Mapping[str, str]) -> Mapped:
    """Find our columns in a file. Raises FileRefused naming each required column that is missing, or is there twice."""
    at: dict[str, list[int]] = {}
    for place, header in enumerate(table.headers):
        at.setdefault(squeezed(header), []).append(place)
    position: dict[str, int] = {}
    for column in intake.columns:
        places = [place for name in names_of(column, renamed) for place in at.get(squeezed(name), ())]
        if len(places) > 1:
            raise FileRefused(f"列出现了两次：{column.header}")
        if places:
            position[column.name] = places[0]
    if missing := [column.header for column in intake.columns if column.required and column.name not in position]:
        raise FileRefused(f"缺少必需的列：{'、'.join(missing)}")
    return Mapped(intake.columns, position, len(table.headers))


def doubles(found: Mapped, table: Table) -> dict[int, tuple[int, str]]:
    """Rows that agree with an earlier one in a key, by number: that earlier row and the key; 0 for an exact copy."""
    again: dict[int, tuple[int, str]] = {}
    for column in (column for column in found.columns if column.key):
        place = found.position.get(column.name, found.width)
        first: dict[str, int] = {}
        for number, cells in enumerate(table.rows, 1):
            sign = squeezed(cells[place]).upper() if place < len(cells) else ""
            if sign and (earlier := first.setdefault(sign, number)) != number:
                again.setdefault(number, (0 if cells == table.rows[earlier - 1] else earlier, column.name))
    return again


def ragged(found: Mapped, cells: list[str]) -> bool:
    """Whether a row has cells beyond the header: a comma within a cell, and every value may stand in a wrong column."""
    return any(cells[found.width :])
