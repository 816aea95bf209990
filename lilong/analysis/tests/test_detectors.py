"""Detectors over cumulative readings: what is silence, what is missing data, and what is neither."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lilong.analysis.detectors import Detector, Thresholds, detect
from lilong.analysis.episodes import Episode
from lilong.analysis.tests.oracle import oracle

MINUTE = 60_000_000
HOUR = 60 * MINUTE
ELDER = Thresholds(
    silence_for=24 * HOUR,
    silence_under=10_000,
    max_step=2 * HOUR,
    no_data=24 * HOUR,
    excess=((500_000, 2 * HOUR), (2_000_000, 24 * HOUR)),
)


def run(numbers: Thresholds, readings: list[tuple[int, int]]) -> list[Episode]:
    """The detector's answer to (time, value) pairs."""
    times, values = np.array(readings, dtype=np.int64).reshape(-1, 2).T
    return detect(numbers, times.copy(), values.copy())


def hourly(litres: list[float], begin: int = 0) -> list[tuple[int, int]]:
    return [((begin + k) * HOUR, round(v * 1000)) for k, v in enumerate(litres)]


def told(found: list[Episode]) -> list[tuple[str, float, float, bool]]:
    return [(e.kind, e.start / HOUR, e.end / HOUR, e.ended) for e in found]


def test_a_drip_is_no_sign_of_life_and_the_start_is_where_the_drip_began() -> None:
    drip = [100 + k * 0.08 for k in range(30)]  # 2 L a day
    assert told(run(ELDER, hourly([0, 50, *drip]))) == [("silence", 2, 31, False)]


def test_a_silence_opens_at_the_reading_that_completes_it_and_not_before() -> None:
    still = hourly([7.0] * 24)
    assert run(ELDER, still) == []
    assert told(run(ELDER, [*still, (24 * HOUR, 7000)])) == [("silence", 0, 24, False)]


def test_under_is_exclusive_and_zero_means_the_counter_did_not_move() -> None:
    ten = hourly([0] * 24 + [10])
    assert run(ELDER, ten) == []
    assert told(run(ELDER, hourly([0] * 24 + [9.999]))) == [("silence", 0, 24, False)]
    moved = replace(ELDER, silence_under=0)
    assert run(moved, hourly([0] * 24 + [0.001])) == []


def test_use_ends_a_silence_at_the_last_reading_without_it() -> None:
    assert told(run(ELDER, hourly([5] * 30 + [60, 61]))) == [("silence", 0, 29, True)]


def test_a_step_too_long_breaks_coverage_because_missing_data_is_no_silence() -> None:
    first, second = hourly([5] * 20), hourly([5] * 20, begin=22)  # 3 hours between
    assert run(ELDER, first + second) == []
    assert told(run(ELDER, first + hourly([5] * 20, begin=21))) == [("silence", 0, 40, False)]


def test_a_gap_is_no_data_and_never_no_use() -> None:
    assert told(run(ELDER, [(0, 5000), (25 * HOUR, 5000)])) == [("no_data", 0, 25, True)]


def test_a_fall_of_the_counter_is_a_meter_reset_after_which_counting_begins_anew() -> None:
    swapped = hourly([9_000.0] * 20 + [0.0] * 25)
    assert told(run(ELDER, swapped)) == [("meter_reset", 19, 20, True), ("silence", 20, 44, False)]


def test_a_meter_that_sends_zero_for_a_while_and_comes_back_has_used_nothing() -> None:
    wrong = hourly([42_895.0, 42_900.0, 0.0, 0.0, 42_903.0, 42_950.0])
    assert told(run(ELDER, wrong)) == [("meter_reset", 1, 2, True)]


def test_excess_starts_when_the_water_began_to_flow() -> None:
    burst = hourly([100, 100, 100, 400, 700, 1000, 1000, 1000, 1000])
    assert told(run(ELDER, burst)) == [("excess", 2, 5, True)]
    (found,) = run(ELDER, burst)
    assert (found.used, found.rule) == (900, 0)


def test_a_slow_leak_is_an_excess_of_the_day() -> None:
    (found,) = run(ELDER, hourly([k * 90.0 for k in range(48)]))
    assert (found.kind, found.start, found.rule, found.ended) == ("excess", 0, 1, False)


def test_episodes_that_overlap_are_one() -> None:
    # 9.9 L within a day, then 10.1, then less again: one silence, not two that share hours
    litres = [0.0] * 10 + [9.9] * 20 + [10.1] * 30
    assert told(run(ELDER, hourly(litres))) == [("silence", 0, 59, False)]


numbers = st.builds(
    Thresholds,
    silence_for=st.sampled_from([0, 4 * HOUR, 6 * HOUR]),
    silence_under=st.sampled_from([0, 3_000]),
    max_step=st.sampled_from([HOUR, 2 * HOUR]),
    no_data=st.sampled_from([0, 3 * HOUR]),
    excess=st.sampled_from([(), ((8_000, 2 * HOUR),), ((8_000, 2 * HOUR), (15_000, 9 * HOUR))]),
)
steps = st.tuples(
    st.sampled_from([15 * MINUTE, 30 * MINUTE, HOUR, HOUR, HOUR, 2 * HOUR, 5 * HOUR]),
    st.sampled_from([0, 0, 0, 0, 1, 500, 1_000, 2_999, 3_000, 6_000, 12_000, -2_000, -50_000, 40_000]),
)


@st.composite
def series(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Readings with quiet hours, drips, bursts, gaps and falls."""
    time, value, readings = 0, 60_000, []
    for step, change in draw(st.lists(steps, max_size=60)):
        time, value = time + step, max(0, value + change)
        readings.append((time, value))
    return readings


@settings(deadline=None)  # compiled code is loaded within the first example
@given(numbers, series())
def test_the_compiled_detector_agrees_with_the_slow_one(numbers: Thresholds, readings: list[tuple[int, int]]) -> None:
    assert [replace(e, ended=True) for e in run(numbers, readings)] == oracle(numbers, readings)


@settings(deadline=None)  # compiled code is loaded within the first example
@given(numbers, series(), st.data())
def test_it_does_not_matter_in_how_many_pieces_readings_arrive(
    numbers: Thresholds, readings: list[tuple[int, int]], data: st.DataObject
) -> None:
    detector, found, rest = Detector(numbers), [], readings
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        times, values = np.array(rest[:size], dtype=np.int64).T
        found += detector.fold(times.copy(), values.copy())
        detector = Detector.load(numbers, detector.dump()) if size % 2 else detector.copy()
        rest = rest[size:]
    whole = run(numbers, readings)
    assert sorted(found + detector.current(), key=lambda e: (e.start, e.kind)) == sorted(
        whole, key=lambda e: (e.start, e.kind)
    )


def test_a_long_restless_series_needs_no_more_room_than_its_window() -> None:
    detector = Detector(ELDER)
    times = np.arange(100_000, dtype=np.int64) * 15 * MINUTE
    detector.fold(times, np.arange(100_000, dtype=np.int64) * 1000)
    assert len(detector.dump()) < 1000


def test_a_state_cut_short_is_refused() -> None:
    detector = Detector(ELDER)
    detector.fold(np.array([1]), np.array([1]))
    with pytest.raises(ValueError, match="numbers"):
        Detector.load(ELDER, detector.dump()[:-1])
