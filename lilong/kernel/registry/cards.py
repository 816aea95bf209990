"""What the registry shows: people, contacts and owners masked, organisations and devices as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class PersonCard:
    """One person as pages show them before anybody gave a purpose: name, phone and address are masked."""

    id: int
    name: str
    sex: str
    age: int | None
    phone: str
    address: str
    home_id: int | None
    registered_id: int | None
    path: str
    lives_alone: bool
    away_until: datetime | None
    died_on: date | None


@dataclass(frozen=True)
class ContactCard:
    """Somebody to call about a person, masked."""

    id: int
    name: str
    relation: str
    phone: str
    key_holder: bool


@dataclass(frozen=True)
class OwnerCard:
    """One owner of a home, masked; without a share, owned in common."""

    name: str
    share: tuple[int, int] | None
    person_id: int | None


@dataclass(frozen=True)
class OrganisationRow:
    """One organisation; `code` is its credit code, empty where it has none."""

    id: int
    code: str
    name: str
    kind: str
    place_id: int | None
    path: str


@dataclass(frozen=True)
class FieldChange:
    """That a field of a person was changed, when and by whom; not what it held."""

    field: str
    at: datetime
    by: str


@dataclass(frozen=True)
class DeviceRow:
    """One device, for machines; `every_s` seconds between readings, `stream` empty where it sends none itself."""

    id: int
    code: str
    kind: str
    home_id: int | None
    path: str
    parent_code: str
    stream: str
    delivery: str
    every_s: int | None
    removed_on: date | None
