"""Age in whole years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.ages import age

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("born_on", "on", "years"),
    [
        (date(1965, 11, 22), date(2025, 11, 21), 59),
        (date(1965, 11, 22), date(2025, 11, 22), 60),
        (date(1964, 2, 29), date(2025, 2, 27), 60),
        (date(1964, 2, 29), date(2025, 2, 28), 61),
        (date(1964, 2, 29), date(2024, 2, 28), 59),
        (date(1964, 2, 29), date(2024, 2, 29), 60),
        (date(1964, 3, 1), date(2025, 2, 28), 60),
    ],
)
def test_the_birthday_counts_and_one_of_29_february_falls_on_the_28th_in_a_common_year(born_on, on, years):
    assert age(born_on, on) == years


@given(DAYS, DAYS)
def test_age_never_falls_as_days_pass_and_rises_by_one_at_a_time(born_on, on):
    assert age(born_on, on + timedelta(days=1)) - age(born_on, on) in (0, 1)


@given(DAYS, DAYS)
def test_who_was_born_earlier_is_never_younger(born_on, on):
    assert age(born_on - timedelta(days=1), on) >= age(born_on, on)
