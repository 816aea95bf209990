from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.cells import Wrong, amount, day, text, whole, yes


@given(st.dates(date(1928, 1, 1), date(2099, 12, 31)))
def test_every_way_of_writing_a_day_gives_that_day(told: date) -> None:
    serial = (told - date(1899, 12, 30)).days
    forms = [
        told.isoformat(),
        f"{told.year}.{told.month}.{told.day}",
        f"{told.year}/{told.month}/{told.day}",
        f"{told.year}年{told.month}月{told.day}日",
        f"{told:%Y%m%d}",
        f"{told.isoformat()} 00:00:00",
        str(serial),
    ]
    assert {day({"on": form}, "on") for form in forms} == {told}


@pytest.mark.parametrize(
    ("cell", "reason"), [("2026-02-30", "没有这一天"), ("昨天", "不是日期"), ("202609", "不是日期")]
)
def test_a_day_that_cannot_be_says_why(cell: str, reason: str) -> None:
    with pytest.raises(Wrong, match=reason) as wrong:
        day({"on": cell}, "on")
    assert wrong.value.field == "on"


def test_numbers_are_read_within_their_bounds() -> None:
    assert whole({"n": "１２"}, "n", 1, 99) == 12
    assert whole({"n": "6.0"}, "n", 1, 99) == 6
    assert amount({"n": "1,052.30"}, "n", Decimal(0), Decimal(9999)) == Decimal("1052.30")
    assert whole({"n": ""}, "n", 1, 99) is None
    for cell in ("100", "约30", "-1"):
        with pytest.raises(Wrong):
            whole({"n": cell}, "n", 1, 99)
    for cell in ("NaN", "1e9", "约30"):
        with pytest.raises(Wrong):
            amount({"n": cell}, "n", Decimal(0), Decimal(9999))


def test_text_is_bounded_and_may_be_required() -> None:
    assert text({"name": "王秀珍"}, "name", 3) == "王秀珍"
    with pytest.raises(Wrong, match="太长"):
        text({"name": "王秀珍"}, "name", 2)
    with pytest.raises(Wrong, match="不能为空"):
        text({}, "name", 2, required=True)


def test_yes_and_no_are_read_and_nothing_else() -> None:
    assert [yes({"key": cell}, "key") for cell in ("是", "√", "否", "无", "")] == [True, True, False, False, False]
    with pytest.raises(Wrong):
        yes({"key": "也许"}, "key")
