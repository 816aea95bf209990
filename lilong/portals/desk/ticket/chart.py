"""The small water chart of a ticket, drawn on the server: percent across, pixels up, and words for those who listen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lilong.kernel.sensing import queries as sensing
from lilong.kernel.sensing.queries import Reading, StreamRow
from lilong.kit.clock import SHANGHAI
from lilong.portals.desk.ticket.water import HOUR, Hour, hourly, total

SPAN = timedelta(hours=72)
DAY = timedelta(days=1)
TOP, BASE = 8.0, 104.0  # pixels from the top of the drawing: the highest bar, and nought
LEAST_SCALE = 20.0  # litres an hour: below this a day of drips would look like a day of use


@dataclass(frozen=True)
class Bar:
    """One rectangle: `x` and `width` in percent, `y` and `height` in pixels."""

    x: float
    y: float
    width: float
    height: float
    kind: str  # used | nought | unknown
    start: datetime
    litres: float | None


@dataclass(frozen=True)
class Mark:
    """A place on the time axis, in percent, with the moment it stands for."""

    x: float
    at: datetime


@dataclass(frozen=True)
class Chart:
    """What the template draws, and the numbers it says in words."""

    bars: tuple[Bar, ...]
    days: tuple[Mark, ...]
    episode: tuple[float, float] | None  # from, width in percent
    as_of: Mark | None
    scale: int  # litres an hour at the top
    last_day: float | None  # litres in the 24 hours before `as_of`
    days_before: tuple[float | None, ...]
    stream: StreamRow


def of_home(home_id: int, *, episode: tuple[datetime, datetime] | None, at: datetime) -> Chart | None:
    """The chart of the home's water meter over the last three days; None for a home without a meter."""
    streams = sensing.streams_of([home_id], "water_volume").get(home_id)
    if not streams:
        return None
    stream = streams[0]
    return drawn(sensing.recent_readings(stream.id, at - SPAN - DAY), stream, episode=episode, at=at)


def drawn(
    readings: Sequence[Reading], stream: StreamRow, *, episode: tuple[datetime, datetime] | None, at: datetime
) -> Chart:
    """The chart of the 72 hours that end with the one of `at`; totals end with the newest reading."""
    until = at.replace(minute=0, second=0, microsecond=0) + HOUR
    since = until - SPAN
    hours = hourly(readings, since=since, until=until)
    scale = _round_up(max([hour.litres or 0.0 for hour in hours], default=0.0))
    newest = stream.newest_time if stream.newest_time and since <= stream.newest_time <= until else None
    end = newest or until
    return Chart(
        bars=tuple(_bar(hour, n, len(hours), scale) for n, hour in enumerate(hours)),
        days=tuple(Mark(_percent(at, since, until), at) for at in _midnights(since, until)),
        episode=_window(episode, since, until),
        as_of=Mark(_percent(newest, since, until), newest) if newest else None,
        scale=scale,
        last_day=_day(readings, end),
        days_before=(_day(readings, end - DAY), _day(readings, end - 2 * DAY)),
        stream=stream,
    )


def _day(readings: Sequence[Reading], end: datetime) -> float | None:
    return total(hourly(readings, since=end - DAY, until=end))


def _bar(hour: Hour, n: int, count: int, scale: int) -> Bar:
    width = 100 / count
    x = n * width
    if hour.litres is None:
        return Bar(round(x, 3), TOP, round(width, 3), BASE - TOP, "unknown", hour.start, None)
    height = (BASE - TOP) * min(1.0, hour.litres / scale)
    if hour.litres < 0.05:
        return Bar(round(x + width * 0.14, 3), BASE - 1, round(width * 0.72, 3), 1, "nought", hour.start, 0.0)
    shown = max(3.0, height)
    return Bar(
        round(x + width * 0.14, 3), round(BASE - shown, 1), round(width * 0.72, 3), round(shown, 1), "used",
        hour.start, hour.litres,
    )  # fmt: skip


def _percent(at: datetime, since: datetime, until: datetime) -> float:
    return round(100 * ((at - since) / (until - since)), 2)


def _window(episode: tuple[datetime, datetime] | None, since: datetime, until: datetime) -> tuple[float, float] | None:
    if episode is None or episode[1] <= since or episode[0] >= until:
        return None
    start, end = max(episode[0], since), min(episode[1], until)
    return _percent(start, since, until), round(_percent(end, since, until) - _percent(start, since, until), 2)


def _midnights(since: datetime, until: datetime) -> list[datetime]:
    local = since.astimezone(SHANGHAI)
    first = local.replace(hour=0, minute=0) + (DAY if local.hour else timedelta())
    return [first + n * DAY for n in range(4) if first + n * DAY < until]


def _round_up(litres: float) -> int:
    steps = (LEAST_SCALE, 50, 100, 200, 300, 500, 1000, 2000, 5000)
    return int(next((step for step in steps if step >= litres), litres))
