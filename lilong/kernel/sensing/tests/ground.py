"""A small ground for the tests of sensing: homes with meters, some behind a gateway, made by real actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lilong.kernel.places import actions as places
from lilong.kernel.places import queries as place_queries
from lilong.kernel.registry import actions as registry
from lilong.kernel.sensing import actions as sensing
from lilong.kernel.sensing import queries
from lilong.kernel.sensing.actions import BindingRow

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai
BY = "system:test"
WATCH = "elder_water_silence"
TABLE: dict[str, Any] = {
    "stream": "water_volume",
    "silence": {"for": "24h", "under": "10 L", "max_step": "2h"},
    "no_data": "24h",
    "excess": [{"over": "500 L", "within": "2h"}, {"over": "2000 L", "within": "24h"}],
}


@dataclass(frozen=True)
class Ground:
    """Meters `W-0`, `W-1` … of homes in one building, behind gateway `G-0`. Lists go by meter."""

    homes: tuple[int, ...]
    paths: tuple[str, ...]
    streams: tuple[int, ...]
    tokens: dict[str, str]


def make(meters: int = 2, *, delivery: str = "nightly", at: datetime = AT) -> Ground:
    """The ground: live meters send for themselves, nightly ones through the gateway."""
    rows = [("S", "subdistrict", ""), ("G", "block_grid", "S"), ("A", "committee", "G"), ("A1", "micro_grid", "A")]
    rows += [("AB", "building", "A1"), ("AS", "stair", "AB"), *((f"H{n}", "home", "AS") for n in range(meters))]
    added = places.add_places([places.NewPlace(code=c, kind=k, parent=p, name=c) for c, k, p in rows], by=BY, at=at)
    assert not added.refused, added.refused
    homes = [added.ids[f"H{n}"] for n in range(meters)]
    devices = [registry.NewDevice("G-0", "gateway", added.ids["AB"])] + [
        registry.NewDevice(f"W-{n}", "water_meter", home, "G-0", stream="water_volume", delivery=delivery, every_s=3600)
        for n, home in enumerate(homes)
    ]
    tokens = registry.add_devices(devices, by=BY, at=at)
    sensing.sync_streams(by=BY, at=at)
    found = queries.streams_of(homes, "water_volume")
    return Ground(
        tuple(homes),
        tuple(place_queries.path_of(home) for home in homes),
        tuple(found[home][0].id for home in homes),
        tokens,
    )


def bind(ground: Ground, table: dict[str, Any] | None = None, *, only: Sequence[int] | None = None) -> None:
    """Watch the meters, each for the person of number 100 + its place."""
    rows = [
        BindingRow(stream_id=stream, subject_id=100 + n, params=table or TABLE)
        for n, stream in enumerate(ground.streams)
        if only is None or n in only
    ]
    sensing.bind(WATCH, rows, by=BY, at=AT)


def reading(meter: int, time: datetime, litres: float) -> dict[str, object]:
    """One reading as a gateway sends it for a meter."""
    return {"device": f"W-{meter}", "stream": "water_volume", "time": time.isoformat(), "value": litres}


def hourly(meter: int, litres: Sequence[float], *, first: datetime) -> list[dict[str, object]]:
    """Readings an hour apart."""
    return [reading(meter, first + timedelta(hours=n), value) for n, value in enumerate(litres)]
