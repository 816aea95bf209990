"""Reading who is who: masked for everybody, in clear by `reveal` alone, and plain ids for the program itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Q, QuerySet

from lilong.kernel.access import masking, scope
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.places import queries as places
from lilong.kit.ages import age
from lilong.kit.clock import SHANGHAI
from lilong.kit.portions import portions

from .cards import ContactCard, DeviceRow, FieldChange, OrganisationRow, OwnerCard, PersonCard
from .models import Absence, Contact, Device, Organisation, Ownership, Person, PersonHistory, Residency
from .revealing import reveal
from .vault import hash_of, keys_of, opened

__all__ = [
    "ContactCard",
    "DeviceRow",
    "FieldChange",
    "OrganisationRow",
    "OwnerCard",
    "PersonCard",
    "away",
    "cards",
    "contacts",
    "device_by_token",
    "devices",
    "devices_by_code",
    "history",
    "homes_of",
    "living_in",
    "organisation",
    "owners",
    "person",
    "reachable",
    "residents_by",
    "reveal",
]


def person(viewer: Viewer, person_id: int, at: datetime) -> PersonCard | None:
    """One person, masked; None where there is none within the viewer's scope, or the viewer may not see persons."""
    return cards(viewer, [person_id], at).get(person_id)


def cards(viewer: Viewer, person_ids: Collection[int], at: datetime) -> dict[int, PersonCard]:
    """The same for many, by id, in a handful of statements."""
    rows = _seen(viewer, person_ids)
    keys = keys_of(rows)
    homes, registered = homes_of(rows, at), homes_of(rows, at, kind="registered")
    labels = places.labels({*homes.values(), *registered.values()})
    company = living_in(set(homes.values()), at)
    absent = _absent(Q(person_id__in=list(rows)), at)
    return {
        person_id: PersonCard(
            id=person_id,
            name=masking.name(row.name),
            sex=row.sex,
            age=age(row.born_on, row.died_on or _day(at)) if row.born_on else None,
            phone=masking.phone(opened(keys.get(person_id), "phone", row.phone_cipher)),
            address=labels.get(homes.get(person_id) or registered.get(person_id) or 0, ""),
            home_id=homes.get(person_id),
            registered_id=registered.get(person_id),
            path=row.path,
            lives_alone=company.get(homes.get(person_id, 0)) == [person_id],
            away_until=absent.get(person_id),
            died_on=row.died_on,
        )
        for person_id, row in rows.items()
    }


def contacts(viewer: Viewer, person_id: int) -> list[ContactCard]:
    """Whom to call about a person, in order, masked; none outside the viewer's scope."""
    if person_id not in _seen(viewer, [person_id]):
        return []
    key = keys_of([person_id]).get(person_id)
    return [
        ContactCard(
            id=row.id,
            name=masking.name(opened(key, "contact name", row.name_cipher)),
            relation=row.relation,
            phone=masking.phone(opened(key, "contact phone", row.phone_cipher)),
            key_holder=row.key_holder,
        )
        for row in Contact.objects.filter(person_id=person_id, until=None).order_by("id")
    ]


def owners(viewer: Viewer, home_id: int) -> list[OwnerCard]:
    """The owners of a home, masked; none outside the viewer's scope."""
    if not (viewer.individuals and viewer.may("people.read") and places.place(viewer, home_id)):
        return []
    return [
        OwnerCard(
            name=masking.name(row.owner_name),
            share=(row.share_part or 0, row.share_whole) if row.share_whole else None,
            person_id=row.person_id,
        )
        for row in Ownership.objects.filter(home_id=home_id, until=None).order_by("id")
    ]


def organisation(viewer: Viewer, organisation_id: int) -> OrganisationRow | None:
    """One organisation; None where there is none within the viewer's scope."""
    rows = scope.limit(Organisation.objects.filter(id=organisation_id), viewer)
    return next(
        (OrganisationRow(row.id, row.code or "", row.name, row.kind, row.place_id, row.path) for row in rows), None
    )


def history(viewer: Viewer, person_id: int) -> list[FieldChange]:
    """Which fields of a person were changed, when and by whom, newest first; what they held stays sealed."""
    if person_id not in _seen(viewer, [person_id]):
        return []
    rows = PersonHistory.objects.filter(person_id=person_id).order_by("-id")
    return [FieldChange(row.field, row.at, row.by) for row in rows]


def living_in(home_ids: Collection[int], at: datetime) -> dict[int, list[int]]:
    """Who lives in homes at a moment: living people's ids by home, ascending; empty homes are left out."""
    found: dict[int, list[int]] = {}
    for some in portions(home_ids):
        rows = _residing(at, kind="living").filter(home_id__in=some).order_by("home_id", "person_id")
        for home, person_id in rows.values_list("home_id", "person_id"):
            found.setdefault(home, []).append(person_id)
    return found


def homes_of(person_ids: Collection[int], at: datetime, *, kind: str = "living") -> dict[int, int]:
    """The home each person lives in at a moment (or is `registered` in); people without one are left out."""
    return {
        person_id: home
        for some in portions(person_ids)
        for person_id, home in _residing(at, kind=kind).filter(person_id__in=some).values_list("person_id", "home_id")
    }


def residents_by(viewer: Viewer, place_ids: Collection[int], at: datetime) -> dict[int, int]:
    """How many people live under each place within the viewer's scope; a place outside it is left out."""
    paths = {place_id: path for place_id, path in places.paths_of(place_ids).items() if viewer.sees(path)}
    counted = _residing(at, kind="living").filter(person__erased_at=None)
    return {place_id: counted.filter(person__path__startswith=path).count() for place_id, path in sorted(paths.items())}


def away(home_ids: Collection[int], at: datetime) -> dict[int, datetime]:
    """The homes where everybody who lives there is known to be away, each with the moment the first comes back."""
    people = living_in(home_ids, at)
    absent: dict[int, datetime] = {}
    for some in portions({person_id for living in people.values() for person_id in living}):
        absent |= _absent(Q(person_id__in=some), at)
    return {
        home: min(absent[person_id] for person_id in living)
        for home, living in people.items()
        if all(person_id in absent for person_id in living)
    }


def reachable(person_ids: Collection[int], at: datetime) -> set[int]:
    """Those of the people who may be contacted: alive, not erased, and living or registered here at the moment."""
    day = _day(at)
    return {
        person_id
        for some in portions(person_ids)
        for person_id in Residency.objects.filter(_open_on(day), person_id__in=some, person__erased_at=None)
        .exclude(person__died_on__lte=day)
        .values_list("person_id", flat=True)
    }


def devices(ids: Collection[int] | None = None) -> list[DeviceRow]:
    """Every device, or those of these ids, removed ones too, by id."""
    rows = Device.objects.select_related("parent").order_by("id")
    if ids is None:
        return [_device(row) for row in rows]
    return [_device(row) for some in portions(sorted(ids)) for row in rows.filter(id__in=some)]


def devices_by_code(codes: Collection[str]) -> dict[str, DeviceRow]:
    """Devices by code, removed ones too; unknown codes are left out."""
    rows = Device.objects.select_related("parent")
    return {row.code: _device(row) for some in portions(codes) for row in rows.filter(code__in=some)}


def device_by_token(token: str) -> DeviceRow | None:
    """The device in use that a token belongs to."""
    rows = Device.objects.select_related("parent").filter(token_hash=hash_of("device token", token), removed_on=None)
    return next((_device(row) for row in rows), None)


def _seen(viewer: Viewer, person_ids: Collection[int]) -> dict[int, Person]:
    """Those of the people whom the viewer may see at all, masked."""
    if not (viewer.individuals and viewer.may("people.read")):
        return {}
    return {
        row.id: row
        for some in portions(person_ids)
        for row in scope.limit(Person.objects.filter(id__in=some, erased_at=None), viewer)
    }


def _device(row: Device) -> DeviceRow:
    parent = row.parent.code if row.parent else ""
    return DeviceRow(
        row.id, row.code, row.kind, row.home_id, row.path, parent, row.stream, row.delivery, row.every_s, row.removed_on
    )


def _residing(at: datetime, *, kind: str) -> QuerySet[Residency]:
    day = _day(at)
    return Residency.objects.filter(_open_on(day), kind=kind).exclude(person__died_on__lte=day)


def _open_on(day: date) -> Q:
    return (Q(since=None) | Q(since__lte=day)) & (Q(until=None) | Q(until__gt=day))


def _absent(whom: Q, at: datetime) -> dict[int, datetime]:
    rows = Absence.objects.filter(whom, since__lte=at, until__gt=at).order_by("until")
    return dict(rows.values_list("person_id", "until"))


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
