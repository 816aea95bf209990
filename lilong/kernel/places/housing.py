"""Homes as the housing files tell of them: a building, a door of it, a room; one stair is made for each door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lilong.kit.addresses import parse

from .growing import NewPlace, Refusal
from .models import Place


@dataclass(frozen=True)
class NewHome:
    """One home by its code; `building` is a code too, `door` the 门洞 (empty where the building has but one)."""

    code: str
    building: str
    door: str
    room: str
    floor: int | None = None
    area_dm2: int | None = None
    tenure: str = ""


def stair_and_home(new: NewHome, buildings: Mapping[str, Place]) -> tuple[NewPlace, NewPlace] | Refusal:
    """The two places that a home stands for, the stair first; or why it cannot be."""
    building = buildings.get(new.building)
    if building is None:
        return Refusal("building", "没有这个楼栋编码")
    door = new.door or building.name
    code = f"{building.code}/{door}"  # a sign that codes of homes do not use
    try:
        stair = door_address(building.lane_address, door)
        address = parse(stair + new.room) if stair else None
    except ValueError:
        return Refusal("room", "读不懂的门洞或室号")
    if address is not None and not address.door:
        return Refusal("room", "读不懂的门洞或室号")
    if len(code) > 64:
        return Refusal("door", "太长")
    return (
        NewPlace(code=code, kind="stair", name=door, parent=building.code, lane_address=stair),
        NewPlace(
            code=new.code,
            kind="home",
            name=new.room,
            parent=code,
            lane_address=address.show() if address else "",
            floor=address.floor if new.floor is None and address else new.floor,
            area_dm2=new.area_dm2,
            tenure=new.tenure,
        ),
    )


def door_address(building: str, door: str) -> str:
    """The address of one door: 9号 of 澄湾路120弄8-10号 is 澄湾路120弄9号; a door that is no 号 has its building's."""
    if not building or "号" not in door:
        return building
    whole = parse(building)
    return building.removesuffix(f"{whole.building}号") + f"{parse(door).building}号"
