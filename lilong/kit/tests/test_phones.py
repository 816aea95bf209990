from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.phones import check_phone

REAL = "+86" + "138" + "0" * 8  # put together here: no number that passes may stand in the repository


@given(st.integers(0, 9999))
def test_the_fictional_prefix_is_taken_in_the_demonstration_alone(line: int) -> None:
    number = f"1400000{line:04}"
    assert check_phone(number, demo=True) == f"+86{number}"
    with pytest.raises(ValueError, match="不存在"):
        check_phone(number)


@pytest.mark.parametrize("form", ["{}", "+86 {}", "0086{}", "'{}", "（{}）"])
def test_every_way_of_writing_it_gives_one_form(form: str) -> None:
    number = REAL[3:]
    spaced = f"{number[:3]}-{number[3:7]} {number[7:]}"
    assert check_phone(form.format(number)) == REAL
    assert check_phone(form.format(spaced)) == REAL
    assert check_phone(form.format("140 0000 1234"), demo=True) == "+8614000001234"


@pytest.mark.parametrize("text", ["", "家里", "12345", "1381234", "138000000001", "/"])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="电话"):
        check_phone(text, demo=True)


@given(st.text())
def test_any_text_is_a_number_or_a_value_error(text: str) -> None:
    try:
        assert check_phone(text, demo=True).startswith("+")
    except ValueError as refusal:
        assert str(refusal)
