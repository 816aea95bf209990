"""The files from which the ground is known: the tree of areas, the outlines of buildings, the list of homes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from lilong.kit.addresses import parse
from lilong.kit.cells import Wrong, amount, text, whole
from lilong.kit.hanzi import number, squeezed
from lilong.kit.intake import Column, Intake, Row, RowError, Taken

from .actions import Added, NewPlace, add_places
from .geometry import centre, polygon
from .kinds import TENURES, kind_named
from .models import Place
from .queries import ids_by_code

STOREY_M = 3.0  # a guess where no height is delivered; GB 50096-2011 asks for storeys of 2.8 m, old houses have more
DM2_PER_M2 = 100

TREE = (
    Column("编码", "code", required=True, also=("区域编码",)),
    Column("上级编码", "parent", required=True, also=("上级区域编码",)),
    Column("类别", "kind", required=True),
    Column("名称", "name", required=True),
)
BUILDINGS = (
    Column("code", "code", required=True, also=("楼栋编码",)),
    Column("micro_grid", "micro_grid", required=True, also=("微网格",)),
    Column("estate", "estate", also=("小区编码",)),
    Column("name", "name", required=True, also=("幢号",)),
    Column("lane_address", "lane_address", also=("门牌号",)),
    Column("floors", "floors", also=("层数",)),
    Column("height_m", "height_m", also=("高度",)),
    Column("built", "built", also=("竣工年份",)),
    Column("geometry", "geometry", required=True),
)
HOMES = (
    Column("房屋编码", "code", required=True),
    Column("楼栋编码", "building", required=True),
    Column("门洞", "stair"),
    Column("室号", "room", required=True),
    Column("所在层", "floor", also=("楼层",)),
    Column("建筑面积", "area", also=("建筑面积(㎡)", "建筑面积(m²)")),
    Column("房屋性质", "tenure"),
)


def take_tree(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Areas from the subdistrict down to micro-grids and estates."""
    return _take(rows, lambda row: [_area(row)], {}, by=by, at=at)


def take_buildings(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Buildings with their outlines; a height that is not delivered is guessed from the floors, and says so."""
    return _take(rows, lambda row: [_building(row)], {"parent": "micro_grid"}, by=by, at=at)


def take_homes(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Homes, and one stair for each door of a building that they name."""
    ids = ids_by_code({row["building"] for row in rows if row["building"]})
    buildings = Place.objects.filter(kind="building", closed_on=None).in_bulk(set(ids.values()))
    standing = {code: buildings[place_id] for code, place_id in ids.items() if place_id in buildings}
    return _take(rows, lambda row: _home(row, standing), {"parent": "building"}, by=by, at=at)


def _take(
    rows: Sequence[Row], read: Callable[[Row], list[NewPlace]], names: dict[str, str], *, by: str, at: datetime
) -> Taken:
    """Read each row into places, add them all at once, and tell what became of each row; the last is the row's own."""
    wanted: dict[str, NewPlace] = {}
    own: dict[str, int] = {}
    errors: list[RowError] = []
    for row in rows:
        line = int(row["row"])
        try:
            *others, main = read(row)
            if main.code in own:
                raise Wrong("code", "同一文件里编码重复")
        except Wrong as wrong:
            errors.append(RowError(line, wrong.field, wrong.reason))
            continue
        own[main.code] = line
        wanted |= {new.code: new for new in (*others, main)}
    added = add_places(list(wanted.values()), by=by, at=at)
    errors += _refused(added, own, names)
    taken = [(line, "place", added.ids[code]) for code, line in own.items() if code in added.ids]
    changed = sum(code in added.changed for code in own)
    return Taken(changed, len(taken) - changed, tuple(errors), tuple(taken))


def _refused(added: Added, own: dict[str, int], names: dict[str, str]) -> Iterable[RowError]:
    for code, line in own.items():
        if why := added.refused.get(code):
            yield RowError(line, names.get(why.field, why.field), why.reason)


def _area(row: Row) -> NewPlace:
    kind = kind_named(row["kind"])
    if kind is None or kind in ("building", "stair", "home"):
        raise Wrong("kind", "没有这个类别")
    return NewPlace(
        code=text(row, "code", 64, required=True),
        kind=kind,
        name=text(row, "name", 80, required=True),
        parent=row["parent"],
    )


def _building(row: Row) -> NewPlace:
    try:
        rings = polygon(json.loads(row["geometry"] or "null"))
    except ValueError as wrong:
        raise Wrong("geometry", str(wrong)) from wrong
    lon, lat = centre(rings[0])
    floors = whole(row, "floors", 1, 200)
    height = amount(row, "height_m", Decimal(1), Decimal(700))
    return NewPlace(
        code=text(row, "code", 64, required=True),
        kind="building",
        name=text(row, "name", 80, required=True),
        parent=row["micro_grid"],
        estate=row["estate"],
        lane_address=text(row, "lane_address", 100),
        lon=lon,
        lat=lat,
        footprint=rings,
        floors=floors,
        height_m=float(height) if height else floors and floors * STOREY_M,
        height_guessed=height is None,
        built_year=whole(row, "built", 1800, 2200),
    )


def _home(row: Row, buildings: dict[str, Place]) -> list[NewPlace]:
    building = buildings.get(row["building"])
    if building is None:
        raise Wrong("building", "没有这个楼栋编码")
    door = row["stair"] or building.name
    stair_address = _door_address(building, door)
    home = stair_address + row["room"]
    try:
        address = parse(home) if stair_address else None
    except ValueError as wrong:
        raise Wrong("room", "读不懂的室号") from wrong
    if not row["room"] or (address and not address.door):
        raise Wrong("room", "读不懂的室号")
    area = amount(row, "area", Decimal("0.01"), Decimal(100_000))
    stair_code = f"{building.code}-{door}"[:64]
    return [
        NewPlace(code=stair_code, kind="stair", name=door, parent=building.code, lane_address=stair_address),
        NewPlace(
            code=text(row, "code", 64, required=True),
            kind="home",
            name=text(row, "room", 20),
            parent=stair_code,
            lane_address=address.show() if address else "",
            floor=_floor(row) or (address.floor if address else None),
            area_dm2=None if area is None else int((area * DM2_PER_M2).to_integral_value()),
            tenure=TENURES.get(row["tenure"], ""),
        ),
    ]


def _door_address(building: Place, door: str) -> str:
    """澄湾路120弄8-10号 with the door 9号 is 澄湾路120弄9号; a door that is no 号 has its building's address."""
    if not building.lane_address or "号" not in door:
        return building.lane_address
    whole, part = parse(building.lane_address), parse(door)
    return building.lane_address.removesuffix(f"{whole.building}号") + f"{part.building}号"


def _floor(row: Row) -> int | None:
    """底层 and 1楼 are 1; cellars count below zero, and there is no floor 0."""
    written = squeezed(row["floor"]).rstrip("楼层")
    if not written:
        return None
    below = written.startswith("-")
    value = 1 if written == "底" else number(written.lstrip("-"))
    if not value or value > 200:
        raise Wrong("floor", "不是合理的楼层")
    return -value if below else value


KINDS = (
    Intake("tree", "区域树", TREE, take_tree, order=10),
    Intake("buildings", "楼栋", BUILDINGS, take_buildings, order=20),
    Intake("homes", "房屋", HOMES, take_homes, order=30),
)
