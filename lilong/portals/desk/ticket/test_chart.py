"""The water chart: every bar in its frame, unknown hours hatched, nought drawn as nought, words that say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lilong.kernel.sensing.queries import Reading, StreamRow
from lilong.portals.desk.ticket.chart import BASE, TOP, Chart, drawn
from lilong.portals.desk.ticket.water import HOUR

AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # 14:30 in Shanghai; the chart ends with the hour, at 15:00
END = AT.replace(minute=0) + HOUR
START = END - 72 * HOUR


def chart(
    counted: dict[int, float], *, newest: datetime | None = None, episode: tuple[datetime, datetime] | None = None
) -> Chart:
    """The chart of a counter read that many hours after its beginning."""
    readings = [Reading(START + n * HOUR, litres, AT) for n, litres in counted.items()]
    last = newest or (readings[-1].time if readings else None)
    stream = StreamRow(1, 1, "WM-1", "water_volume", "L", 1, "/1/", 3600, "nightly", last, 1.0, last)
    return drawn(readings, stream, episode=episode, at=AT)


def test_nought_unknown_and_use_are_told_apart() -> None:
    drawing = chart({0: 100.0, 1: 112.0, 2: 112.0})

    assert [bar.kind for bar in drawing.bars[:3]] == ["used", "nought", "unknown"]
    assert len(drawing.bars) == 72
    assert drawing.scale == 20


def test_the_days_begin_at_midnight_in_shanghai() -> None:
    drawing = chart({0: 1.0})

    assert [f"{day.at:%m-%d %H:%M}" for day in drawing.days] == ["11-20 00:00", "11-21 00:00", "11-22 00:00"]
    assert drawing.days[0].x == 12.5


def test_the_episode_is_shown_as_far_as_it_lies_within_the_three_days() -> None:
    shown = chart({0: 1.0}, episode=(START - timedelta(days=2), START + 36 * HOUR)).episode
    gone = chart({0: 1.0}, episode=(START - timedelta(days=3), START - HOUR)).episode

    assert shown == (0.0, 50.0)
    assert gone is None


def test_the_totals_end_with_the_newest_reading_and_not_with_the_clock() -> None:
    drawing = chart({n: 5.0 * n for n in range(68)})

    assert drawing.last_day == 120
    assert drawing.days_before[0] == 120
    assert drawing.days_before[1] == 5 * 19, "nineteen of its hours are known, which is most of them"
    assert drawing.as_of is not None
    assert drawing.as_of.at == START + 67 * HOUR


def test_a_meter_that_never_spoke_has_no_date_of_its_data() -> None:
    drawing = chart({})

    assert drawing.as_of is None
    assert drawing.last_day is None
    assert {bar.kind for bar in drawing.bars} == {"unknown"}


def test_data_older_than_the_chart_are_dated_in_words_alone() -> None:
    assert chart({}, newest=START - timedelta(days=4)).as_of is None


@given(st.dictionaries(st.integers(-24, 72), st.floats(0, 20_000)))
def test_every_bar_stays_within_the_frame(counted: dict[int, float]) -> None:
    for bar in chart(counted).bars:
        assert 0 <= bar.x <= bar.x + bar.width <= 100.01
        assert TOP - 0.1 <= bar.y <= bar.y + bar.height <= BASE + 0.1
        assert bar.height > 0
