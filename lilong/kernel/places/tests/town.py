"""A small town for tests, built by real actions: two committees, three buildings, six homes."""

from __future__ import annotations

from datetime import UTC, datetime

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.places.actions import NewHome, NewPlace, add_homes, add_places
from lilong.kernel.places.queries import ids_by_code, paths_of

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
BY = "system:test"
SQUARE = [[[121.4500, 31.3000], [121.4502, 31.3000], [121.4502, 31.3001], [121.4500, 31.3001], [121.4500, 31.3000]]]


def building(code: str, name: str, micro_grid: str, lane: str) -> NewPlace:
    return NewPlace(
        code=code,
        kind="building",
        name=name,
        parent=micro_grid,
        lane_address=f"{lane}{name}",
        footprint=SQUARE,
        floors=6,
        height_m=18.0,
    )


PLACES = [
    NewPlace(code="S", kind="subdistrict", name="澄湾街道"),
    NewPlace(code="J", kind="block_grid", name="第一街区", parent="S"),
    NewPlace(code="A", kind="committee", name="澄湾一居", parent="J"),
    NewPlace(code="B", kind="committee", name="澄湾二居", parent="J"),
    NewPlace(code="A1", kind="micro_grid", name="一居一格", parent="A"),
    NewPlace(code="B1", kind="micro_grid", name="二居一格", parent="B"),
    NewPlace(code="B2", kind="micro_grid", name="二居二格", parent="B"),
    building("A1-8", "8号", "A1", "澄湾路120弄"),
    building("A1-10", "10号", "A1", "澄湾路120弄"),
    building("B1-3", "3号", "B1", "澄湾路66弄"),
]
HOMES = [
    NewHome(code="h501", building="A1-8", door="8号", room="501", area_dm2=5230),
    NewHome(code="h502", building="A1-8", door="8号", room="502室"),
    NewHome(code="h101", building="A1-10", door="", room="0101"),
    NewHome(code="h102", building="A1-10", door="", room="102"),
    NewHome(code="hx", building="B1-3", door="3号", room="亭子间"),
    NewHome(code="hy", building="B1-3", door="3号", room="201"),
]


def build() -> dict[str, int]:
    """Build the town; gives the ids of everything in it by code."""
    added = add_places(PLACES, by=BY, at=AT)
    homes = add_homes(HOMES, by=BY, at=AT)
    assert not added.refused
    assert not homes.refused
    return ids_by_code([place.code for place in PLACES] + [home.code for home in HOMES])


def worker(*place_ids: int, role: str = "committee_worker", purposes: frozenset[str] = frozenset({"visit"})) -> Viewer:
    """Somebody whose scope is these places."""
    scope = frozenset(paths_of(place_ids).values())
    return Viewer(
        by="account:7", account_id=7, roles=frozenset({role}), scope=scope, purposes=purposes, individuals=True
    )
