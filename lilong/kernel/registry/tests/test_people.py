from __future__ import annotations

from datetime import date, timedelta

import pytest

from lilong.kernel.journal import queries as journal
from lilong.kernel.places import queries as places
from lilong.kernel.places.tests.town import build, worker
from lilong.kernel.registry import queries
from lilong.kernel.registry.actions import add_people, correct, record_death
from lilong.kernel.registry.models import Household, Person, PersonHistory, Residency
from lilong.kernel.registry.people import ids_by_number
from lilong.kernel.registry.vault import keys_of, opened

from .neighbours import AT, BY, add, number, someone

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def kinds(person_id: int) -> list[str]:
    return [fact.kind for fact in journal.about(("person", person_id), limit=50)]


def test_a_person_is_added_with_home_household_path_and_facts() -> None:
    ids = build()
    new = someone(home_id=ids["h502"], registered_id=ids["h101"], relation="02")
    (person_id,) = add(new)
    person = Person.objects.get(id=person_id)
    assert person.path == places.path_of(ids["h502"])
    assert [
        (row.kind, row.home_id, row.since, row.until, row.relation) for row in person.residencies.order_by("id")
    ] == [
        ("living", ids["h502"], None, None, "02"),
        ("registered", ids["h101"], None, None, "02"),
    ]
    assert set(Household.objects.values_list("home_id", "kind", "head_id")) == {
        (ids["h502"], "living", person_id),
        (ids["h101"], "registered", person_id),
    }
    assert sorted(kinds(person_id)) == ["person.added", "residency.began", "residency.began"]


def test_number_and_phone_stand_nowhere_in_clear_and_are_found_by_hash() -> None:
    new = someone()
    (person_id,) = add(new)
    held = Person.objects.filter(id=person_id).values().get()
    texts = {str(value) for value in held.values() if isinstance(value, str)}
    ciphers = [bytes(value) for value in held.values() if isinstance(value, bytes | memoryview)]
    assert len(ciphers) == 4
    for secret in (new.national_id, new.phone[3:]):
        assert not any(secret in text for text in texts)
        assert not any(secret.encode() in cipher for cipher in ciphers)
    assert ids_by_number({new.national_id, number(date(1950, 1, 1), 2)}) == {new.national_id: person_id}
    key = keys_of([person_id])[person_id]
    assert opened(key, "id", held["id_cipher"]) == new.national_id


def test_facts_about_a_person_hold_no_name_number_or_phone() -> None:
    ids = build()
    new = someone(home_id=ids["h502"])
    (person_id,) = add(new)
    add(someone(home_id=ids["h501"], name="王秀贞", phone="+8614000009999"))
    told = str([(fact.kind, fact.data) for fact in journal.about(("person", person_id), limit=50)])
    assert "person.changed" in told
    for secret in (new.name, "王秀贞", new.national_id, "14000009999"):
        assert secret not in told


def test_the_same_batch_again_changes_nothing() -> None:
    ids = build()
    batch = [someone(order, home_id=ids["h502"], registered_id=ids["h502"]) for order in (1, 2, 3)]
    first = add_people(batch, by=BY, at=AT)
    assert first.changed == {0, 1, 2}
    before = [len(kinds(person_id)) for person_id in first.ids.values()]
    again = add_people(batch, by=BY, at=AT + timedelta(days=1))
    assert (again.changed, again.ids) == (set(), first.ids)
    assert [len(kinds(person_id)) for person_id in first.ids.values()] == before
    assert Residency.objects.count() == 6


def test_a_changed_field_keeps_what_it_held_sealed_under_the_persons_key() -> None:
    (person_id,) = add(someone(name="王秀珍"))
    correct(person_id=person_id, values={"name": "王秀贞", "born_on": date(1941, 3, 9)}, by="account:7", at=AT)
    assert Person.objects.get(id=person_id).name == "王秀贞"
    rows = list(PersonHistory.objects.order_by("field"))
    key = keys_of([person_id])[person_id]
    assert [(row.field, row.by, opened(key, f"old {row.field}", row.old_cipher)) for row in rows] == [
        ("born_on", "account:7", "1941-03-08"),
        ("name", "account:7", "王秀珍"),
    ]
    fact = next(iter(journal.about(("person", person_id), limit=1)))
    assert (fact.kind, fact.data) == ("person.changed", {"fields": ["born_on", "name"]})


def test_an_empty_cell_overwrites_nothing_but_a_correction_may_clear() -> None:
    (person_id,) = add(someone())
    add(someone(phone="", standing="", name="王秀珍"))
    person = Person.objects.get(id=person_id)
    assert (person.phone_hash is not None, person.standing) == (True, "registered")
    correct(person_id=person_id, values={"phone": None, "standing": ""}, by=BY, at=AT)
    person.refresh_from_db()
    assert (person.phone_cipher, person.phone_hash, person.standing) == (None, None, "")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"phone": "12"}, "电话"),
        ({"national_id": "99000119410308002"}, "位数"),
        ({"born_on": date(2027, 1, 1)}, "将来"),
        ({"name": " "}, "姓名"),
        ({"sex": "X"}, "代码"),
        ({"ethnicity": "?"}, "no field"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_changes_nothing(values: dict[str, object], reason: str) -> None:
    (person_id,) = add(someone())
    before = Person.objects.values().get(id=person_id)
    with pytest.raises(ValueError, match=reason):
        correct(person_id=person_id, values=values, by=BY, at=AT)  # type: ignore[arg-type]
    assert Person.objects.values().get(id=person_id) == before


def test_a_newborn_without_a_number_is_known_by_name_and_birthday_at_home_and_gets_one_later() -> None:
    ids = build()
    baby = someone(name="王小宝", national_id="", phone="", born=date(2026, 10, 1), home_id=ids["h502"])
    (first,) = add(baby)
    (again,) = add(baby)
    assert first == again
    (other,) = add(someone(name="王小宝", national_id="", phone="", born=date(2026, 10, 1), home_id=ids["h501"]))
    assert other != first


def test_the_dead_live_nowhere_and_are_not_raised_by_an_older_list() -> None:
    ids = build()
    new = someone(home_id=ids["h502"], registered_id=ids["h502"])
    (person_id,) = add(new)
    assert queries.reachable([person_id], AT) == {person_id}
    record_death(person_id=person_id, on=date(2026, 11, 20), by=BY, at=AT)
    record_death(person_id=person_id, on=date(2026, 11, 20), by=BY, at=AT)
    add(new)
    assert queries.living_in([ids["h502"]], AT) == {}
    assert queries.reachable([person_id], AT) == set()
    assert Person.objects.get(id=person_id).died_on == date(2026, 11, 20)
    assert kinds(person_id).count("person.died") == 1
    assert Household.objects.filter(until=None).count() == 0


def test_what_has_not_happened_yet_is_not_recorded() -> None:
    (person_id,) = add(someone())
    with pytest.raises(ValueError, match="not happened"):
        record_death(person_id=person_id, on=date(2026, 12, 1), by=BY, at=AT)


def test_somebody_struck_off_as_moved_away_lives_nowhere_here() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"], registered_id=ids["h502"]))
    add(someone(home_id=ids["h502"], registered_id=ids["h502"], ended_on=date(2026, 11, 1)))
    assert queries.homes_of([person_id], AT) == {}
    assert set(Residency.objects.values_list("until", flat=True)) == {date(2026, 11, 1)}
    assert Person.objects.get(id=person_id).path == ""


def test_four_hundred_people_take_few_statements(django_assert_max_num_queries: object) -> None:
    ids = build()
    batch = [someone(order, home_id=ids["h502"], registered_id=ids["h501"]) for order in range(1, 401)]
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        add_people(batch, by=BY, at=AT)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        add_people(batch, by=BY, at=AT)


def test_the_history_tells_which_field_when_and_by_whom_within_the_scope() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"]))
    correct(person_id=person_id, values={"name": "王秀贞"}, by="account:7", at=AT)
    correct(person_id=person_id, values={"phone": ""}, by="account:8", at=AT + timedelta(hours=1))
    assert queries.history(worker(ids["A"]), person_id) == [
        queries.FieldChange("phone", AT + timedelta(hours=1), "account:8"),
        queries.FieldChange("name", AT, "account:7"),
    ]
    assert queries.history(worker(ids["B"]), person_id) == []
