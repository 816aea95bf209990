"""Setting a batch of places against the tree that stands: which are new, which changed, which cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lilong.kit import addresses
from lilong.kit.addresses import Address

from .kinds import PLACE_KINDS
from .models import Place
from .queries import ids_by_code

ORDER = {kind: place for place, kind in enumerate(PLACE_KINDS)}
FIELDS = (
    "name", "lane_address", "lon", "lat", "footprint", "floors", "height_m", "height_guessed", "built_year", "floor",
    "area_dm2", "tenure",
)  # fmt: skip
"""What a later delivery may change about a place, besides where it stands."""


@dataclass(frozen=True)
class NewPlace:
    """One place to be added or brought up to date, known by its code; `parent` and `estate` are codes too."""

    code: str
    kind: str
    name: str
    parent: str = ""
    estate: str = ""
    lane_address: str = ""
    lon: float | None = None
    lat: float | None = None
    footprint: list[list[list[float]]] | None = None
    floors: int | None = None
    height_m: float | None = None
    height_guessed: bool = False
    built_year: int | None = None
    floor: int | None = None
    area_dm2: int | None = None
    tenure: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why one place was not taken: the field of NewPlace, and the reason in Chinese."""

    field: str
    reason: str


@dataclass
class Standing:
    """The places that a batch names, as they stand: by code, with the closed ones led to what took over."""

    by_code: dict[str, Place] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    @classmethod
    def around(cls, batch: Sequence[NewPlace]) -> Standing:
        """Read what a batch names in two or three statements."""
        codes = {code for new in batch for code in (new.code, new.parent, new.estate) if code}
        ids = ids_by_code(codes)
        found = Place.objects.in_bulk(set(ids.values()))
        by_code = {code: found[place_id] for code, place_id in ids.items()}
        return cls(by_code, frozenset(code for code, place in by_code.items() if place.code != code or place.closed_on))


def refusal(new: NewPlace, standing: Standing) -> Refusal | None:
    """Why this place cannot be taken now, or None."""
    kind = PLACE_KINDS.get(new.kind)
    if kind is None:
        return Refusal("kind", "没有这个类别")
    if new.code in standing.closed:
        return Refusal("code", "这个编码已经撤销")
    known = standing.by_code.get(new.code)
    if known is not None and known.kind != new.kind:
        return Refusal("code", "这个编码已经用于别的类别")
    parent = standing.by_code.get(new.parent)
    if kind.under and (not new.parent or parent is None):
        return Refusal("parent", "没有这个上级编码")
    if parent is not None and (parent.kind not in kind.under or parent.closed_on):
        return Refusal("parent", "不能设在这个上级之下")
    estate = standing.by_code.get(new.estate)
    if new.estate and (estate is None or estate.kind != "estate"):
        return Refusal("estate", "没有这个小区编码")
    if new.lane_address and address_of(new.lane_address) is None:
        return Refusal("lane_address", "读不懂的地址")
    return None


def differences(known: Place, new: NewPlace, values: Mapping[str, Any]) -> list[str]:
    """The names of the fields that a delivery changes; what it leaves empty stays as it was."""
    changed = [name for name in FIELDS if getattr(new, name) not in (None, "", getattr(known, name))]
    if not new.height_m and "height_guessed" in changed:
        changed.remove("height_guessed")
    if values["estate_id"] not in (None, known.estate_id):
        changed.append("estate")
    return changed


def address_of(text: str) -> Address | None:
    """The address in parts, or None where it cannot be read."""
    try:
        return addresses.parse(text)
    except ValueError:
        return None
