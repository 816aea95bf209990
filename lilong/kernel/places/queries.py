"""Reading the ground: where a place lies, what it is called, what stands where, and which home an address names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from lilong.kernel.access import scope
from lilong.kernel.access.viewer import Viewer
from lilong.kit.addresses import Address
from lilong.kit.hanzi import squeezed
from lilong.kit.portions import portions

from .finding import Match, find, spelled
from .models import OverlayMember, Place, PlaceAddress, PlaceAlias

_ROW = ("id", "kind", "code", "name", "lane_address", "path", "parent_id", "estate_id", "floor", "closed_on")
_AREAS = ("subdistrict", "block_grid", "committee", "micro_grid")


@dataclass(frozen=True)
class PlaceRow:
    """One place as lists and pages show it."""

    id: int
    kind: str
    code: str
    name: str
    lane_address: str
    path: str
    parent_id: int | None
    estate_id: int | None
    floor: int | None
    closed_on: date | None

    @property
    def label(self) -> str:
        """The address where it has one, else the name."""
        return self.lane_address or self.name


@dataclass(frozen=True)
class Footprint:
    """The outline of one standing building: `ring` is its outer line of (lon, lat), WGS-84; heights in metres."""

    id: int
    path: str
    ring: list[tuple[float, float]]
    height_m: float
    floors: int
    name: str
    label: str


@dataclass(frozen=True)
class Area:
    """One subdistrict, block grid, committee or micro-grid that exists now."""

    id: int
    kind: str
    path: str
    name: str


def place(viewer: Viewer, place_id: int) -> PlaceRow | None:
    """One place, or None where there is none within the viewer's scope."""
    rows = scope.limit(Place.objects.filter(id=place_id), viewer).values_list(*_ROW)
    return next((PlaceRow(*row) for row in rows), None)


def children(viewer: Viewer, place_id: int) -> list[PlaceRow]:
    """The places right below one, standing ones only, in the order a person counts: 8号 before 10号."""
    rows = scope.limit(Place.objects.filter(parent_id=place_id, closed_on=None), viewer).values_list(*_ROW)
    return sorted((PlaceRow(*row) for row in rows), key=lambda row: counting_order(row.name))


def of_kind(viewer: Viewer, kind: str) -> list[PlaceRow]:
    """The standing places of one kind within the viewer's scope, in the order a person counts."""
    rows = scope.limit(Place.objects.filter(kind=kind, closed_on=None), viewer).values_list(*_ROW)
    return sorted((PlaceRow(*row) for row in rows), key=lambda row: counting_order(row.name))


def areas(viewer: Viewer) -> list[Area]:
    """Every existing area of the tree above the buildings that lies within the viewer's scope, from the top down."""
    rows = scope.limit(Place.objects.filter(kind__in=_AREAS, closed_on=None), viewer)
    found = [Area(*row) for row in rows.values_list("id", "kind", "path", "name")]
    return sorted(found, key=lambda area: (area.path.count("/"), counting_order(area.name)))


def footprints(viewer: Viewer) -> list[Footprint]:
    """The outlines of the standing buildings within the viewer's scope, for the map."""
    rows = scope.limit(Place.objects.filter(kind="building", closed_on=None, footprint__isnull=False), viewer)
    return [
        Footprint(
            id=row.id,
            path=row.path,
            ring=[(lon, lat) for lon, lat in (row.footprint or [[]])[0]],
            height_m=row.height_m or 0.0,
            floors=row.floors or 0,
            name=row.name,
            label=row.lane_address or row.name,
        )
        for row in rows.order_by("id")
    ]


def homes_by_building(viewer: Viewer) -> dict[int, int]:
    """How many standing homes each building within the viewer's scope has; buildings without any are left out."""
    homes = scope.limit(Place.objects.filter(kind="home", closed_on=None), viewer)
    counts: dict[int, int] = {}
    for path in homes.values_list("path", flat=True):
        building = int(path.rsplit("/", 4)[1])  # …/building/stair/home/
        counts[building] = counts.get(building, 0) + 1
    return counts


def path_of(place_id: int) -> str:
    """The path of a place; raises KeyError when there is none."""
    return paths_of([place_id])[place_id]


def paths_of(place_ids: Collection[int]) -> dict[int, str]:
    """The paths of places by id; unknown ids are left out."""
    return {
        place_id: path
        for some in portions(place_ids)
        for place_id, path in Place.objects.filter(id__in=some).values_list("id", "path")
    }


def by_code(code: str) -> int | None:
    """The place a code names, or the one that took its place when that was merged away; None when unknown."""
    return ids_by_code([code]).get(code)


def ids_by_code(codes: Collection[str]) -> dict[str, int]:
    """The places that codes name, closed ones through the place that took over; unknown codes are left out."""
    found: dict[str, int] = {}
    for some in portions(codes):
        found |= dict(PlaceAlias.objects.filter(code__in=some).order_by("id").values_list("code", "place_id"))
        standing = Place.objects.filter(code__in=some).values_list("code", "id", "closed_on")
        found |= {code: place_id for code, place_id, closed in standing if closed is None or code not in found}
    return found


def standing(codes: Collection[str], kind: str = "") -> dict[str, int | None]:
    """The places that codes name, of one kind if told, None for a place that is closed; unknown codes are left out."""
    ids = ids_by_code(codes)
    rows = {row.id: row for row in _rows(set(ids.values()))}
    return {
        code: None if rows[place_id].closed_on else place_id
        for code, place_id in ids.items()
        if not kind or rows[place_id].kind == kind
    }


def paths_by_code(codes: Collection[str]) -> dict[str, str]:
    """The paths of the places that codes name; unknown codes are left out."""
    ids = ids_by_code(codes)
    paths = paths_of(set(ids.values()))
    return {code: paths[place_id] for code, place_id in ids.items()}


def label(place_id: int, *, upto: str = "building") -> str:
    """What a place is called: 澄湾路120弄8号, with `upto="home"` 澄湾路120弄8号502室; empty when unknown."""
    return labels([place_id], upto=upto).get(place_id, "")


def labels(place_ids: Collection[int], *, upto: str = "building") -> dict[int, str]:
    """What places are called; with `upto="building"` a home or stair gives its building. Unknown ids are left out."""
    named = {row.id: row for row in _rows(place_ids)}
    if upto == "home":
        return {place_id: row.label for place_id, row in named.items()}
    building_of = {
        place_id: _ids(row.path)[-3 if row.kind == "home" else -2]
        for place_id, row in named.items()
        if row.kind in ("home", "stair")
    }
    buildings = {row.id: row for row in _rows(set(building_of.values()))}
    return {
        place_id: (buildings[building_of[place_id]] if place_id in building_of else row).label
        for place_id, row in named.items()
    }


def ancestor(place_id: int, kind: str) -> int | None:
    """The place of a kind at or above a place; None when there is none."""
    return ancestors([place_id], kind).get(place_id)


def ancestors(place_ids: Collection[int], kind: str) -> dict[int, int]:
    """For each place the one of a kind at or above it; places without one are left out."""
    ups = {place_id: _ids(path) for place_id, path in paths_of(place_ids).items()}
    every = {up for ids in ups.values() for up in ids}
    of_kind = {
        up
        for some in portions(every)
        for up in Place.objects.filter(id__in=some, kind=kind).values_list("id", flat=True)
    }
    return {place_id: up for place_id, ids in ups.items() for up in ids if up in of_kind}


def find_home(address: Address) -> Match:
    """The standing home an address names, or how far it led and why no further."""
    return find(address)


def paths_like(viewer: Viewer, words: str, *, limit: int = 50) -> list[str]:
    """The paths of places within the viewer's scope that `words` may mean: part of an address, or of an area's name."""
    if not words.strip():
        return []
    meant = Q(name__icontains=words.strip(), kind__in=_AREAS) | Q(lane_address__icontains=squeezed(words))
    if parts := spelled(words):
        meant |= Q(id__in=PlaceAddress.objects.filter(**parts).values("place_id"))
    found = scope.limit(Place.objects.filter(meant), viewer).order_by("path").values_list("path", flat=True)
    return scope.widest(frozenset(found))[:limit]


def overlay_paths(code: str, on: date) -> frozenset[str]:
    """The paths of the places an overlay covers on a day; together they make the scope of whoever works there."""
    members = OverlayMember.objects.filter(overlay__code=code, since__lte=on).exclude(until__lte=on)
    return frozenset(members.values_list("place__path", flat=True))


def counting_order(text: str) -> list[tuple[int, str]]:
    """A key that sorts names as a person counts them: 8号 before 10号."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", text)]


def _rows(place_ids: Collection[int]) -> Iterable[PlaceRow]:
    for some in portions(place_ids):
        yield from (PlaceRow(*row) for row in Place.objects.filter(id__in=some).values_list(*_ROW))


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.strip("/").split("/") if part]
