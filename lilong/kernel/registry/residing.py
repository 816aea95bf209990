"""Where people live and are registered, settled set-wise: residencies end and begin, households and paths follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from lilong.kernel.journal.actions import NewFact
from lilong.kernel.places import queries as places
from lilong.kit.portions import portions

from .columns import set_column
from .models import Household, Person, Residency

HEADS = frozenset({"01", "02"})  # GB/T 4761: oneself, head of the household


@dataclass(frozen=True)
class Wanted:
    """Where one person shall live or be registered: a home, or None for nowhere here; `relation` by GB/T 4761."""

    person_id: int
    kind: str
    home_id: int | None
    relation: str = ""


def settle(
    wanted: Sequence[Wanted],
    *,
    on: date,
    new: Collection[int] = (),
    by: str,
    at: datetime,
) -> list[NewFact]:
    """Make open residencies be as wanted; gives the facts to be written, `residency.ended` before `residency.began`.

    A move ends on `on` and begins on `on`. People in `new` were not known before: theirs began before we knew, and
    they have their path already.
    Residencies of a person and kind that `wanted` does not name stay as they are.
    """
    people = {want.person_id for want in wanted}
    there = {(row.person_id, row.kind): row for row in open_residencies(people)}
    moves = [want for want in wanted if _differs(there.get((want.person_id, want.kind)), want)]
    households = _households(moves, on)
    ending: list[Residency] = []
    begun: list[Residency] = []
    kept: list[Residency] = []
    for want in moves:
        row = there.get((want.person_id, want.kind))
        if row is not None and row.home_id == want.home_id:
            row.relation = want.relation
            kept.append(row)
            continue
        if row is not None:
            ending.append(row)
        if want.home_id is not None:
            begun.append(
                Residency(
                    person_id=want.person_id,
                    home_id=want.home_id,
                    kind=want.kind,
                    household=households[want.home_id, want.kind],
                    relation=want.relation,
                    since=None if want.person_id in new else on,
                )
            )
    set_column(Residency, "relation", {row.id: row.relation for row in kept})
    set_column(Residency, "until", {row.id: on for row in ending})
    Residency.objects.bulk_create(begun)
    _close_empty_households({row.household_id for row in ending if row.household_id}, on)
    repath({row.person_id for row in (*ending, *begun)} - set(new))
    paths = places.paths_of({row.home_id for row in (*ending, *begun)})
    return [
        NewFact(
            kind,
            ("person", row.person_id),
            by,
            at,
            paths.get(row.home_id, ""),
            {"home": row.home_id, "residency": row.kind, "on": on.isoformat()},
        )
        for kind, rows in (("residency.ended", ending), ("residency.began", begun))
        for row in rows
    ]


def open_residencies(person_ids: Collection[int]) -> Iterable[Residency]:
    """The residencies of these people that have not ended."""
    for some in portions(person_ids):
        yield from Residency.objects.filter(person_id__in=some, until=None)


def repath(person_ids: Collection[int]) -> None:
    """Keep the path of people at that of the living home, else the registered one, else empty."""
    homes: dict[int, int] = {}
    for row in sorted(open_residencies(person_ids), key=lambda row: row.kind == "living"):
        homes[row.person_id] = row.home_id  # living comes last and wins
    paths = places.paths_of(set(homes.values()))
    wanted = {person_id: paths.get(homes.get(person_id, 0), "") for person_id in person_ids}
    standing = {
        person_id: path
        for some in portions(person_ids)
        for person_id, path in Person.objects.filter(id__in=some).values_list("id", "path")
    }
    set_column(Person, "path", {i: wanted[i] for i, path in standing.items() if path != wanted[i]})


def _differs(row: Residency | None, want: Wanted) -> bool:
    if row is None:
        return want.home_id is not None
    return row.home_id != want.home_id or (want.relation not in ("", row.relation))


def _households(moves: Iterable[Wanted], on: date) -> dict[tuple[int, str], Household]:
    """The open household of each home that somebody moves to, made where there is none; its head is kept."""
    needed = {(want.home_id, want.kind) for want in moves if want.home_id is not None}
    heads = {(want.home_id, want.kind): want.person_id for want in moves if want.relation in HEADS}
    homes = {home for home, _ in needed}
    found = {
        (row.home_id, row.kind): row
        for some in portions(homes)
        for row in Household.objects.filter(home_id__in=some, until=None)
    }
    made = [
        Household(home_id=home, kind=kind, since=on, head_id=heads.get((home, kind)))
        for home, kind in sorted(needed - found.keys())
    ]
    set_column(
        Household,
        "head",
        {row.id: heads[key] for key, row in found.items() if heads.get(key) not in (None, row.head_id)},
    )
    Household.objects.bulk_create(made)
    return found | {(row.home_id, row.kind): row for row in made}


def _close_empty_households(household_ids: Collection[int], on: date) -> None:
    left = Residency.objects.filter(household=OuterRef("pk"), until=None)
    Household.objects.filter(id__in=household_ids, until=None).filter(~Exists(left)).update(until=on)
