"""The water chart: every bar in its frame, unknown hours hatched, nought drawn as nought, words that say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lilong.kernel.sensing.queries import StreamRow
from lilong.portals.desk.ticket.chart import BASE, TOP, drawn
from lilong.portals.desk.ticket.water import HOUR, Hour

START = datetime(2026, 11, 19, 7, 0, tzinfo=UTC)  # 15:00 in Shanghai
END = START + 72 * HOUR


def stream(newest: datetime | None = END - 2 * HOUR) -> StreamRow:
    return StreamRow(1, 1, "WM-1", "water_volume", "L", 1, "/1/", 3600, "nightly", newest, 1.0, newest)


def hours(*litres: float | None) -> list[Hour]:
    filled = [*litres, *([None] * (72 - len(litres)))]
    return [Hour(START + n * HOUR, value) for n, value in enumerate(filled)]


def test_nought_unknown_and_use_are_told_apart() -> None:
    chart = drawn(hours(12.0, 0.0, None), stream(), episode=None)

    assert [bar.kind for bar in chart.bars[:3]] == ["used", "nought", "unknown"]
    assert chart.scale == 20


def test_the_days_begin_at_midnight_in_shanghai() -> None:
    chart = drawn(hours(1.0), stream(), episode=None)

    assert [f"{day.at:%m-%d %H:%M}" for day in chart.days] == ["11-20 00:00", "11-21 00:00", "11-22 00:00"]
    assert chart.days[0].x == 12.5


def test_the_episode_is_shown_as_far_as_it_lies_within_the_three_days() -> None:
    shown = drawn(hours(1.0), stream(), episode=(START - timedelta(days=2), START + 36 * HOUR)).episode
    gone = drawn(hours(1.0), stream(), episode=(START - timedelta(days=3), START - HOUR)).episode

    assert shown == (0.0, 50.0)
    assert gone is None


def test_the_totals_end_with_the_newest_reading_and_not_with_the_clock() -> None:
    chart = drawn(hours(*[1.0] * 70), stream(END - 2 * HOUR), episode=None)

    assert chart.last_day == 24
    assert chart.days_before[0] == 24
    assert chart.as_of is not None
    assert chart.as_of.at == END - 2 * HOUR


def test_a_meter_that_never_spoke_has_no_date_of_its_data() -> None:
    chart = drawn(hours(), stream(None), episode=None)

    assert chart.as_of is None
    assert chart.last_day is None
    assert {bar.kind for bar in chart.bars} == {"unknown"}


@given(st.lists(st.none() | st.floats(0, 20_000), min_size=72, max_size=72))
def test_every_bar_stays_within_the_frame(litres: list[float | None]) -> None:
    for bar in drawn(hours(*litres), stream(), episode=None).bars:
        assert 0 <= bar.x <= bar.x + bar.width <= 100.01
        assert TOP - 0.1 <= bar.y <= bar.y + bar.height <= BASE + 0.1
        assert bar.height > 0
