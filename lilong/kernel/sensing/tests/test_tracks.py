"""One stream's readings in whatever order they come: duplicates, late ones, and the same episodes in the end."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lilong.analysis.detectors import Thresholds, detect
from lilong.analysis.episodes import Episode
from lilong.kernel.sensing.tracks import DUPLICATE, KEPT, LATE, NEW, Track

MINUTE = 60_000_000
HOUR = 60 * MINUTE
NUMBERS = Thresholds(6 * HOUR, 1_000, 2 * HOUR, 5 * HOUR, ((3_000, 2 * HOUR),))


def send(track: Track, time: int, value: int) -> str:
    answer = track.ask(time)
    if answer == NEW:
        track.take(time, value, received=time)
    return answer


def in_order(readings: dict[int, int]) -> list[Episode]:
    times = np.array(sorted(readings), dtype=np.int64)
    return detect(NUMBERS, times, np.array([readings[int(t)] for t in times], dtype=np.int64))


def by_start(episodes: object) -> list[Episode]:
    return sorted(episodes, key=lambda e: (e.start, e.kind))  # type: ignore[call-overload]


def test_the_same_stamp_twice_is_a_duplicate_also_while_the_first_is_on_its_way() -> None:
    track = Track(HOUR)
    assert [track.ask(5), track.ask(5)] == [NEW, DUPLICATE]
    track.take(5, 1, 5)
    assert track.ask(5) == DUPLICATE


def test_lateness_is_measured_against_the_newest_reading_and_never_against_the_clock() -> None:
    track = Track(2 * HOUR)
    assert send(track, 10 * HOUR, 1) == NEW
    assert send(track, 8 * HOUR, 1) == NEW, "as late as is allowed"
    assert send(track, 8 * HOUR - 1, 1) == LATE
    assert send(track, 20 * HOUR, 1) == NEW
    assert send(track, 10 * HOUR + 1, 1) == LATE


def test_a_late_reading_withdraws_what_it_contradicts() -> None:
    track = Track(72 * HOUR)
    track.watch("water", NUMBERS)
    for hour in range(9):
        send(track, hour * HOUR, 500)
    track.fold()
    (silence,) = track.watches["water"].view()
    assert (silence.kind, silence.ended) == ("silence", False)
    send(track, 4 * HOUR + 1, 5_000)  # somebody did use water, and the meter fell back: two readings it would break
    track.fold()
    assert {e.kind for e in track.watches["water"].view()} == {"excess", "meter_reset"}


values = st.sampled_from([0, 0, 0, 400, 900, 1_000, 2_500, 4_000, -3_000])


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[dict[int, int], list[int], int]:
    """A series, an order in which nothing comes past the lateness, and that lateness."""
    series, time, value = {}, 0, 10_000
    for step, change in draw(st.lists(st.tuples(st.sampled_from([30, 60, 60, 120, 400]), values), min_size=1)):
        time, value = time + step * MINUTE, max(0, value + change)
        series[time] = value
    lateness = draw(st.sampled_from([2, 12, 72])) * HOUR
    left, order, newest = sorted(series), [], 0
    while left:
        # the earliest one left must not be overtaken by more than the lateness
        near = [t for t in left if max(newest, t) - left[0] <= lateness]
        took = draw(st.sampled_from(near))
        left.remove(took)
        order.append(took)
        newest = max(newest, took)
    return series, order, lateness


@settings(deadline=None)  # compiled code is loaded within the first example
@given(arrivals(), st.data())
def test_any_order_of_arrival_within_the_lateness_gives_the_same_episodes(
    case: tuple[dict[int, int], list[int], int], data: st.DataObject
) -> None:
    series, order, lateness = case
    track, final = Track(lateness), []
    track.watch("water", NUMBERS)
    watch = track.watches["water"]
    for time in order:
        assert send(track, time, series[time]) == NEW
        if data.draw(st.booleans()):
            track.fold()
            view = watch.view()
            final += view[: len(watch.final)]
            watch.was_written(view)
    track.fold()
    assert by_start([*final, *watch.view()]) == by_start(in_order(series))


@settings(deadline=None)  # compiled code is loaded within the first example
@given(arrivals())
def test_a_watch_that_begins_later_sees_what_one_from_the_start_sees_now(
    case: tuple[dict[int, int], list[int], int],
) -> None:
    series, order, lateness = case
    track = Track(lateness)
    track.watch("from the start", NUMBERS)
    for time in order:
        send(track, time, series[time])
        track.fold()
    track.watch("later", NUMBERS)
    first, later = track.watches["from the start"].view(), track.watches["later"].view()
    held = max(series) - KEPT
    assert [e for e in later if e.start > held] == [e for e in first if e.start > held]


def test_a_changed_number_looks_back_at_what_is_held_and_an_unchanged_one_does_nothing() -> None:
    track = Track(72 * HOUR)
    track.watch("water", Thresholds(silence_for=24 * HOUR))
    for hour in range(12):
        send(track, hour * HOUR, 7)
    track.fold()
    before = track.watches["water"]
    track.watch("water", Thresholds(silence_for=24 * HOUR))
    assert track.watches["water"] is before
    track.watch("water", Thresholds(silence_for=6 * HOUR))
    assert [e.kind for e in track.watches["water"].view()] == ["silence"]


def test_readings_before_the_day_the_watch_looks_from_are_not_looked_at() -> None:
    track = Track(72 * HOUR)
    track.watch("water", Thresholds(silence_for=24 * HOUR), look_from=20 * HOUR)
    for hour in range(40):
        send(track, hour * HOUR, 7)
    track.fold()
    assert track.watches["water"].view() == ()
    for hour in range(40, 46):
        send(track, hour * HOUR, 7)
    track.fold()
    assert [e.start for e in track.watches["water"].view()] == [20 * HOUR]


def test_what_is_held_stays_within_its_bounds_over_a_year() -> None:
    track = Track(72 * HOUR)
    track.watch("water", NUMBERS)
    for hour in range(24 * 365):
        send(track, hour * HOUR, 10 * hour)
        if hour % 24 == 0:
            track.fold()
    assert 96 <= len(track.times) <= 96 + 24 + 16
    assert track.settled <= len(track.times) - 72
