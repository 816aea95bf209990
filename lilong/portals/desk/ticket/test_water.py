"""Water by the hour: nothing is made up, nothing gets lost, and what was not measured is not nought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lilong.kernel.sensing.queries import Reading
from lilong.portals.desk.ticket.water import HOUR, hourly, total

START = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def reading(hours: float, value: float) -> Reading:
    at = START + timedelta(hours=hours)
    return Reading(at, value, at)


def used(*readings: Reading, hours: int = 4) -> list[float | None]:
    found = hourly(readings, since=START, until=START + hours * HOUR)
    return [None if h.litres is None else round(h.litres, 6) for h in found]


def test_hourly_readings_give_each_hour_its_own_difference() -> None:
    assert used(reading(0, 100), reading(1, 112), reading(2, 112), reading(3, 115)) == [12, 0, 3, None]


def test_a_step_across_the_hour_is_spread_evenly() -> None:
    assert used(reading(0.5, 0), reading(1.5, 10)) == [5, 5, None, None]


def test_a_step_longer_than_two_hours_tells_no_hour_anything() -> None:
    assert used(reading(0, 0), reading(2.5, 40), reading(3.5, 41)) == [None, None, 0.5, 0.5]


def test_a_counter_that_fell_back_is_a_new_meter_and_no_use() -> None:
    assert used(reading(0, 900), reading(1, 3), reading(2, 5)) == [None, 2, None, None]


def test_the_order_of_arrival_and_copies_do_not_matter() -> None:
    late = [reading(2, 8), reading(0, 0), reading(1, 5), reading(1, 5)]

    assert used(*late) == used(*sorted(late, key=lambda r: r.time)) == [5, 3, None, None]


@given(
    st.lists(st.integers(1, 7200), min_size=1, max_size=60),
    st.lists(st.integers(0, 50), min_size=60, max_size=60),
)
def test_every_litre_of_short_steps_is_in_exactly_one_place(steps: list[int], uses: list[int]) -> None:
    readings, seconds, value = [reading(0, 0)], 0, 0
    for step, use in zip(steps, uses, strict=False):
        seconds, value = seconds + step, value + use
        readings.append(reading(seconds / 3600, value))

    hours = hourly(readings, since=START, until=START + 130 * HOUR)

    assert abs(sum(h.litres or 0 for h in hours) - value) < 1e-6
    assert all(h.litres is None or h.litres >= -1e-9 for h in hours)
    assert all(h.litres is None for h in hours if h.start >= readings[-1].time)


def test_a_total_is_told_only_when_most_of_its_hours_are_known() -> None:
    hours = hourly([reading(0, 0), reading(1, 5), reading(2, 5), reading(3, 9)], since=START, until=START + 4 * HOUR)

    assert total(hours) == 9
    assert total(hours[2:]) is None
