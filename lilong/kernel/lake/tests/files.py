"""Files for tests, written as offices write them, about the town and people of the other blocks' tests."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from lilong.kernel.registry.tests.neighbours import number

HEADERS = (
    "姓名", "性别", "公民身份号码", "出生日期", "房屋编码", "户籍房屋编码",
    "与户主关系", "联系电话", "人员类别", "人户状态", "注销原因", "注销日期",
)  # fmt: skip
BORN = date(1941, 3, 8)


def line(order: int, *, name: str = "王秀珍", home: str = "h502", **cells: str) -> list[str]:
    """One row of the population list; `cells` by header."""
    usual = dict.fromkeys(HEADERS, "") | {
        "姓名": name,
        "公民身份号码": number(BORN, order),
        "房屋编码": home,
        "户籍房屋编码": "h502",
        "联系电话": f"1400000{order:04}",
        "人员类别": "户籍人口",
    }
    return list((usual | cells).values())


def write(
    path: Path, lines: Sequence[Sequence[str]], *, headers: Sequence[str] = HEADERS, encoding: str = "utf-8"
) -> Path:
    """A CSV file of a header and lines."""
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows([headers, *lines])
    return path
