"""Water of the last days by the hour, out of a meter's counter; what was not measured stays unknown, never nought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from lilong.kernel.sensing.queries import Reading

HOUR = timedelta(hours=1)
LONGEST_STEP = timedelta(hours=2)  # as the watch reads: a longer step tells no hour's use (scenario.toml, max_step)


@dataclass(frozen=True)
class Hour:
    """One hour from `start` (aware) and the litres used in it; None where no reading tells."""

    start: datetime
    litres: float | None


def hourly(readings: Sequence[Reading], *, since: datetime, until: datetime) -> list[Hour]:
    """Litres in each hour of [since, until), oldest first.

    The difference of two readings is spread evenly over the time between them. Steps longer than two hours and falls
    of the counter (a new meter) tell nothing about an hour.
    """
    hours = max(0, int((until - since) / HOUR))
    used, told = [0.0] * hours, [timedelta()] * hours
    ordered = sorted(readings, key=lambda r: r.time)
    for before, after in pairwise(ordered):
        step = after.time - before.time
        if not timedelta() < step <= LONGEST_STEP or after.value < before.value:
            continue
        first = max(0, int((before.time - since) // HOUR))
        last = min(hours - 1, int((after.time - since) // HOUR))
        for n in range(first, last + 1):
            start = since + n * HOUR
            shared = min(after.time, start + HOUR) - max(before.time, start)
            if shared > timedelta():
                told[n] += shared
                used[n] += (after.value - before.value) * (shared / step)
    return [Hour(since + n * HOUR, used[n] if told[n] > timedelta() else None) for n in range(hours)]


def total(hours: Sequence[Hour]) -> float | None:
    """Litres of the hours that are known; None when more than a quarter of them is not."""
    known = [hour.litres for hour in hours if hour.litres is not None]
    return sum(known) if hours and len(known) >= 0.75 * len(hours) else None
