"""Firms, offices and bodies: known by credit code, else by name at their place; and who is what to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from lilong.kernel.journal.actions import NewFact
from lilong.kernel.places import queries as places
from lilong.kit.portions import portions

from .models import Organisation, Relation

_KEPT = ("name", "kind", "place_id")


@dataclass(frozen=True)
class NewOrganisation:
    """One organisation; `code` is checked already (GB 32100, 18 characters) or empty, `place_id` where it sits."""

    name: str
    code: str = ""
    kind: str = ""
    place_id: int | None = None


def put(batch: Sequence[NewOrganisation], *, on: date, by: str, at: datetime) -> tuple[list[int], list[NewFact]]:
    """Organisations added or brought up to date: their ids in the order of the batch, and the facts to be written."""
    there = _known(batch)
    paths = places.paths_of({new.place_id for new in batch if new.place_id is not None})
    fresh = {
        _sign(new): Organisation(
            code=new.code or None,
            path=paths.get(new.place_id or 0, ""),
            opened_on=on,
            **{name: getattr(new, name) for name in _KEPT},
        )
        for new in batch
        if _sign(new) not in there
    }
    Organisation.objects.bulk_create(fresh.values())
    facts = [NewFact("organisation.added", ("organisation", row.id), by, at, row.path) for row in fresh.values()]
    for new in batch:
        row = there.get(_sign(new))
        fields = [name for name in _KEPT if row and getattr(new, name) and getattr(new, name) != getattr(row, name)]
        if row is None or not fields:
            continue
        for name in fields:
            setattr(row, name, getattr(new, name))
        row.path = paths.get(row.place_id or 0, row.path)
        row.save(update_fields=[*fields, "path"])
        facts.append(
            NewFact("organisation.changed", ("organisation", row.id), by, at, row.path, {"fields": sorted(fields)})
        )
    known = there | fresh
    return [known[_sign(new)].id for new in batch], facts


def tie(organisation_id: int, *, person_id: int | None, other_id: int | None, kind: str, since: date) -> bool:
    """Note what a person or another organisation is to one; False where that stood already."""
    told: dict[str, Any] = {
        "organisation_id": organisation_id,
        "person_id": person_id,
        "other_id": other_id,
        "kind": kind,
    }
    if Relation.objects.filter(**told, until=None).exists():
        return False
    Relation.objects.create(**told, since=since)
    return True


def _sign(new: NewOrganisation | Organisation) -> tuple[str, int | None]:
    return (new.code, None) if new.code else (new.name, new.place_id)


def _known(batch: Sequence[NewOrganisation]) -> dict[tuple[str, int | None], Organisation]:
    found: dict[tuple[str, int | None], Organisation] = {}
    for some in portions(batch):
        named = [new.name for new in some if not new.code]
        rows = Organisation.objects.filter(
            Q(code__in=[new.code for new in some if new.code]) | Q(code=None, name__in=named)
        )
        found |= {_sign(row): row for row in rows}
    return found
