"""Spans and volumes as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.spans import parse_span, parse_volume, show_span


@pytest.mark.parametrize(("text", "hours"), [("24h", 24), ("90m", 1.5), ("3600s", 1), ("2d", 48), (" 1.5 h ", 1.5)])
def test_a_span_is_a_number_and_a_unit(text: str, hours: float) -> None:
    assert parse_span(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1w", "24 hours", "1h30m", "0h", "٣h", "9" * 30 + "d"])
def test_what_is_no_span_is_refused_by_its_own_words(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_span(text)
    assert repr(text) in str(refused.value)


@given(st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=10_000)))
def test_a_shown_span_reads_back_as_itself(span: timedelta) -> None:
    assert abs(parse_span(show_span(span)) - span) <= timedelta(microseconds=1)


def test_hours_are_shown_as_people_say_them() -> None:
    assert [show_span(timedelta(hours=h)) for h in (0.25, 1.5, 6, 24, 72)] == ["15m", "90m", "6h", "24h", "3d"]


@pytest.mark.parametrize(
    ("text", "litres"), [("10 L", 10), ("0", 0), ("0 L", 0), ("2 m³", 2000), ("0.5m3", 500), ("1.5l", 1.5)]
)
def test_a_volume_is_in_litres(text: str, litres: float) -> None:
    assert parse_volume(text) == litres


@pytest.mark.parametrize("text", ["", "10", "-1 L", "L", "10 gal", "nan L", "1e3 L"])
def test_what_is_no_volume_is_refused_by_its_own_words(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_volume(text)
    assert repr(text) in str(refused.value)
