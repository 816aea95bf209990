"""Who owns the homes: delivered home by home, and tied to a person where one of that name is known there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lilong.kernel.journal.actions import NewFact
from lilong.kernel.places import queries as places
from lilong.kit.portions import portions

from .columns import set_column
from .models import Ownership, Residency


@dataclass(frozen=True)
class NewOwner:
    """One owner of a home by name, with the share as a fraction; no share says owned in common."""

    name: str
    share: tuple[int, int] | None = None


def put_owners(
    owners: Mapping[int, Sequence[NewOwner]], *, on: date, by: str, at: datetime
) -> tuple[set[int], list[NewFact]]:
    """Make the owners of each home be as told: the homes that changed, and the facts to be written."""
    standing: dict[int, dict[NewOwner, Ownership]] = {home: {} for home in owners}
    for some in portions(owners):
        for row in Ownership.objects.filter(home_id__in=some, until=None):
            standing[row.home_id][_as_told(row)] = row
    ended = [row.id for home, told in owners.items() for owner, row in standing[home].items() if owner not in set(told)]
    begun = [
        Ownership(
            home_id=home,
            owner_name=owner.name,
            share_part=owner.share[0] if owner.share else None,
            share_whole=owner.share[1] if owner.share else None,
            since=on if standing[home] else None,
        )
        for home, told in owners.items()
        for owner in dict.fromkeys(told)
        if owner not in standing[home]
    ]
    changed = {row.home_id for row in begun} | {
        row.home_id for rows in standing.values() for row in rows.values() if row.id in set(ended)
    }
    for some in portions(ended):
        Ownership.objects.filter(id__in=some).update(until=on)
    Ownership.objects.bulk_create(begun)
    tie(changed)
    paths = places.paths_of(changed)
    return changed, [
        NewFact("ownership.changed", ("place", home), by, at, paths.get(home, ""), {"home": home, "owners": len(told)})
        for home, told in owners.items()
        if home in changed
    ]


def tie(home_ids: Collection[int]) -> None:
    """Tie owners known by name alone to the one person of that name who lives or is registered in the home."""
    loose = [
        row
        for some in portions(home_ids)
        for row in Ownership.objects.filter(home_id__in=some, until=None, person=None).exclude(owner_name="")
    ]
    named: dict[tuple[int, str], set[int]] = {}
    for some in portions({row.home_id for row in loose}):
        at_home = Residency.objects.filter(home_id__in=some, until=None)
        for home, name, person_id in at_home.values_list("home_id", "person__name", "person_id"):
            named.setdefault((home, name), set()).add(person_id)
    tied: dict[int, int] = {}
    for row in loose:
        found = named.get((row.home_id, row.owner_name), set())
        if len(found) == 1:
            tied[row.id] = next(iter(found))
    set_column(Ownership, "person", tied)


def _as_told(row: Ownership) -> NewOwner:
    whole = row.share_whole
    return NewOwner(row.owner_name, (row.share_part or 0, whole) if whole else None)
