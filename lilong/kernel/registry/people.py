"""Setting a batch of people against those we know: by identity number, or by name and birthday within the same home."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lilong.kernel.journal.actions import NewFact
from lilong.kernel.places import queries as places
from lilong.kit.identity import check_national_id
from lilong.kit.phones import check_phone
from lilong.kit.portions import portions

from .models import SEXES, STANDINGS, Forgotten, Person, PersonHistory, PersonKey, Residency
from .vault import hash_of, keys_of, new_key, opened, sealed, wrapped

PLAIN = ("name", "sex", "born_on", "standing")
"""Fields kept in clear; `national_id` and `phone` are sealed."""


@dataclass(frozen=True)
class NewPerson:
    """One person as a source tells of them. `national_id` and `phone` are checked already (18 characters, E.164).

    Empty text says that the source does not know. `home_id` is where the person lives, `registered_id` where the
    register book lies; None says nowhere here. `ended_on` with `died` ends everything on that day.
    """

    name: str
    national_id: str = ""
    sex: str = ""
    born_on: date | None = None
    phone: str = ""
    standing: str = ""
    home_id: int | None = None
    registered_id: int | None = None
    relation: str = ""
    ended_on: date | None = None
    died: bool = False


def known(batch: Sequence[NewPerson]) -> list[Person | None]:
    """Whom each of the batch is, in order; None for somebody new."""
    found = _by_number({new.national_id for new in batch if new.national_id})
    unnumbered = _unnumbered({home for new in batch if not new.national_id for home in _homes(new)})
    return [
        found.get(new.national_id)
        if new.national_id
        else next((unnumbered[sign] for sign in _signs(new) if sign in unnumbered), None)
        for new in batch
    ]


def ids_by_number(numbers: Collection[str]) -> dict[str, int]:
    """The people of these identity numbers (18 characters); unknown numbers are left out."""
    return {number: person.id for number, person in _by_number(numbers).items()}


def forgotten(numbers: Collection[str]) -> set[str]:
    """Those of the identity numbers that belong to people who were erased: they are not taken in again."""
    by_hash = {hash_of("national_id", number): number for number in numbers if number}
    return {
        by_hash[bytes(found)]
        for some in portions(by_hash)
        for found in Forgotten.objects.filter(id_hash__in=some).values_list("id_hash", flat=True)
    }


def create(batch: Sequence[NewPerson], *, by: str, at: datetime) -> tuple[list[Person], list[NewFact]]:
    """New people with their keys, in the order of the batch, and their facts `person.added`."""
    keys = [new_key() for _ in batch]
    paths = places.paths_of({home for new in batch for home in _homes(new)})
    people = Person.objects.bulk_create(
        [
            Person(
                **{name: getattr(new, name) for name in PLAIN},
                **_secret(key, "id", new.national_id),
                **_secret(key, "phone", new.phone),
                path=paths.get(new.home_id or new.registered_id or 0, ""),
                added_at=at,
            )
            for new, key in zip(batch, keys, strict=True)
        ]
    )
    PersonKey.objects.bulk_create([wrapped(person.id, key) for person, key in zip(people, keys, strict=True)])
    return people, [NewFact("person.added", ("person", person.id), by, at, person.path) for person in people]


def update(wanted: Sequence[tuple[Person, Mapping[str, Any]]], *, by: str, at: datetime) -> list[NewFact]:
    """Bring people in line with new values by field; olds go to the history, sealed. Gives facts `person.changed`."""
    changes = {
        person.id: (person, fields)
        for person, values in wanted
        if (fields := {name: value for name, value in values.items() if _differs(person, name, value)})
    }
    keys = keys_of(changes)
    history, facts, rows = [], [], []
    for person_id, (person, fields) in changes.items():
        key = keys[person_id]
        for name, value in fields.items():
            if old := plain_of(person, name, key):
                cipher = sealed(key, f"old {name}", old)
                history.append(PersonHistory(person=person, field=name, old_cipher=cipher, at=at, by=by))
            for column, content in _columns(name, value, key).items():
                setattr(person, column, content)
        rows.append(person)
        facts.append(NewFact("person.changed", ("person", person_id), by, at, person.path, {"fields": sorted(fields)}))
    PersonHistory.objects.bulk_create(history)
    columns = [*PLAIN, "id_cipher", "id_hash", "phone_cipher", "phone_hash"]
    Person.objects.bulk_update(rows, columns, batch_size=100)
    return facts


def told(new: NewPerson) -> dict[str, Any]:
    """The values a source really tells; what it leaves empty is not to overwrite anything."""
    return {name: value for name in (*PLAIN, "phone") if (value := getattr(new, name))}


def checked(values: Mapping[str, str | date | None], *, demo: bool, on: date) -> dict[str, Any]:
    """Values that somebody typed for fields of a person, as they are kept. Raises ValueError with what is wrong."""
    unknown = values.keys() - {*PLAIN, "phone", "national_id"}
    if unknown:
        raise ValueError(f"no field {sorted(unknown)[0]!r}")
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name == "born_on":
            if isinstance(value, str) or (value is not None and value > on):
                raise ValueError("出生日期在将来")
            kept[name] = value
        elif name == "phone":
            kept[name] = check_phone(str(value), demo) if value else ""
        elif name == "national_id":
            kept[name] = check_national_id(str(value), demo=demo).number if value else ""
        else:
            kept[name] = str(value or "").strip()
    if "name" in kept and not 0 < len(kept["name"]) <= 60:
        raise ValueError("姓名不能为空，也不能太长")
    if kept.get("sex", "") not in dict(SEXES) or kept.get("standing", "") not in dict(STANDINGS):
        raise ValueError("没有这个代码")
    return kept


def plain_of(person: Person, field: str, key: bytes | None) -> str:
    """The clear value of one field as text; dates as ISO 8601, empty where there is none."""
    if field == "national_id":
        return opened(key, "id", person.id_cipher)
    if field == "phone":
        return opened(key, "phone", person.phone_cipher)
    value = getattr(person, field)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _secret(key: bytes, field: str, text: str) -> dict[str, bytes | None]:
    kind = "national_id" if field == "id" else field
    return {f"{field}_cipher": sealed(key, field, text), f"{field}_hash": hash_of(kind, text) if text else None}


def _columns(name: str, value: Any, key: bytes) -> dict[str, Any]:
    if name in PLAIN:
        return {name: value}
    return dict(_secret(key, "id" if name == "national_id" else name, value))


def _differs(person: Person, name: str, value: Any) -> bool:
    if name in PLAIN:
        return bool(getattr(person, name) != value)
    there = person.id_hash if name == "national_id" else person.phone_hash
    return (bytes(there) if there else None) != (hash_of(name, value) if value else None)


def _by_number(numbers: Collection[str]) -> dict[str, Person]:
    by_hash = {hash_of("national_id", number): number for number in numbers}
    return {
        by_hash[bytes(row.id_hash)]: row
        for some in portions(by_hash)
        for row in Person.objects.filter(id_hash__in=some)
        if row.id_hash
    }


def _homes(new: NewPerson) -> Iterable[int]:
    return (home for home in (new.home_id, new.registered_id) if home is not None)


def _signs(new: NewPerson) -> Iterable[tuple[int, str, date | None]]:
    return ((home, new.name, new.born_on) for home in _homes(new))


def _unnumbered(homes: Collection[int]) -> dict[tuple[int, str, date | None], Person]:
    """People without an identity number (newborns) by home, name and birthday."""
    return {
        (row.home_id, row.person.name, row.person.born_on): row.person
        for some in portions(homes)
        for row in Residency.objects.filter(
            home_id__in=some, until=None, person__id_hash=None, person__erased_at=None
        ).select_related("person")
    }
