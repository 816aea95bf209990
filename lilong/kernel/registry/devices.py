"""Meters, gateways and sensors: added set-wise, each with a token of its own, replaced and never forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lilong.kernel.journal.actions import NewFact
from lilong.kernel.places import queries as places
from lilong.kit.portions import portions

from .models import Device
from .vault import hash_of

_KEPT = ("kind", "home_id", "stream", "delivery", "every_s")


@dataclass(frozen=True)
class NewDevice:
    """One device, known by its code; `home_id` is the place it serves, `parent` the code of its gateway.

    `delivery` is `live` or `nightly`; `every_s` the seconds between two readings.
    """

    code: str
    kind: str
    home_id: int | None = None
    parent: str = ""
    stream: str = ""
    delivery: str = "live"
    every_s: int | None = None
    installed_on: date | None = None


def put(batch: Sequence[NewDevice], *, by: str, at: datetime) -> tuple[dict[str, int], set[str], list[NewFact]]:
    """Devices added or brought up to date: ids by code, the codes that changed, and the facts to be written.

    A parent may stand in the same batch. A removed device stays removed.
    """
    wanted = {new.code: new for new in batch}
    there = {row.code: row for row in by_codes(wanted.keys() | {new.parent for new in batch if new.parent})}
    paths = places.paths_of({new.home_id for new in batch if new.home_id is not None})
    added: set[str] = set()
    for of_gateway in (False, True):  # a gateway before what sends through it
        fresh = [
            Device(
                code=new.code,
                installed_on=new.installed_on,
                path=_path(new, paths),
                parent_id=there[new.parent].id if new.parent in there else None,
                **_kept(new),
            )
            for new in wanted.values()
            if new.code not in there and bool(new.parent) == of_gateway
        ]
        there |= {row.code: row for row in Device.objects.bulk_create(fresh)}
        added |= {row.code for row in fresh}
    changed, facts = [], []
    for code, new in wanted.items():
        row = there[code]
        fields = [] if code in added or row.removed_on else [n for n, v in _kept(new).items() if getattr(row, n) != v]
        for name in fields:
            setattr(row, name, getattr(new, name))
        parent = there.get(new.parent)
        if row.parent_id != (parent.id if parent else None) and not row.removed_on:
            row.parent = parent
            fields.append("parent")
        if fields:
            row.path = _path(new, paths)
            changed.append(row)
        if code in added:
            facts.append(_fact("device.added", row, by, at, kind=row.kind))
        elif fields:
            facts.append(_fact("device.changed", row, by, at, fields=fields))
    Device.objects.bulk_update(changed, [*_KEPT, "parent", "path"], batch_size=100)
    ids = {code: there[code].id for code in wanted}
    return ids, added | {row.code for row in changed}, facts


def by_codes(codes: Collection[str]) -> list[Device]:
    """The devices of these codes, removed ones too."""
    return [row for some in portions(codes) for row in Device.objects.filter(code__in=some)]


def give_tokens(rows: Sequence[Device], *, by: str, at: datetime) -> tuple[dict[str, str], list[NewFact]]:
    """A fresh token for each device, by code; this is the one time they are seen. What they had no longer opens."""
    tokens = {row.code: secrets.token_urlsafe(24) for row in rows}
    for row in rows:
        row.token_hash = hash_of("device token", tokens[row.code])
    Device.objects.bulk_update(rows, ["token_hash"], batch_size=100)
    return tokens, [_fact("device.token_given", row, by, at) for row in rows]


def remove(row: Device, *, on: date, by: str, at: datetime, **data: int) -> NewFact:
    """The device is gone from a day on: its token opens nothing any more."""
    row.removed_on, row.token_hash = on, None
    row.save(update_fields=["removed_on", "token_hash"])
    return _fact("device.removed", row, by, at, **data)


def replace(row: Device, code: str, *, on: date, by: str, at: datetime) -> tuple[Device, list[NewFact]]:
    """A new device takes the place, gateway and rhythm of another, which is gone from that day on."""
    new = Device.objects.create(
        code=code,
        parent_id=row.parent_id,
        path=row.path,
        replaces=row,
        installed_on=on,
        **{name: getattr(row, name) for name in _KEPT},
    )
    gone = remove(row, on=on, by=by, at=at, replaced_by=new.id)
    return new, [gone, _fact("device.added", new, by, at, kind=new.kind, replaces=row.id)]


def _kept(new: NewDevice) -> dict[str, object]:
    return {name: getattr(new, name) for name in _KEPT}


def _path(new: NewDevice, paths: dict[int, str]) -> str:
    return paths.get(new.home_id or 0, "")


def _fact(what: str, row: Device, by: str, at: datetime, **data: object) -> NewFact:
    return NewFact(what, ("device", row.id), by, at, row.path, {"home": row.home_id, **data})
