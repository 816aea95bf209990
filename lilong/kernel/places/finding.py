"""From an address in parts to the home it names, or how far it led and why no further."""

from __future__ import annotations

from dataclasses import dataclass

from lilong.kit.addresses import Address, parse

from .models import PlaceAddress

REASONS = {
    "": "",
    "no_door_given": "地址没有写到门牌号",
    "no_road": "辖区内没有这条路",
    "no_lane": "这条路上没有这个弄",
    "no_building": "没有这个门牌号",
    "no_room_given": "地址没有写到室",
    "no_room": "这个门牌号里没有这个室",
    "several": "符合的不止一处",
}
"""Why an address led to no home, for people; the code is for programs."""


@dataclass(frozen=True)
class Match:
    """What an address led to: the home, or None with the reason (a key of REASONS) and the nearest sure place."""

    home_id: int | None
    near_id: int | None
    reason: str

    @property
    def words(self) -> str:
        """The reason as a person reads it."""
        return REASONS[self.reason]


def find(address: Address) -> Match:
    """Narrow down part by part, so that the first part nobody here has is the reason. Reads one index range."""
    if not address.building:
        return Match(None, None, "no_door_given")
    known = PlaceAddress.objects.filter(place__closed_on=None)
    doors = list(
        known.filter(lane=address.lane, building=address.building, door__in={"", address.door}).values_list(
            "place_id", "place__kind", "road", "sub_lane", "door", "place__path"
        )
    )
    street = address.road or address.estate
    doors = [row for row in doors if (not street or row[2] == street) and row[3] == address.sub_lane]
    if not doors:
        return Match(None, None, _missing(address, street))
    homes = {row[0] for row in doors if row[1] == "home" and row[4] == address.door}
    above = sorted((row for row in doors if row[1] != "home"), key=lambda row: (row[1] == "stair", row[0]))
    near = (
        above[-1][0] if above and len({row[5].split("/")[-2] for row in above if row[1] == "building"}) <= 1 else None
    )
    if not address.door:
        return Match(None, near, "no_room_given")
    if len(homes) == 1:
        return Match(homes.pop(), near, "")
    return Match(None, near, "several" if homes else "no_room")


def _missing(address: Address, street: str) -> str:
    known = PlaceAddress.objects.filter(place__closed_on=None)
    if street:
        known = known.filter(road=street)
        if not known.exists():
            return "no_road"
    return "no_building" if known.filter(lane=address.lane, sub_lane=address.sub_lane).exists() else "no_lane"


def spelled(words: str) -> dict[str, str]:
    """The parts that somebody's words name, as conditions on addresses; none when the words are no address."""
    try:
        meant = parse(words)
    except ValueError:
        return {}
    parts = {
        "road": meant.road or meant.estate,
        "lane": meant.lane,
        "sub_lane": meant.sub_lane,
        "building": meant.building,
        "door": meant.door,
    }
    return {part: value for part, value in parts.items() if value}
