"""The files from which the ground is known: the tree of areas and the outlines of buildings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from lilong.kit.cells import Wrong, amount, text, whole
from lilong.kit.intake import Column, Intake, Row, RowError, Taken

from .actions import NewPlace, add_places
from .geometry import centre, polygon
from .kinds import kind_named

STOREY_M = 3.0  # a guess where no height is delivered; GB 50096-2011 asks for storeys of 2.8 m, old houses have more

TREE = (
    Column("编码", "code", required=True, also=("区域编码",), key=True),
    Column("上级编码", "parent", required=True, also=("上级区域编码",)),
    Column("类别", "kind", required=True),
    Column("名称", "name", required=True),
)
BUILDINGS = (
    Column("code", "code", required=True, also=("楼栋编码",), key=True),
    Column("micro_grid", "micro_grid", required=True, also=("微网格",)),
    Column("estate", "estate", also=("小区编码",)),
    Column("name", "name", required=True, also=("幢号",)),
    Column("lane_address", "lane_address", also=("门牌号",)),
    Column("floors", "floors", also=("层数",)),
    Column("height_m", "height_m", also=("高度",)),
    Column("built", "built", also=("竣工年份",)),
    Column("geometry", "geometry", required=True),
)


def take_tree(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Areas from the subdistrict down to micro-grids and estates."""
    return _take(rows, _area, {}, by=by, at=at)


def take_buildings(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Buildings with their outlines; a height that is not delivered is guessed from the floors, and says so."""
    return _take(rows, _building, {"parent": "micro_grid"}, by=by, at=at)


def _take(
    rows: Sequence[Row], read: Callable[[Row], NewPlace], names: dict[str, str], *, by: str, at: datetime
) -> Taken:
    """Read each row into a place, add them all at once, and tell what became of each row."""
    wanted: dict[str, NewPlace] = {}
    lines: dict[str, int] = {}
    errors: list[RowError] = []
    for row in rows:
        line = int(row["row"])
        try:
            new = read(row)
            if new.code in lines:
                raise Wrong("code", "同一文件里编码重复")
        except Wrong as wrong:
            errors.append(RowError(line, wrong.field, wrong.reason))
            continue
        wanted[new.code], lines[new.code] = new, line
    added = add_places(list(wanted.values()), by=by, at=at)
    errors += [
        RowError(lines[code], names.get(why.field, why.field), why.reason) for code, why in added.refused.items()
    ]
    subjects = tuple((lines[code], "place", place_id) for code, place_id in added.ids.items())
    return Taken(len(added.changed), len(subjects) - len(added.changed), tuple(errors), subjects)


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


KINDS = (
    Intake("tree", "区域树", TREE, take_tree, order=10),
    Intake("buildings", "楼栋", BUILDINGS, take_buildings, order=20),
)
