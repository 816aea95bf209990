"""The plan of a subdistrict of a named size: its committees, their estates, how many buildings of which form."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[1] / "scales.toml"


@dataclass(frozen=True)
class EstatePlan:
    """One estate: buildings of one form along a lane, shops at its street front and one facility."""

    name: str
    road: str
    lane: int
    form: str  # slab, tower or lane
    buildings: int
    micro_grids: int
    built: int
    shops: int
    facility: str


@dataclass(frozen=True)
class CommitteePlan:
    name: str
    estates: tuple[EstatePlan, ...]


@dataclass(frozen=True)
class Scale:
    """A whole subdistrict on paper; `row_width_m` is where the next row of blocks begins."""

    subdistrict: str
    block_grid: str
    row_width_m: float
    committees: tuple[CommitteePlan, ...]


def names() -> list[str]:
    return sorted(tomllib.loads(FILE.read_text(encoding="utf-8")))


def scale(name: str) -> Scale:
    """The plan called `name`; raises ValueError with the names there are."""
    plans = tomllib.loads(FILE.read_text(encoding="utf-8"))
    if name not in plans:
        raise ValueError(f"no scale {name!r}; there are {', '.join(sorted(plans))}")
    plan = plans[name]
    committees = tuple(
        CommitteePlan(committee["name"], tuple(EstatePlan(**estate) for estate in committee["estate"]))
        for committee in plan["committee"]
    )
    return Scale(plan["subdistrict"], plan["block_grid"], float(plan["row_width_m"]), committees)
