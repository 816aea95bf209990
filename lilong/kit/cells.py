"""Reading one cell of a delivered row into a value, or saying in a few words what is wrong with it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from lilong.kit.hanzi import number, squeezed
from lilong.kit.intake import Row

_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of Excel's serial numbers after its 29 February 1900, which never was
_YES = {"是": True, "有": True, "1": True, "Y": True, "√": True, "否": False, "无": False, "0": False, "N": False}


class Wrong(ValueError):
    """One cell cannot be taken: `field` is our name of its column, `reason` a short Chinese phrase."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def text(row: Row, field: str, most: int, *, required: bool = False) -> str:
    """The cell as it is, at most `most` characters long."""
    cell = row.get(field, "")
    if required and not cell:
        raise Wrong(field, "不能为空")
    if len(cell) > most:
        raise Wrong(field, "太长")
    return cell


def whole(row: Row, field: str, least: int, most: int) -> int | None:
    """A whole number between two bounds, both included, in digits or Chinese numerals; None for an empty cell."""
    cell = squeezed(row.get(field, ""))
    if not cell:
        return None
    value = number(re.sub(r"\.0+$", "", cell))
    if value is None or not least <= value <= most:
        raise Wrong(field, "不是合理的整数")
    return value


def amount(row: Row, field: str, least: Decimal, most: Decimal) -> Decimal | None:
    """A decimal number between two bounds, both included; None for an empty cell."""
    cell = squeezed(row.get(field, "")).replace(",", "")
    if not cell:
        return None
    try:
        value = Decimal(cell)
        fits = least <= value <= most
    except InvalidOperation:
        fits = False
    if not fits:
        raise Wrong(field, "不是合理的数")
    return value


def day(row: Row, field: str) -> date | None:
    """A date as offices write it: 2026-09-01, 2026.9.1, 2026年9月1日, 20260901, Excel's 46266; None when empty."""
    cell = squeezed(row.get(field, ""))
    if not cell:
        return None
    try:
        if found := _DAY.match(cell):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if cell.isdecimal() and len(cell) == 8:
            return date(int(cell[:4]), int(cell[4:6]), int(cell[6:]))
        if cell.isdecimal() and len(cell) == 5:
            return _SERIAL_ZERO + timedelta(days=int(cell))
    except ValueError as wrong:
        raise Wrong(field, "没有这一天") from wrong
    raise Wrong(field, "不是日期")


def yes(row: Row, field: str) -> bool:
    """Whether the cell says yes; an empty one says no."""
    cell = squeezed(row.get(field, "")).upper()
    if cell and cell not in _YES:
        raise Wrong(field, "请填是或否")
    return _YES.get(cell, False)
