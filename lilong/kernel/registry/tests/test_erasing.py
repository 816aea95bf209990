from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as installed
from django.core.exceptions import PermissionDenied
from django.db import connection

from lilong.kernel.journal import queries as journal
from lilong.kernel.journal import sealer, verify
from lilong.kernel.places.tests.town import build, worker
from lilong.kernel.registry import queries
from lilong.kernel.registry.actions import (
    NewContact,
    NewOwner,
    add_contacts,
    add_people,
    correct,
    erase,
    set_absence,
    set_owners,
)
from lilong.kernel.registry.models import Absence, Contact, Ownership, Person, PersonHistory, PersonKey

from .neighbours import AT, BY, add, someone


def known_elder(ids: dict[str, int]) -> int:
    """Somebody of whom everything is held that can be."""
    (person_id,) = add(someone(home_id=ids["h502"], registered_id=ids["h502"], relation="02"))
    add_contacts([NewContact(person_id, "王思彤", "+8614000007737", "女儿")], by=BY, at=AT)
    set_owners({ids["h502"]: [NewOwner("王秀珍")]}, by=BY, at=AT)
    set_absence(person_id=person_id, home_id=ids["h502"], since=AT, until=AT + timedelta(days=1), by=BY, at=AT)
    correct(person_id=person_id, values={"name": "王秀贞"}, by=BY, at=AT)
    return person_id


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_leaves_ids_alone_and_the_journal_still_verifies() -> None:
    ids = build()
    person_id = known_elder(ids)
    viewer = worker(ids["A"])
    assert queries.person(viewer, person_id, AT) is not None
    erase(person_id=person_id, by="account:9", at=AT)
    erase(person_id=person_id, by="account:9", at=AT)
    person = Person.objects.get(id=person_id)
    assert (person.erased_at, person.name, person.born_on, person.path) == (AT, "", None, "")
    assert (person.id_cipher, person.id_hash, person.phone_cipher, person.phone_hash) == (None, None, None, None)
    for model in (PersonKey, PersonHistory, Contact, Absence):
        assert not model._default_manager.filter(person_id=person_id).exists()
    assert Ownership.objects.get().owner_name == ""
    assert queries.living_in([ids["h502"]], AT + timedelta(days=1)) == {}
    assert queries.person(viewer, person_id, AT) is None
    with pytest.raises(PermissionDenied):
        queries.reveal(viewer, person_id, fields=["name"], purpose="visit", at=AT)
    assert [fact.kind for fact in journal.about(("person", person_id), limit=1)] == ["person.erased"]
    sealer.seal_all()
    report = verify.check()
    assert report.ok, report.problems


@pytest.mark.django_db
def test_an_erased_person_is_not_brought_back_by_the_next_delivery() -> None:
    ids = build()
    person_id = known_elder(ids)
    erase(person_id=person_id, by=BY, at=AT)
    again = add_people([someone(home_id=ids["h502"]), someone(4, home_id=ids["h502"])], by=BY, at=AT)
    assert (again.forgotten, set(again.ids), again.changed) == ({0}, {1}, {1})
    assert Person.objects.filter(erased_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="looks into the file of SQLite; PostgreSQL clears by vacuum")
def test_nothing_of_an_erased_person_is_left_in_the_file_of_the_database() -> None:
    ids = build()
    (stays,) = add(someone(8, name="赵留下", home_id=ids["h501"]))
    (person_id,) = add(someone(name="欧阳消失", home_id=ids["h502"]))
    sealed_key = bytes(PersonKey.objects.get(person_id=person_id).sealed_key)

    def on_disk() -> bytes:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(connection.settings_dict["NAME"]).read_bytes()

    held = on_disk()
    assert "欧阳消失".encode() in held
    assert sealed_key in held
    erase(person_id=person_id, by=BY, at=AT)
    left = on_disk()
    assert "欧阳消失".encode() not in left
    assert sealed_key not in left
    assert "赵留下".encode() in left
    assert installed.LILONG_HOME
    assert stays
