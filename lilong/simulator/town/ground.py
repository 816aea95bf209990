"""From metres on a drawing board to degrees: the subdistrict is drawn flat and laid down once, turned a little."""

from __future__ import annotations

from math import cos, radians, sin

Point = tuple[float, float]
Ring = tuple[Point, ...]

CENTRE = (121.452, 31.302)  # WGS-84, longitude and latitude: where the map of the fictional subdistrict lies
TURN = radians(-7)  # streets in this part of the city do not run due north

# Metres in a degree on the WGS-84 ellipsoid at the latitude of the centre (series of the US National
# Geospatial-Intelligence Agency, good to a centimetre).
_LAT = radians(CENTRE[1])
METRES_PER_LAT = 111132.92 - 559.82 * cos(2 * _LAT) + 1.175 * cos(4 * _LAT)
METRES_PER_LON = 111412.84 * cos(_LAT) - 93.5 * cos(3 * _LAT) + 0.118 * cos(5 * _LAT)


def degrees(point: Point, middle: Point) -> Point:
    """Longitude and latitude, to seven decimals (a centimetre), of a point in metres; `middle` lies on CENTRE."""
    east, north = point[0] - middle[0], point[1] - middle[1]
    east, north = east * cos(TURN) - north * sin(TURN), east * sin(TURN) + north * cos(TURN)
    return round(CENTRE[0] + east / METRES_PER_LON, 7), round(CENTRE[1] + north / METRES_PER_LAT, 7)


def metres(point: Point) -> Point:
    """Metres east and north of CENTRE, unturned: good enough to measure distances in a subdistrict."""
    return (point[0] - CENTRE[0]) * METRES_PER_LON, (point[1] - CENTRE[1]) * METRES_PER_LAT


def rectangle(west: float, south: float, width: float, depth: float) -> Ring:
    """A closed ring, anticlockwise as RFC 7946 asks of outer rings."""
    east, north = west + width, south + depth
    return (west, south), (east, south), (east, north), (west, north), (west, south)


def moved(ring: Ring, by: Point) -> Ring:
    return tuple((x + by[0], y + by[1]) for x, y in ring)
