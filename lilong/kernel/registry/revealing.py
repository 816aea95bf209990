"""The one door to clear values: scope, verb and purpose are asked for, and the read log is written first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal.actions import record_read
from lilong.kernel.places import queries as places

from .models import Contact, Person
from .people import plain_of
from .residing import open_residencies
from .vault import keys_of, opened

FIELDS = ("name", "phone", "national_id", "born_on", "address", "contacts")
"""What may be asked for; `contacts` gives a list of name, relation, phone and key_holder."""


def reveal(
    viewer: Viewer, person_id: int, *, fields: Collection[str], purpose: str, at: datetime, route: str = ""
) -> dict[str, Any]:
    """Clear values of one person by field, for a purpose the viewer may name; the read log says who, what and why.

    Raises PermissionDenied where scope, role or purpose lacks, ValueError for a field that is none of FIELDS.
    """
    if unknown := set(fields) - set(FIELDS):
        raise ValueError(f"no field {sorted(unknown)[0]!r} to reveal")
    person = Person.objects.filter(id=person_id, erased_at=None).first()
    allowed = viewer.individuals and viewer.may("people.reveal") and purpose in viewer.purposes
    if person is None or not allowed or not viewer.sees(person.path):
        raise PermissionDenied("this person's clear values are not for this viewer and purpose")
    wanted = [name for name in FIELDS if name in set(fields)]
    with transaction.atomic():
        record_read(
            by=viewer.by,
            at=at,
            subject=("person", person_id),
            fields=wanted,
            purpose=purpose,
            path=person.path,
            route=route,
        )
        key = keys_of([person_id]).get(person_id)
        return {name: _value(person, name, key) for name in wanted}


def _value(person: Person, name: str, key: bytes | None) -> Any:
    if name == "contacts":
        return [
            {
                "name": opened(key, "contact name", row.name_cipher),
                "relation": row.relation,
                "phone": opened(key, "contact phone", row.phone_cipher),
                "key_holder": row.key_holder,
            }
            for row in Contact.objects.filter(person=person, until=None).order_by("id")
        ]
    if name == "address":
        homes = {row.kind: row.home_id for row in open_residencies([person.id])}
        return places.label(homes.get("living") or homes.get("registered") or 0, upto="home")
    return plain_of(person, name, key)
