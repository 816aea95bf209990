"""Changing the ground: places are added set-wise, moved, merged and closed, and overlays drawn, each with its fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from lilong.kernel.journal.actions import NewFact, write, write_many
from lilong.kit.clock import SHANGHAI

from .growing import FIELDS, ORDER, NewPlace, Refusal, Standing, address_of, differences, refusal
from .housing import NewHome, stair_and_home
from .kinds import OVERLAY_KINDS, PLACE_KINDS
from .models import Overlay, OverlayMember, Place, PlaceAddress, PlaceAlias
from .paths import repath
from .queries import ids_by_code

__all__ = [
    "Added",
    "NewHome",
    "NewPlace",
    "Refusal",
    "add_homes",
    "add_overlay",
    "add_places",
    "close",
    "merge",
    "move",
    "set_members",
]


@dataclass
class Added:
    """What became of a batch: ids by code, the codes that were new or changed, and the refused ones with why."""

    ids: dict[str, int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    refused: dict[str, Refusal] = field(default_factory=dict)


@transaction.atomic
def add_places(batch: Sequence[NewPlace], *, by: str, at: datetime) -> Added:
    """Add places or bring them up to date, known by code, parents before children whatever their order.

    Set-wise: a handful of statements for each kind in the batch. Places that cannot be taken are refused one by one
    with a reason; doing it twice changes nothing. Facts `place.added`, `place.changed`, `place.moved`.
    """
    standing = Standing.around(batch)
    result = Added()
    facts: list[NewFact] = []
    for kind in sorted({new.kind for new in batch}, key=lambda kind: ORDER.get(kind, 0)):
        fresh: dict[str, NewPlace] = {}
        for new in (new for new in batch if new.kind == kind):
            if why := refusal(new, standing):
                result.refused[new.code] = why
            elif new.code not in standing.by_code:
                fresh[new.code] = new
            else:
                facts += _updated(new, standing, result, by, at)
        facts += _created(list(fresh.values()), standing, result, by, at)
    write_many(facts)
    return result


@transaction.atomic
def add_homes(batch: Sequence[NewHome], *, by: str, at: datetime) -> Added:
    """Add homes with the stairs they imply, or bring them up to date; what `Added` tells is of the homes, by code."""
    ids = ids_by_code({new.building for new in batch if new.building})
    standing = Place.objects.filter(kind="building", closed_on=None).in_bulk(set(ids.values()))
    buildings = {code: standing[place_id] for code, place_id in ids.items() if place_id in standing}
    wanted: dict[str, NewPlace] = {}
    refused: dict[str, Refusal] = {}
    for new in batch:
        made = stair_and_home(new, buildings)
        if isinstance(made, Refusal):
            refused[new.code] = made
        else:
            wanted |= {place.code: place for place in made}
    added = add_places(list(wanted.values()), by=by, at=at)
    homes = {new.code for new in batch}
    return Added(
        {code: place_id for code, place_id in added.ids.items() if code in homes},
        added.changed & homes,
        refused | {code: why for code, why in added.refused.items() if code in homes},
    )


def _created(fresh: list[NewPlace], standing: Standing, result: Added, by: str, at: datetime) -> Iterable[NewFact]:
    if not fresh:
        return []
    day = at.astimezone(SHANGHAI).date()
    made = Place.objects.bulk_create(
        [
            Place(
                kind=new.kind,
                code=new.code,
                path=f"new:{new.code}",
                parent_id=parent.id if (parent := standing.by_code.get(new.parent)) else None,
                estate_id=estate.id if (estate := standing.by_code.get(new.estate)) else None,
                opened_on=day,
                **{name: getattr(new, name) for name in FIELDS},
            )
            for new in fresh
        ]
    )
    above = Coalesce(Subquery(Place.objects.filter(id=OuterRef("parent_id")).values("path")), Value("/"))
    ids = [place.id for place in made]
    Place.objects.filter(id__in=ids).update(
        path=Concat(above, Cast("id", CharField()), Value("/"), output_field=CharField())
    )
    for place, new in zip(made, fresh, strict=True):
        parent = standing.by_code.get(new.parent)
        place.path = f"{parent.path if parent else '/'}{place.id}/"
        standing.by_code[new.code] = place
        result.ids[new.code] = place.id
        result.changed.add(new.code)
    _address(made)
    return [NewFact("place.added", ("place", place.id), by, at, place.path, {"kind": place.kind}) for place in made]


def _updated(new: NewPlace, standing: Standing, result: Added, by: str, at: datetime) -> list[NewFact]:
    known = standing.by_code[new.code]
    result.ids[new.code] = known.id
    estate = standing.by_code.get(new.estate)
    fields = differences(known, new, {"estate_id": estate.id if estate else None})
    facts: list[NewFact] = []
    if fields:
        for name in fields:
            setattr(known, name, estate if name == "estate" else getattr(new, name))
        known.save(update_fields=fields)
        if "lane_address" in fields:
            day = at.astimezone(SHANGHAI).date()
            known.addresses.filter(until=None).update(until=day)  # found by its old address too
            _address([known], since=day)
        facts.append(NewFact("place.changed", ("place", known.id), by, at, known.path, {"fields": fields}))
    parent = standing.by_code.get(new.parent)
    if parent is not None and parent.id != known.parent_id:
        facts.append(_moved(known, parent, by, at))
    if facts:
        result.changed.add(new.code)
    return facts


def _address(places: Iterable[Place], since: date | None = None) -> None:
    rows = []
    for place in places:
        if place.kind in ("building", "stair", "home") and (at := address_of(place.lane_address)):
            parts = (at.road or at.estate, at.lane, at.sub_lane, at.building, at.door)
            rows.append(PlaceAddress(place=place, since=since, **dict(zip(_PARTS, parts, strict=True))))
    PlaceAddress.objects.bulk_create(rows)


_PARTS = ("road", "lane", "sub_lane", "building", "door")


def _moved(place: Place, parent: Place, by: str, at: datetime) -> NewFact:
    """Hang a place under another parent with all that is below it, and say so."""
    old, new, was = place.path, f"{parent.path}{place.id}/", place.parent_id
    repath(old, new)
    place.parent, place.path = parent, new
    place.save(update_fields=["parent", "path"])
    return NewFact("place.moved", ("place", place.id), by, at, new, {"from": was, "to": parent.id, "old_path": old})


@transaction.atomic
def move(place_ids: Collection[int], *, to: int, by: str, at: datetime) -> None:
    """Hang places under another parent: a committee is split by moving some of its micro-grids to a new one.

    People, devices and whatever else keeps a path move along. Raises ValueError where the kinds do not fit.
    """
    parent = Place.objects.get(id=to)
    facts = []
    for place in Place.objects.filter(id__in=place_ids).exclude(parent_id=to).order_by("id"):
        if parent.kind not in PLACE_KINDS[place.kind].under or parent.closed_on:
            raise ValueError(f"a {place.kind} cannot stand under this {parent.kind}")
        facts.append(_moved(place, parent, by, at))
    write_many(facts)


@transaction.atomic
def merge(source_id: int, *, into: int, by: str, at: datetime, on: date) -> None:
    """Merge a committee (or micro-grid, or block grid) into another of its kind from a day on.

    What stood under it stands under the other; the merged place stays as a closed one, so that old facts still point
    somewhere, and its code leads to the other. Overlays keep covering exactly what they covered.
    """
    source, target = Place.objects.get(id=source_id), Place.objects.get(id=into)
    if source.closed_on and PlaceAlias.objects.filter(code=source.code, place=target).exists():
        return
    if source.kind != target.kind or source.id == target.id or source.closed_on or target.closed_on:
        raise ValueError("only two standing places of one kind can be merged")
    moved = list(source.children.values_list("id", flat=True))
    source.children.update(parent=target)
    repath(source.path, target.path)
    PlaceAlias.objects.filter(place=source).update(place=target)
    PlaceAlias.objects.create(code=source.code, place=target, since=source.opened_on, until=on)
    for member in OverlayMember.objects.filter(place=source, until=None):
        _join(member.overlay_id, moved, on)
    OverlayMember.objects.filter(place=source, until=None).update(until=on)
    source.closed_on = on
    source.save(update_fields=["closed_on"])
    data = {"into": target.id, "moved": moved, "old_path": source.path}
    write("place.merged", subject=("place", source.id), by=by, at=at, path=target.path, data=data)


@transaction.atomic
def close(place_id: int, *, by: str, at: datetime, on: date) -> int:
    """Close a place and all below it (a demolished building); gives how many closed. Nothing is deleted."""
    place = Place.objects.get(id=place_id)
    closed = Place.objects.filter(path__startswith=place.path, closed_on=None).update(closed_on=on)
    if closed:
        data = {"count": closed}
        write("place.closed", subject=("place", place.id), by=by, at=at, path=place.path, data=data)
    return closed


@transaction.atomic
def add_overlay(*, code: str, kind: str, name: str, by: str, at: datetime) -> int:
    """Draw an overlay, or find the one with this code; gives its id. Raises ValueError for an unknown kind."""
    if kind not in OVERLAY_KINDS:
        raise ValueError(f"{kind!r} is no kind of overlay: {', '.join(OVERLAY_KINDS)}")
    day = at.astimezone(SHANGHAI).date()
    overlay, new = Overlay.objects.get_or_create(code=code, defaults={"kind": kind, "name": name, "opened_on": day})
    if new:
        write("overlay.added", subject=("overlay", overlay.id), by=by, at=at, data={"kind": kind})
    return overlay.id


@transaction.atomic
def set_members(overlay_id: int, place_ids: Collection[int], *, by: str, at: datetime) -> None:
    """From today an overlay covers exactly these places and what is below them; what it covered before is kept."""
    day = at.astimezone(SHANGHAI).date()
    standing = OverlayMember.objects.filter(overlay_id=overlay_id, until=None)
    before = set(standing.values_list("place_id", flat=True))
    gone, come = before - set(place_ids), set(place_ids) - before
    if gone or come:
        standing.filter(place_id__in=gone).update(until=day)
        _join(overlay_id, sorted(come), day)
        data = {"joined": sorted(come), "left": sorted(gone)}
        write("overlay.changed", subject=("overlay", overlay_id), by=by, at=at, data=data)


def _join(overlay_id: int, place_ids: Iterable[int], since: date) -> None:
    """Cover more places; one that is covered already stays as it is."""
    OverlayMember.objects.bulk_create(
        [OverlayMember(overlay_id=overlay_id, place_id=place_id, since=since) for place_id in place_ids],
        ignore_conflicts=True,
    )
