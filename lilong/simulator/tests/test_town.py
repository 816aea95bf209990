"""Buildings stand on the ground without touching each other, and every place hangs on the tree."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lilong.simulator import world
from lilong.simulator.town.built import Town
from lilong.simulator.town.ground import CENTRE, Point, degrees, metres
from lilong.simulator.town.layout import lay_out
from lilong.simulator.town.scales import scale

Ring = list[Point]


def area(ring: Ring) -> float:
    """Signed: positive when the ring runs anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def crosses(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    hair = 0.05  # square metres: house beside house shares a wall, to the centimetre of the coordinates
    return side(a, b, c) * side(a, b, d) < -hair and side(c, d, a) * side(c, d, b) < -hair


def inside(point: Point, ring: Ring) -> bool:
    hits = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > point[1]) != (y2 > point[1]) and point[0] < (x2 - x1) * (point[1] - y1) / (y2 - y1) + x1:
            hits += 1
    return hits % 2 == 1


def overlap(one: Ring, other: Ring) -> bool:
    middle = [(sum(x for x, _ in ring[:-1]) / (len(ring) - 1), sum(y for _, y in ring[:-1]) / (len(ring) - 1))
              for ring in (one, other)]  # fmt: skip
    edges = any(crosses(a, b, c, d) for a, b in pairwise(one) for c, d in pairwise(other))
    return edges or inside(middle[0], other) or inside(middle[1], one)


def rings(town: Town) -> list[Ring]:
    return [[metres(point) for point in building.ring] for building in town.buildings]


def overlapping(shapes: list[Ring]) -> list[tuple[int, int]]:
    boxes = [(min(x for x, _ in r), min(y for _, y in r), max(x for x, _ in r), max(y for _, y in r)) for r in shapes]
    return [
        (i, j)
        for i in range(len(shapes))
        for j in range(i)
        if boxes[i][0] < boxes[j][2] and boxes[j][0] < boxes[i][2]
        and boxes[i][1] < boxes[j][3] and boxes[j][1] < boxes[i][3]
        and overlap(shapes[i], shapes[j])
    ]  # fmt: skip


def test_the_overlap_check_sees_an_overlap() -> None:
    square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)]
    shifted = [(x + 5, y + 5) for x, y in square]
    beside = [(x + 10, y) for x, y in square]
    assert overlapping([square, shifted]) == [(1, 0)]
    assert overlapping([square, beside]) == []


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_building_stands_in_another_whatever_the_seed(seed: int) -> None:
    town = lay_out(scale("demo"), seed)
    assert overlapping(rings(town)) == []


def test_footprints_have_the_size_of_buildings_and_run_anticlockwise(demo: world.World) -> None:
    for building, ring in zip(demo.town.buildings, rings(demo.town), strict=True):
        assert ring[0] == ring[-1]
        assert 45 < area(ring) < 800, building.lane_address


def test_the_town_lies_around_its_centre(demo: world.World) -> None:
    points = [point for ring in rings(demo.town) for point in ring]
    for axis in (0, 1):
        low, high = min(point[axis] for point in points), max(point[axis] for point in points)
        assert -450 < low < 0 < high < 450
    assert 140 <= len(demo.town.buildings) <= 300
    assert degrees((0, 0), (0, 0)) == CENTRE


def test_every_place_hangs_below_one_that_was_named_before(demo: world.World) -> None:
    seen: dict[str, str] = {}
    allowed = {"街道": {""}, "街区网格": {"街道"}, "居民区": {"街区网格"}, "微网格": {"居民区"}, "小区": {"居民区"},
               "设施": {"居民区"}}  # fmt: skip
    for place in demo.town.areas:
        assert seen.get(place.above, "") in allowed[place.kind]
        assert place.code not in seen
        seen[place.code] = place.kind
    for building in demo.town.buildings:
        assert seen[building.micro_grid] == "微网格"
        assert building.estate == "" or seen[building.estate] == "小区"
    assert len({building.code for building in demo.town.buildings}) == len(demo.town.buildings)
    assert len({building.lane_address for building in demo.town.buildings}) == len(demo.town.buildings)


def test_every_home_has_a_code_and_an_address_of_its_own(demo: world.World) -> None:
    buildings = {building.code: building for building in demo.town.buildings}
    homes = demo.town.homes
    assert len({home.code for home in homes}) == len({(home.building, home.room) for home in homes}) == len(homes)
    for home in homes:
        assert buildings[home.building].estate
        assert 1 <= home.floor <= buildings[home.building].floors
        assert 8 < home.area_m2 < 110


def test_the_buildings_file_is_geojson(demo_files: Path) -> None:
    told = json.loads((demo_files / "buildings.geojson").read_text(encoding="utf-8"))
    assert told["type"] == "FeatureCollection"
    assert set(told["features"][0]["properties"]) == {
        *("code", "micro_grid", "estate", "name", "lane_address", "floors", "height_m", "built")
    }
    assert told["features"][0]["geometry"]["type"] == "Polygon"


def test_a_size_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="there are demo, small"):
        scale("enormous")
