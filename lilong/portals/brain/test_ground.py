"""The drawn ground: lines that hold all their buildings, and counts that tell of nobody."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lilong.kernel.places.queries import Area, Footprint
from lilong.portals.brain import ground
from lilong.portals.brain.measures import LEAST, cell, published

AREAS = [
    Area(1, "subdistrict", "/1/", "澄湾街道"),
    Area(2, "committee", "/1/2/", "澄湾新村"),
    Area(3, "micro_grid", "/1/2/3/", "第一微网格"),
    Area(4, "micro_grid", "/1/2/4/", "第二微网格"),
]
corner = st.tuples(st.floats(121.44, 121.46), st.floats(31.29, 31.31))


def building(number: int, grid: int, at: tuple[float, float]) -> Footprint:
    lon, lat = at
    ring = [(lon, lat), (lon + 0.0004, lat), (lon + 0.0004, lat + 0.0001), (lon, lat + 0.0001), (lon, lat)]
    return Footprint(number, f"/1/2/{grid}/{number}/", ring, 18.0, 6, f"{number}号", f"澄湾路120弄{number}号")


def outside(point, ring) -> float:
    """How far a point lies outside a convex ring, in degrees times the length of the side it is nearest to leaving."""
    return max(-((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)) for (ax, ay), (bx, by) in pairwise(ring))


@given(st.lists(st.tuples(st.sampled_from([3, 4]), corner), min_size=1, max_size=12))
def test_every_outline_goes_around_all_walls_of_its_buildings(given_buildings):
    standing = [building(100 + n, grid, at) for n, (grid, at) in enumerate(given_buildings)]

    city = ground.city(standing, AREAS, {b.id: cell(12) for b in standing})

    shapes = {feature["id"]: feature["geometry"]["coordinates"] for feature in city["features"]}
    for number, (grid, _) in enumerate(given_buildings):
        for point in shapes[100 + number][0]:
            assert outside(point, shapes[grid][0]) <= 0
            assert min(outside(point, part[0]) for part in shapes[2]) <= 0
    for feature in city["features"]:
        if feature["properties"]["kind"] == "micro_grid":
            assert outside(feature["properties"]["at"], shapes[feature["id"]][0]) <= 0


def test_a_committee_is_drawn_around_each_of_its_micro_grids_and_an_area_without_buildings_is_not():
    standing = [building(100, 3, (121.45, 31.30))]

    features = ground.city(standing, AREAS, {100: cell(3)})["features"]

    kinds = {feature["id"]: (feature["properties"]["kind"], feature["geometry"]["type"]) for feature in features}
    assert kinds == {100: ("building", "Polygon"), 3: ("micro_grid", "Polygon"), 2: ("committee", "MultiPolygon")}
    told = features[0]["properties"]
    assert (told["n"], told["homes"], told["grid"], told["committee"]) == (None, "少于5", 3, 2)


def test_an_empty_ground_is_an_empty_collection():
    assert ground.city([], AREAS, {}) == {"type": "FeatureCollection", "bbox": [], "features": []}


@given(st.dictionaries(st.integers(1, 40), st.integers(0, 60), max_size=20))
def test_no_count_under_five_is_shown_and_none_is_left_alone_to_be_subtracted(counts):
    cells = published(counts)

    hidden = [key for key, one in cells.items() if one.count is None]
    assert all(one.count is None or one.count == counts[key] >= LEAST for key, one in cells.items())
    assert len(hidden) != 1 or len(counts) == 1
    assert len(hidden) <= max(2, sum(count < LEAST for count in counts.values()))


def test_the_pin_of_a_micro_grid_stands_in_the_open_and_points_at_no_building():
    rows = [building(100 + n, 3, (121.45 + 0.0006 * (n % 3), 31.30 + 0.0004 * (n // 3))) for n in range(9)]

    features = ground.city(rows, AREAS, {b.id: cell(12) for b in rows})["features"]

    (grid,) = [feature for feature in features if feature["properties"]["kind"] == "micro_grid"]
    at = grid["properties"]["at"]
    assert outside(at, grid["geometry"]["coordinates"][0]) <= 0
    for feature in features:
        if feature["properties"]["kind"] == "building":
            assert outside(at, feature["geometry"]["coordinates"][0]) > 0
