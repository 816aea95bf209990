"""Whom to call about a person: added set-wise, name and phone sealed under that person's key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lilong.kernel.journal.actions import NewFact
from lilong.kit.portions import portions

from .models import Contact, Person
from .vault import hash_of, keys_of, opened, sealed


@dataclass(frozen=True)
class NewContact:
    """One contact of a person, known by name within that person; `phone` is checked already (E.164)."""

    person_id: int
    name: str
    phone: str
    relation: str = ""
    key_holder: bool = False


def put_contacts(batch: Sequence[NewContact], *, by: str, at: datetime) -> tuple[set[int], list[NewFact]]:
    """Contacts added or brought up to date: the positions that changed something, and the facts to be written."""
    person_ids = {new.person_id for new in batch}
    keys = keys_of(person_ids)
    paths = {
        person_id: path
        for some in portions(person_ids)
        for person_id, path in Person.objects.filter(id__in=some).values_list("id", "path")
    }
    there = {
        (row.person_id, bytes(row.contact_hash)): row
        for some in portions(person_ids)
        for row in Contact.objects.filter(person_id__in=some)
    }
    made: dict[tuple[int, bytes], Contact] = {}
    changed: set[int] = set()
    facts = []
    for position, new in enumerate(batch):
        key, sign = keys[new.person_id], (new.person_id, _hash(new))
        row = there.get(sign) or made.get(sign)
        if row is None:
            row = made[sign] = Contact(
                person_id=new.person_id, name_cipher=sealed(key, "contact name", new.name), contact_hash=sign[1]
            )
            kind, differs = "contact.added", True
        else:
            kind = "contact.changed"
            was = (opened(key, "contact phone", row.phone_cipher), row.relation, row.key_holder)
            differs = was != (new.phone, new.relation, new.key_holder)
        if differs:
            row.phone_cipher = sealed(key, "contact phone", new.phone)
            row.relation, row.key_holder = new.relation, new.key_holder
            changed.add(position)
            facts.append(NewFact(kind, ("person", new.person_id), by, at, paths.get(new.person_id, "")))
    Contact.objects.bulk_create(made.values())
    updated = [row for row in there.values() if any(_hash(batch[p]) == bytes(row.contact_hash) for p in changed)]
    Contact.objects.bulk_update(updated, ["phone_cipher", "relation", "key_holder"], batch_size=100)
    return changed, facts


def _hash(new: NewContact) -> bytes:
    return hash_of("contact", f"{new.person_id} {new.name}")
