"""What a number would have found over the last 30 days, beside what the present one found, and in which buildings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lilong.analysis.detectors import detect
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.audiences import queries as audiences
from lilong.kernel.engine import actions, numbers, scenarios
from lilong.kernel.engine.declaration import replaced
from lilong.kernel.engine.watch import audience_name
from lilong.kernel.places import queries as places
from lilong.kernel.registry import queries as people
from lilong.kernel.sensing import queries as sensing
from lilong.kernel.sensing.params import WatchParams

DAYS = 30
KINDS = frozenset({"silence", "excess"})  # those that become tickets


@dataclass(frozen=True)
class Backtest:
    """Findings a day with the number in force and with the one tried, over `days` days of data of `homes` homes.

    `buildings` lists where the tried number would have spoken, most first: (building, findings). It names no home.
    """

    days: float
    homes: int
    now_a_day: float
    then_a_day: float
    buildings: tuple[tuple[str, int], ...]


def backtest(viewer: Viewer, slug: str, key: str, value: str, *, place_id: int, at: datetime) -> Backtest:
    """Try one number of a scenario on what the committee's meters really sent.

    Raises OutOfBounds, ValueError or DeclarationError as `set_number` would; outside the viewer's scope nothing is
    looked at and every figure is 0.
    """
    actions.check(slug, key, value)
    declared = scenarios.get(slug)
    path = places.path_of(place_id)
    if not path or not viewer.sees(path) or not viewer.may("settings.change"):
        return Backtest(0, 0, 0, 0, ())
    present = numbers.params(declared, path, numbers.set_at(slug))
    tried = replaced(present, key, value)
    audience = audiences.by_name(audience_name(declared))
    members = audiences.members(audience) if audience is not None else set()
    homes = people.homes_of(members, at)
    inside = {home for home, where in places.paths_of(set(homes.values())).items() if where.startswith(path)}
    found = sensing.streams_of(inside, declared.declaration.watch.stream)
    home_of = {stream.id: home for home, streams in found.items() for stream in streams}
    now: Counter[int] = Counter()
    then: Counter[int] = Counter()
    first = at
    for stream, (times, values) in sensing.series(home_of, at - timedelta(days=DAYS)).items():
        if len(times):
            first = min(first, datetime.fromtimestamp(int(times[0]) / 1_000_000, UTC))
            now[home_of[stream]] += _count(present, times, values)
            then[home_of[stream]] += _count(tried, times, values)
    days = max((at - first) / timedelta(days=1), 1.0)
    labels = places.labels([home for home, n in then.items() if n], upto="building")
    where: Counter[str] = Counter()
    for home, n in then.items():
        if n:
            where[labels.get(home, "")] += n
    return Backtest(
        days=round(min(days, DAYS), 1),
        homes=len(found),
        now_a_day=round(now.total() / days, 2),
        then_a_day=round(then.total() / days, 2),
        buildings=tuple(where.most_common()),
    )


def _count(table: dict[str, Any], times: Any, values: Any) -> int:
    return sum(e.kind in KINDS for e in detect(WatchParams.from_toml(table).thresholds(), times, values))
