"""The words for what was built: places of the tree, buildings with footprints, homes behind stairs."""

from __future__ import annotations

from dataclasses import dataclass

from .ground import Ring


@dataclass(frozen=True)
class Area:
    """A place of the upper tree: code, code of the place above (empty at the root), kind in Chinese, name."""

    code: str
    above: str
    kind: str
    name: str


@dataclass(frozen=True)
class Building:
    """A building; `ring` in degrees, `estate` empty for shops and facilities, which hold no homes."""

    code: str
    micro_grid: str
    estate: str
    name: str
    lane_address: str
    form: str
    floors: int
    height_m: float
    built: int
    ring: Ring


@dataclass(frozen=True)
class Home:
    """A home; area in square metres to two places, tenure in the words of housing files."""

    code: str
    building: str
    stair: str
    room: str
    floor: int
    area_m2: float
    tenure: str
    form: str


@dataclass(frozen=True)
class Town:
    """Everything that stands, in the order in which it is written."""

    areas: tuple[Area, ...]
    buildings: tuple[Building, ...]
    homes: tuple[Home, ...]
    office: str  # code of the building in which the gateway hangs
