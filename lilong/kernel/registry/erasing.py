"""Erasing a person: the key is destroyed and the row blanked; only ids stay, to which the journal points."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from lilong.kit.ciphers import new_key

from .models import (
    Absence,
    Contact,
    Forgotten,
    Household,
    Ownership,
    Person,
    PersonHistory,
    PersonKey,
    Relation,
)


def wipe(person: Person, *, at: datetime) -> None:
    """Destroy everything held about the person, in the caller's transaction; residencies were ended before.

    SQLite is told to overwrite what is deleted; PostgreSQL drops dead rows when it vacuums. Older backups keep the
    sealed key until they are thrown away themselves.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    PersonKey.objects.filter(person=person).update(sealed_key=new_key())  # overwritten before it is deleted
    for model in (PersonKey, PersonHistory, Contact, Absence, Relation):
        model._default_manager.filter(person=person).delete()
    Ownership.objects.filter(person=person).update(owner_name="", person=None)
    Household.objects.filter(head=person).update(head=None)
    if person.id_hash:
        Forgotten.objects.get_or_create(id_hash=bytes(person.id_hash), defaults={"at": at})
    Person.objects.filter(id=person.id).update(
        name="",
        sex="",
        born_on=None,
        died_on=None,
        standing="",
        id_cipher=None,
        id_hash=None,
        phone_cipher=None,
        phone_hash=None,
        path="",
        erased_at=at,
    )
