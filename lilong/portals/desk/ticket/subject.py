"""Whom a ticket is about, masked: the person, the household, whom to call; and their clear values when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lilong.kernel.access.roles import PURPOSES
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.registry import queries as registry
from lilong.kernel.registry.queries import ContactCard, PersonCard

OLD, VERY_OLD = 60, 80
MAY_ASK = ("phone", "address", "contacts", "name")  # what the drawer offers to show, the likeliest first


@dataclass(frozen=True)
class Subject:
    """The person with tags in words, the rest of the household, and the contacts; everything masked."""

    person: PersonCard
    tags: tuple[str, ...]
    household: tuple[PersonCard, ...]
    contacts: tuple[ContactCard, ...]
    purposes: tuple[tuple[str, Any], ...]

    @property
    def face(self) -> str:
        return self.person.name[:1]


def of_person(viewer: Viewer, person_id: int | None, *, at: datetime) -> Subject | None:
    """The subject of a ticket; None where it has none or the viewer may not see persons."""
    person = registry.person(viewer, person_id, at) if person_id else None
    if person is None:
        return None
    living = registry.living_in([person.home_id], at).get(person.home_id, []) if person.home_id else []
    others = registry.cards(viewer, [other for other in living if other != person.id], at)
    return Subject(
        person=person,
        tags=tuple(_tags(person)),
        household=tuple(others.values()),
        contacts=tuple(registry.contacts(viewer, person.id)),
        purposes=tuple((code, PURPOSES[code]) for code in PURPOSES if code in viewer.purposes),
    )


def clear_values(
    viewer: Viewer, person_id: int, *, fields: Sequence[str], purpose: str, at: datetime, route: str
) -> dict[str, Any]:
    """The clear values asked for, with a line in the read log; fields the drawer does not offer are left out."""
    wanted = [field for field in fields if field in MAY_ASK]
    return registry.reveal(viewer, person_id, fields=wanted, purpose=purpose, at=at, route=route)


def _tags(person: PersonCard) -> list[str]:
    tags = [_("独居")] if person.lives_alone else []
    if person.age is not None and person.age >= OLD:
        tags.append(_("%(age)s 岁以上") % {"age": VERY_OLD if person.age >= VERY_OLD else OLD})
    return tags
