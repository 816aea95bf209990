"""Draws one estate in metres: rows of slabs that face south, towers in a park, or the terraces of an old lane."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from ..dice import Dice
from ..parameters import weights
from .ground import Ring, rectangle
from .scales import EstatePlan

STOREY = 2.8  # metres from floor to floor, assumed
FLAT_FRONT = 7.4  # metres of south front for one flat of a slab, assumed
SLAB_DEPTH = 11.4
STEP = 1.4  # how far the second stair of a staggered slab stands back
PARAPET = 1.2
SLAB_PITCH = 36.0  # metres from one slab to the next in a row, on average
BLOCK_WIDTH = 250.0  # metres between the streets on either side, assumed
SUN = 1.05  # distance between rows of slabs, in heights: Shanghai's rule for the years was 1.0 and more
LANE_WIDTH = 8.0


@dataclass(frozen=True)
class Shape:
    """One building on the drawing: its ring in metres from the estate's south-west corner, and how it is divided."""

    ring: Ring
    floors: int
    height_m: float
    stairs: int = 0  # 0: nobody lives here
    flats: int = 0  # on one floor of one stair


@dataclass(frozen=True)
class Drawing:
    """An estate on its own sheet: homes first in the order of their numbers, then shops, then the facility."""

    width: float
    depth: float
    homes: tuple[Shape, ...]
    shops: tuple[Shape, ...]
    facility: Shape


def draw(plan: EstatePlan, dice: Dice) -> Drawing:
    """The estate of a plan. A strip along the south street holds shops and the facility, all else lies behind."""
    strip = 14.0
    shapes, width, depth = FORMS[plan.form](plan.buildings, strip + LANE_WIDTH, dice)
    shops, west = [], 0.0
    facility_width = 24.0
    for _ in range(plan.shops):
        front = dice.uniform(9, 17)
        floors = 1 + dice.chance(0.4)
        shops.append(Shape(rectangle(west, 0, front, 9.5), floors, round(floors * 3.6 + 0.4, 1)))
        west += front + (0.8 if dice.chance(0.8) else 6.0)
    facility = Shape(rectangle(west + 4, 0, facility_width, 12.5), 2, 8.2)
    return Drawing(max(width, west + 4 + facility_width), depth, tuple(shapes), tuple(shops), facility)


def _slab(west: float, south: float, stairs: int, flats: int, staggered: bool) -> Ring:
    """A slab of one to three stairs; in a staggered one every second stair stands a step further back."""
    front = flats * FLAT_FRONT
    if not staggered or stairs == 1:
        return rectangle(west, south, front * stairs, SLAB_DEPTH)
    steps = [STEP * (at % 2) for at in range(stairs)]
    low = [(west + front * (at + end), south + step) for at, step in enumerate(steps) for end in (0, 1)]
    high = [(x, y + SLAB_DEPTH) for x, y in reversed(low)]
    return (*low, *high, low[0])


def _slabs(count: int, south: float, dice: Dice) -> tuple[list[Shape], float, float]:
    """Rows no longer than a block, each shifted a little against the next, with a lane through the middle."""
    rows = max(1, ceil(count * SLAB_PITCH / BLOCK_WIDTH))
    per_row = ceil(count / rows)
    tall = 6 * STOREY + PARAPET
    shapes: list[Shape] = []
    widest = 0.0
    for row in range(rows):
        floors = 5 if dice.chance(0.12) else 6
        west = 6.0 * (row % 2) + dice.uniform(0, 2.5)
        at = south + row * (SLAB_DEPTH + STEP + SUN * tall)
        staggered = dice.chance(0.4)
        here = min(per_row, count - len(shapes))
        for place in range(here):
            if place == here // 2 and here > 3:
                west += LANE_WIDTH
            stairs = int(dice.weighted(weights("town.stairs_per_slab")))
            flats = 3 if stairs == 1 else 2
            ring = _slab(west, at, stairs, flats, staggered)
            shapes.append(Shape(ring, floors, round(floors * STOREY + PARAPET, 1), stairs, flats))
            west += stairs * flats * FLAT_FRONT + dice.uniform(5.5, 9)
        widest = max(widest, west)
    return shapes, widest, south + rows * (SLAB_DEPTH + STEP) + (rows - 1) * SUN * tall


def _towers(count: int, south: float, dice: Dice) -> tuple[list[Shape], float, float]:
    shapes = []
    for at in range(count):
        floors = dice.pick([14, 16, 18])
        west, low = at * 58.0, south + 6.0 + 9.0 * (at % 2)
        # a plan like a butterfly: every flat has a window to the south or the side
        x, y = [west + step for step in (0, 7, 23, 30)], [low + step for step in (0, 5, 17, 22)]
        ring = (
            *((x[1], y[0]), (x[2], y[0]), (x[2], y[1]), (x[3], y[1]), (x[3], y[2]), (x[2], y[2])),
            *((x[2], y[3]), (x[1], y[3]), (x[1], y[2]), (x[0], y[2]), (x[0], y[1]), (x[1], y[1]), (x[1], y[0])),
        )
        shapes.append(Shape(ring, floors, round(floors * STOREY + 4, 1), 1, 4))
    return shapes, count * 58.0, south + 45.0


def _lanes(count: int, south: float, dice: Dice) -> tuple[list[Shape], float, float]:
    """Terraces of eight houses wall to wall, two in a row on both sides of the main lane."""
    front, deep, terrace, lane = 4.4, 12.6, 8, 5.0
    shapes = []
    for at in range(count):
        row, place = divmod(at, 2 * terrace)
        west = place * front + (lane if place >= terrace else 0)
        floors = 3 if dice.chance(0.35) else 2
        ring = rectangle(west, south + row * (deep + 3.8), front, deep)
        shapes.append(Shape(ring, floors, 9.6 if floors == 3 else 7.4, 1, 1))
    rows = ceil(count / (2 * terrace))
    return shapes, 2 * terrace * front + lane, south + rows * (deep + 3.8)


FORMS = {"slab": _slabs, "tower": _towers, "lane": _lanes}
