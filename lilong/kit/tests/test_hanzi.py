from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.hanzi import half_width, number, numerals_as_digits, squeezed

_DIGITS = "零一二三四五六七八九"


def spoken(value: int) -> str:
    """A number below 100,000,000 as it is read aloud."""
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        return spoken(high) + "万" + ("" if not low else ("零" if low < 1000 else "") + spoken(low))
    if value < 10:
        return _DIGITS[value]
    unit, sign = next((unit, sign) for unit, sign in ((1000, "千"), (100, "百"), (10, "十")) if value >= unit)
    head, rest = divmod(value, unit)
    gap = "零" if rest and rest < unit // 10 else ""
    return _DIGITS[head] + sign + (gap + spoken(rest) if rest else "")


@given(st.integers(0, 99_999_999))
def test_a_number_read_aloud_is_that_number(value: int) -> None:
    assert number(spoken(value)) == value


@given(st.integers(0, 99_999_999))
def test_digits_read_out_one_by_one_are_that_number(value: int) -> None:
    assert number("".join(_DIGITS[int(digit)] for digit in str(value))) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("一百二", 120), ("廿三", 23), ("十", 10), ("两百零三", 203), ("五〇一", 501), ("１２", 12), ("一万二", 12_000)],
)
def test_short_and_old_ways_of_saying_a_number_are_read(text: str, value: int) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "号", "一二十", "8号", "-3", "3.5"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None


def test_numerals_in_a_text_become_digits_and_keep_their_noughts() -> None:
    assert numerals_as_digits("一百二十弄八号〇五室") == "120弄8号05室"


@given(st.text())
def test_squeezing_leaves_no_blank_and_doing_it_twice_changes_nothing(text: str) -> None:
    once = squeezed(text)
    assert not any(sign.isspace() for sign in once)
    assert squeezed(once) == once


def test_full_width_signs_and_every_dash_become_ordinary() -> None:
    assert half_width("１２０—８－５０２（甲）") == "120-8-502(甲)"
