"""The ground the brain stands on: building footprints, and outlines of micro-grids and committees drawn around them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from lilong.kernel.places.queries import Area, Footprint
from lilong.portals.brain.measures import Cell

Point = tuple[float, float]
METRES_A_DEGREE = 111_320.0  # on the equator; a degree of latitude is within half a percent of it everywhere
ROUND = 6  # decimals of a degree: 0.1 m
ROOM = 24.0  # metres from a building's middle at which a pin no longer seems to stand on it
MARGIN = {"micro_grid": 9.0, "committee": 16.0}  # metres between the outermost walls and the line drawn around them


def city(buildings: Iterable[Footprint], areas: Iterable[Area], homes: Mapping[int, Cell]) -> dict[str, Any]:
    """GeoJSON of the buildings and of the areas that hold any. `homes`: building id → its count as it may be shown.

    Properties: `kind`, `at` (where a pin or name stands: for an area open ground, so that a pin that means all of it
    points at no one building); of a building `h` metres, `f` floors, `n` homes (null where
    hidden) and `homes` in words, `label`, `grid` and `committee` (place ids); of an area `label`. A committee is a
    MultiPolygon: one line around the buildings of each of its micro-grids, so that it keeps out of its neighbours'.
    """
    known = {a.id: a for a in areas if a.kind in MARGIN}
    walls: dict[int, dict[int, list[Point]]] = defaultdict(lambda: defaultdict(list))  # area → its part → corners
    middles: dict[int, list[Point]] = defaultdict(list)
    features = []
    for building in buildings:
        ring = [(round(lon, ROUND), round(lat, ROUND)) for lon, lat in building.ring]
        if len(ring) < 4:
            continue
        above = {known[i].kind: i for i in map(int, building.path.strip("/").split("/")) if i in known}
        for i in above.values():
            walls[i][above.get("micro_grid", i)].extend(ring)
            middles[i].append(_middle(ring))
        own = {"h": building.height_m, "f": building.floors, "label": building.label}
        own |= {"n": homes[building.id].count, "homes": homes[building.id].text}
        own |= {"grid": above.get("micro_grid"), "committee": above.get("committee")}
        features.append(_feature(building.id, "building", [ring], _middle(ring), own))
    for ident, parts in walls.items():
        area = known[ident]
        rings = [_outline(corners, MARGIN[area.kind]) for corners in parts.values()]
        around = _outline([corner for corners in parts.values() for corner in corners], MARGIN[area.kind])
        features.append(_feature(ident, area.kind, rings, _open_ground(around, middles[ident]), {"label": area.name}))
    box = _box([corner for parts in walls.values() for corners in parts.values() for corner in corners])
    return {"type": "FeatureCollection", "bbox": box, "features": features}


def _feature(ident: int, kind: str, rings: Sequence[Sequence[Point]], at: Point, own: dict[str, Any]) -> dict[str, Any]:
    closed = [[*ring, ring[0]] if ring[0] != ring[-1] else list(ring) for ring in rings]
    shape: dict[str, Any] = {"type": "Polygon", "coordinates": closed}
    if kind == "committee":
        shape = {"type": "MultiPolygon", "coordinates": [[ring] for ring in closed]}
    return {"type": "Feature", "id": ident, "geometry": shape, "properties": {"kind": kind, "at": at, **own}}


def _open_ground(around: Sequence[Point], buildings: Sequence[Point]) -> Point:
    """A place inside the convex line, near its middle, with room between it and the middles of the buildings."""
    closed = [*around, around[0]]
    x0, y0 = _middle(closed)
    squeeze = math.cos(math.radians(y0))  # a degree of longitude in degrees of latitude
    room = ROOM / METRES_A_DEGREE

    def inside(at: Point) -> bool:
        return all(_turn(a, b, at) >= 0 for a, b in pairwise(closed))

    def worth(at: Point) -> float:
        clear = min(math.hypot((at[0] - x) * squeeze, at[1] - y) for x, y in buildings)
        return min(clear, room) - 0.25 * math.hypot((at[0] - x0) * squeeze, at[1] - y0)

    steps = [n * room / 2 for n in range(-4, 5)]
    near = [(round(x0 + dx / squeeze, ROUND), round(y0 + dy, ROUND)) for dx in steps for dy in steps]
    return max((at for at in near if inside(at)), key=worth, default=(x0, y0))


def _middle(ring: Sequence[Point]) -> Point:
    """The centroid of a closed ring; of one without area, the mean of its points."""
    x0, y0 = ring[0]
    area = x = y = 0.0
    for (xa, ya), (xb, yb) in pairwise(ring):
        cross = (xa - x0) * (yb - y0) - (xb - x0) * (ya - y0)
        area += cross
        x += cross * (xa + xb - 2 * x0)
        y += cross * (ya + yb - 2 * y0)
    if abs(area) < 1e-16:
        return round(sum(p[0] for p in ring) / len(ring), ROUND), round(sum(p[1] for p in ring) / len(ring), ROUND)
    return round(x0 + x / (3 * area), ROUND), round(y0 + y / (3 * area), ROUND)


def _outline(points: Sequence[Point], margin: float) -> list[Point]:
    """The convex line around the points, `margin` metres outside them."""
    lat = margin / METRES_A_DEGREE
    lon = lat / math.cos(math.radians(points[0][1]))
    eighths = [(math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)) for k in range(8)]
    around = {
        (round(x + lon * c, ROUND), round(y + lat * s, ROUND))
        for x, y in _hull(sorted(set(points)))
        for c, s in eighths
    }
    return _hull(sorted(around))


def _hull(points: Sequence[Point]) -> list[Point]:
    """Andrew's monotone chain over sorted points, counter-clockwise."""
    if len(points) < 3:
        return list(points)

    def half(line: Iterable[Point]) -> list[Point]:
        kept: list[Point] = []
        for p in line:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], p) <= 0:
                kept.pop()
            kept.append(p)
        return kept[:-1]

    return half(points) + half(reversed(points))


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _box(points: Sequence[Point]) -> list[float]:
    if not points:
        return []
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return [min(lons), min(lats), max(lons), max(lats)]
