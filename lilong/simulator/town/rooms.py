"""Divides a building into homes: stair, floor, room number as people say it, area and tenure."""

from __future__ import annotations

from ..dice import Dice
from ..parameters import weights
from .built import Building, Home
from .drawing import Shape

# An old lane house is let by rooms: what is on which floor, and about how large (m², assumed).
_HOUSE = {
    2: (("底层", 1, 24.0), ("亭子间", 2, 9.5), ("前楼", 2, 21.0)),
    3: (("底层", 1, 24.0), ("前楼", 2, 21.0), ("三层阁", 3, 15.0)),
}
_FLAT = {"slab": (38.5, 46.2, 54.8, 61.3), "tower": (71.6, 88.4, 104.9)}


def homes_of(building: Building, shape: Shape, dice: Dice) -> list[Home]:
    """The homes of one building in the order of floors and rooms; none for a shop."""
    tenures = weights("town.tenure", building.form) if shape.stairs else {}
    if building.form == "lane":
        rooms = [(1, room, floor, area) for room, floor, area in _HOUSE[shape.floors]]
        if dice.chance(0.25):  # one family holds two of the rooms
            rooms.pop(1)
    else:
        sizes = [dice.pick(_FLAT[building.form]) for _ in range(shape.stairs * shape.flats)]
        rooms = [
            (stair + 1, f"{floor}{stair * shape.flats + flat + 1:02d}", floor, sizes[stair * shape.flats + flat])
            for floor in range(1, shape.floors + 1)
            for stair in range(shape.stairs)
            for flat in range(shape.flats)
        ]
    return [
        Home(
            code=f"{building.code}-{room if room.isdigit() else at}",
            building=building.code,
            stair=str(stair),
            room=room,
            floor=floor,
            area_m2=round(area + dice.between(-60, 60) / 100, 2),
            tenure=dice.weighted(tenures),
            form=building.form,
        )
        for at, (stair, room, floor, area) in enumerate(rooms, 1)
    ]
