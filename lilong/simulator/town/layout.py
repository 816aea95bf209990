"""Lays the estates of all committees out on a grid of streets and gives everything its code."""

from __future__ import annotations

from collections.abc import Iterator

from ..dice import Dice
from .built import Area, Building, Home, Town
from .drawing import Drawing, Shape, draw
from .ground import Point, degrees, moved
from .rooms import homes_of
from .scales import CommitteePlan, EstatePlan, Scale

SUBDISTRICT = "990001001"  # division 990001 is fictional; three digits more name its first subdistrict
ROAD = 26.0  # metres between the blocks of two estates

Sheet = tuple[CommitteePlan, int, EstatePlan, Drawing]


def lay_out(scale: Scale, seed: int) -> Town:
    """The town of a plan. Blocks follow one another eastward and wrap into rows; the whole is centred on the map."""
    sheets = [
        (committee, number, estate, draw(estate, Dice(seed, "drawing", estate.name)))
        for committee in scale.committees
        for number, estate in enumerate(committee.estates, 1)
    ]
    corners, middle = _corners(sheets, scale.row_width_m)
    areas = [
        Area(SUBDISTRICT, "", "街道", scale.subdistrict),
        Area(f"{SUBDISTRICT}-J1", SUBDISTRICT, "街区网格", scale.block_grid),
    ]
    codes = {committee.name: f"{SUBDISTRICT}{at:03d}" for at, committee in enumerate(scale.committees, 1)}
    areas += [Area(code, f"{SUBDISTRICT}-J1", "居民区", name) for name, code in codes.items()]
    buildings: list[Building] = []
    homes: list[Home] = []
    taken = dict.fromkeys(codes.values(), 0)
    for (committee, number, plan, drawing), corner in zip(sheets, corners, strict=True):
        code = codes[committee.name]
        grids = [f"{code}-W{taken[code] + at:02d}" for at in range(1, plan.micro_grids + 1)]
        areas += [Area(grid, code, "微网格", f"{committee.name}第{int(grid[-2:])}微网格") for grid in grids]
        taken[code] += plan.micro_grids
        areas.append(Area(f"{code}-X{number}", code, "小区", plan.name))
        areas.append(Area(f"{code}-S{number}", code, "设施", plan.facility))
        for shape, building in _buildings(plan, drawing, f"{code}-X{number}", grids, (corner, middle)):
            buildings.append(building)
            homes += homes_of(building, shape, Dice(seed, "rooms", building.code))
    order = {"街道": 0, "街区网格": 1, "居民区": 2, "微网格": 3, "小区": 4, "设施": 5}
    office = next(building.code for building in buildings if building.form == "facility")
    return Town(tuple(sorted(areas, key=lambda area: order[area.kind])), tuple(buildings), tuple(homes), office)


def _corners(sheets: list[Sheet], row_width: float) -> tuple[list[Point], Point]:
    """South-west corners of the blocks, northern rows below the first, and the middle of them all."""
    corners: list[Point] = []
    west = south = tall = east = 0.0
    for *_, drawing in sheets:
        if west and west + drawing.width > row_width:
            west, south, tall = 0.0, south + tall + ROAD, 0.0
        corners.append((west, south))
        west += drawing.width + ROAD
        tall, east = max(tall, drawing.depth), max(east, west - ROAD)
    return corners, (east / 2, (south + tall) / 2)


def _buildings(
    plan: EstatePlan, drawing: Drawing, estate: str, grids: list[str], at: tuple[Point, Point]
) -> Iterator[tuple[Shape, Building]]:
    """The estate's own buildings by number, then shops and the facility under the street's odd numbers."""
    corner, middle = at

    def building(shape: Shape, code: str, grid: str, name: str, address: str, form: str) -> tuple[Shape, Building]:
        ring = tuple(degrees(point, middle) for point in moved(shape.ring, corner))
        own = estate if shape.stairs else ""
        return shape, Building(code, grid, own, name, address, form, shape.floors, shape.height_m, plan.built, ring)

    for number, shape in enumerate(drawing.homes, 1):
        grid = grids[(number - 1) * len(grids) // len(drawing.homes)]
        address = f"{plan.road}{plan.lane}弄{number}号"
        yield building(shape, f"{estate}-{number:03d}", grid, f"{number}号", address, plan.form)
    first = plan.lane + 1 if plan.lane % 2 == 0 else plan.lane + 2
    for at_street, shape in enumerate(drawing.shops):
        door = first + 2 * at_street
        yield building(shape, f"{estate}-P{door}", grids[0], f"{door}号", f"{plan.road}{door}号", "shop")
    door = first + 2 * len(drawing.shops)
    code = f"{estate}-P{door}"
    yield building(drawing.facility, code, grids[0], plan.facility, f"{plan.road}{door}号", "facility")
