"""Outlines of buildings at the border: a GeoJSON polygon is checked once, and its centre is told."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

Ring = list[list[float]]


def polygon(geometry: Any) -> list[Ring]:
    """The rings of a GeoJSON Polygon (RFC 7946: WGS-84, longitude first). Raises ValueError with the reason."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Polygon":
        raise ValueError("不是 Polygon")
    rings = geometry.get("coordinates")
    if not isinstance(rings, list) or not rings:
        raise ValueError("没有坐标")
    return [_ring(ring) for ring in rings]


def _ring(ring: Any) -> Ring:
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("轮廓没有闭合")
    return [_point(point) for point in ring]


def _point(point: Any) -> list[float]:
    try:
        lon, lat = (float(part) for part in point[:2])
    except (TypeError, ValueError) as wrong:
        raise ValueError("坐标不是数字") from wrong
    if not (math.isfinite(lon) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("坐标不是经纬度（经度在前）")
    return [lon, lat]


def centre(ring: Ring) -> tuple[float, float]:
    """The centre of the area a closed ring encloses, (lon, lat); of its points where it encloses none."""
    x0, y0 = ring[0]
    twice, east, north = 0.0, 0.0, 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        twice += cross
        east += cross * (x1 + x2 - 2 * x0)
        north += cross * (y1 + y2 - 2 * y0)
    if abs(twice) < 1e-18:  # square degrees: far less than a hair's breadth
        points = ring[:-1]
        return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    return x0 + east / (3 * twice), y0 + north / (3 * twice)
