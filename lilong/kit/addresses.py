"""One parser for every way an old Shanghai address is written: 路弄号室, side lanes, 甲乙, temporary doors, room names.

澄湾路120弄8号502室, 澄湾路一百二十弄八号五〇二, 120-8-502 and １２０弄８号０５０２室 all name the same door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lilong.kit.hanzi import NUMERALS, number, squeezed

_HAN = r"[\u3400-\u9fff]"
_N = rf"(?:\d+|[{NUMERALS}]+)"
_MARKS = "甲乙丙丁戊"
_NAMES = (
    "前楼", "后楼", "亭子间", "二层阁", "三层阁", "假三层", "前厢房", "后厢房", "东厢房", "西厢房", "厢房",
    "前客堂", "后客堂", "客堂", "灶披间", "灶间", "晒台", "阁楼", "天井", "车库", "前间", "后间", "中间",
)  # fmt: skip
_ROADS = "大道|公路|路|街|道"
_AREA = re.compile(
    rf"(?:{_HAN}{{2,3}}省)?(?:{_HAN}{{2,4}}市)?(?:{_HAN}{{1,5}}区)?(?:{_HAN}{{1,6}}?(?:街道|镇))?"
    rf"(?!{_ROADS})(?={_HAN}+(?:{_ROADS}|村|区|坊|里|苑|园|寓)|{_N}|$)"
)
_ROAD = re.compile(rf"{_HAN}{{1,10}}?(?:{_ROADS})(?!{_ROADS})")
_ESTATE = re.compile(rf"(?!{_N}(?:弄|支弄|号)){_HAN}{{1,8}}?(?:小区|新村|公寓|花园|家园|村|坊|里|苑)")
_LANE = re.compile(rf"(?P<lane>{_N})弄")
_SUB_LANE = re.compile(rf"(?P<sub_lane>{_N})支弄")
_BUILDING = re.compile(
    rf"(?P<before>[临{_MARKS}])?(?P<number>{_N})(?:-(?P<last>{_N}))?(?P<mark>[{_MARKS}A-Z])?"
    rf"(?:号楼|号|幢楼|幢|栋)(?P<after>[{_MARKS}])?"
)
_DASHED = re.compile(rf"({_N}(?:-{_N}){{1,3}})(?:室|房)?$")
_FLOOR = re.compile(rf"(?P<floor>{_N}|底)(?:楼|层)(?!阁)")
_ROOM = re.compile(
    rf"(?:(?P<storey>{_N})-)?(?P<number>{_N})(?P<mark>[{_MARKS}A-Z])?(?:室|房)?(?P<after>[{_MARKS}A-Z])?$"
    rf"|(?P<name>{'|'.join(_NAMES)})$"
)


@dataclass(frozen=True)
class Address:
    """An address in parts, all text without leading noughts; a part that is not named is empty.

    `building` is the 号 with its mark (`8`, `8甲`, `临3`, `8-10`); `room` a number (`502`, `502甲`) or a name
    (`亭子间`); `floor` is told, or read off a room number of three or four digits.
    """

    road: str = ""
    lane: str = ""
    sub_lane: str = ""
    estate: str = ""
    building: str = ""
    floor: int | None = None
    room: str = ""

    @property
    def door(self) -> str:
        """What tells one home of a building from another: the room, with the floor where the room is but a name."""
        if self.floor is None or (self.room and self.room[0].isdigit()):
            return self.room
        return f"{self.floor}层{self.room}"

    def show(self, upto: str = "home") -> str:
        """The address in its usual form; `upto="building"` leaves the room out."""
        written = self.road
        written += f"{self.lane}弄" if self.lane else ""
        written += f"{self.sub_lane}支弄" if self.sub_lane else ""
        written += self.estate
        written += f"{self.building}号" if self.building else ""
        if upto == "building" or not self.door:
            return written
        return f"{written}{self.door}室" if self.room and self.room[0].isdigit() else written + self.door


def parse(text: str) -> Address:
    """The parts of an address as files and people write it, down to any depth.

    Province, city, district and subdistrict before the road are left out. Raises ValueError with what it cannot read.
    """
    rest = squeezed(text).upper()
    if area := _AREA.match(rest):
        rest = rest[area.end() :]
    road, rest = _eaten(_ROAD, rest)
    estate, rest = _eaten(_ESTATE, rest)
    lane, rest = _number_eaten(_LANE, rest)
    sub_lane, rest = _number_eaten(_SUB_LANE, rest)
    if not estate:
        estate, rest = _eaten(_ESTATE, rest)
    if dashed := _DASHED.match(rest):
        return _from_dashes(dashed[1].split("-"), Address(road, lane, sub_lane, estate))
    building, rest = _building_eaten(rest)
    floor, room = _inside(rest, text)
    if not any((road, lane, estate, building, room)):
        raise ValueError(f"读不出地址：{text}")
    return Address(road, lane, sub_lane, estate, building, floor, room)


def _eaten(pattern: re.Pattern[str], rest: str) -> tuple[str, str]:
    found = pattern.match(rest)
    return (found.group(), rest[found.end() :]) if found else ("", rest)


def _number_eaten(pattern: re.Pattern[str], rest: str) -> tuple[str, str]:
    found = pattern.match(rest)
    return (_digits(found[1]), rest[found.end() :]) if found else ("", rest)


def _digits(written: str) -> str:
    value = number(written)
    if value is None:
        raise ValueError(f"读不出数字：{written}")
    return str(value)


def _building_eaten(rest: str) -> tuple[str, str]:
    found = _BUILDING.match(rest)
    if not found:
        return "", rest
    before = found["before"] or ""
    mark = found["mark"] or found["after"] or (before if before != "临" else "")
    numbers = "-".join(_digits(part) for part in (found["number"], found["last"]) if part)
    return ("临" if before == "临" else "") + numbers + mark, rest[found.end() :]


def _inside(rest: str, text: str) -> tuple[int | None, str]:
    """Floor and room from what stands after the building."""
    floor: int | None = None
    if found := _FLOOR.match(rest):
        floor = 1 if found["floor"] == "底" else int(_digits(found["floor"]))
        rest = rest[found.end() :]
    if not rest:
        return floor, ""
    room = _ROOM.match(rest)
    if not room:
        raise ValueError(f"地址里有读不懂的部分“{rest}”：{text}")
    if room["name"]:
        return floor, room["name"]
    told = int(_digits(room["storey"])) if room["storey"] else floor
    value = int(_digits(room["number"]))
    return _numbered(told, value, (room["mark"] or "") + (room["after"] or ""))


def _numbered(floor: int | None, value: int, mark: str) -> tuple[int | None, str]:
    """5楼1室 and 5-01 are 501; a number of three or four digits names its own floor."""
    if floor and value < 100:
        value += floor * 100
    if 100 <= value <= 9999:
        floor = value // 100
    return floor, f"{value}{mark}"


def _from_dashes(parts: list[str], known: Address) -> Address:
    """120-8-502 is lane, building and room; what the words before have named already is not read again."""
    numbers = [_digits(part) for part in parts]
    floor, room = _numbered(None, int(numbers.pop()), "")
    building = numbers.pop()
    lane, sub_lane = known.lane, known.sub_lane
    if numbers and not sub_lane and (lane or len(numbers) > 1):
        sub_lane = numbers.pop()
    if numbers and not lane:
        lane = numbers.pop()
    if numbers:
        raise ValueError(f"地址里的数字太多：{'-'.join(parts)}")
    return Address(known.road, lane, sub_lane, known.estate, building, floor, room)
