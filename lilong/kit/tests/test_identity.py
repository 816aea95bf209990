from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.identity import check_credit_code, check_digit, check_national_id

BIRTHDAYS = st.dates(date(1900, 1, 1), date(2026, 1, 1))


def fictional(born: date, order: int, division: str = "990001") -> str:
    first = f"{division}{born:%Y%m%d}{order:03}"
    return first + check_digit(first)


def real(born: date, order: int) -> str:
    """A number that passes everywhere, made while the test runs: none may stand in the repository."""
    return fictional(born, order, "".join(("310", "106")))


@given(BIRTHDAYS, st.integers(1, 999))
def test_the_fictional_division_is_taken_in_the_demonstration_alone(born: date, order: int) -> None:
    number = fictional(born, order)
    told = check_national_id(number, demo=True)
    assert (told.number, told.born, told.sex, told.division) == (number, born, "FM"[order % 2], "990001")
    with pytest.raises(ValueError, match="行政区划代码不存在"):
        check_national_id(number)


@given(BIRTHDAYS, st.integers(1, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes(born: date, order: int, place: int, step: int) -> None:
    number = fictional(born, order)
    digit = 10 if number[place] == "X" else int(number[place])
    wrong = f"{number[:place]}{(digit + step) % 10}{number[place + 1 :]}"
    if wrong != number:
        with pytest.raises(ValueError, match="校验码不符"):
            check_national_id(wrong, demo=True)


@given(st.dates(date(2000, 1, 1), date(2020, 1, 1)), st.integers(1, 999))
def test_a_real_division_passes_with_and_without_demonstration(born: date, order: int) -> None:
    assert check_national_id(real(born, order)) == check_national_id(real(born, order), demo=True)


@given(st.dates(date(1930, 1, 1), date(1999, 12, 31)), st.integers(1, 995))
def test_the_fifteen_digits_of_an_old_card_are_completed(born: date, order: int) -> None:
    assert check_national_id(f"990001{born:%y%m%d}{order:03}", demo=True).number == fictional(born, order)


def test_order_codes_of_centenarians_mean_the_nineteenth_century() -> None:
    assert check_national_id("990001980101999", demo=True).born == date(1898, 1, 1)


def test_blanks_full_width_and_a_times_sign_for_x_are_forgiven() -> None:
    number = next(n for n in (fictional(date(1941, 5, 1), order) for order in range(1, 200)) if n.endswith("X"))
    written = (
        "'" + number[:6] + " " + number[6:14].translate({ord(str(d)): 0xFF10 + d for d in range(10)}) + number[14:]
    )
    for form in (written, number.replace("X", "x"), number.replace("X", "×")):
        assert check_national_id(form, demo=True).number == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("9.90001E+17", "科学计数法"),
        ("99000119410501", "位数不对"),
        ("9900011941O5010011", "不该有的字符"),
        ("", "位数不对"),
    ],
)
def test_what_is_no_number_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_national_id(text, demo=True)


def test_a_day_that_never_was_is_refused() -> None:
    first = "99000119410230001"
    with pytest.raises(ValueError, match="出生日期不存在"):
        check_national_id(first + check_digit(first), demo=True)


def test_a_residence_permit_of_hong_kong_passes_whatever_the_year() -> None:
    number = fictional(date(1950, 1, 1), 7, "".join(("810", "000")))
    assert check_national_id(number).division == number[:6]


def test_an_installation_may_know_more_divisions() -> None:
    number = fictional(date(2001, 1, 1), 7, "990777")
    assert check_national_id(number, divisions={"990777"}).number == number
    with pytest.raises(ValueError, match="行政区划代码不存在"):
        check_national_id(number)


@given(st.text())
def test_any_text_is_a_number_or_a_value_error(text: str) -> None:
    try:
        assert len(check_national_id(text, demo=True).number) == 18
    except ValueError as refusal:
        assert str(refusal)


def test_a_credit_code_is_checked() -> None:
    with pytest.raises(ValueError, match="统一社会信用代码不符"):
        check_credit_code("91310000MA1FL00000")
