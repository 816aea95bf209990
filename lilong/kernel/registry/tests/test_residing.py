from __future__ import annotations

from datetime import date, timedelta

import hypothesis
import pytest
from django.db import transaction
from hypothesis import strategies as st

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.journal import queries as journal
from lilong.kernel.places import queries as places
from lilong.kernel.places.actions import merge
from lilong.kernel.places.tests.town import build, worker
from lilong.kernel.registry import queries
from lilong.kernel.registry.actions import (
    NewDevice,
    add_devices,
    end_absence,
    move_in,
    move_out,
    record_death,
    set_absence,
)
from lilong.kernel.registry.models import Absence, Device, Household, Person, Residency

from .neighbours import AT, BY, add, someone

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def path_of(person_id: int) -> str:
    return Person.objects.values_list("path", flat=True).get(id=person_id)


def test_a_move_ends_one_residency_begins_another_and_takes_the_path_along() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"]))
    later = AT + 3 * DAY
    move_in(person_id=person_id, home_id=ids["hx"], by=BY, at=later)
    assert queries.homes_of([person_id], AT) == {person_id: ids["h502"]}
    assert queries.homes_of([person_id], later) == {person_id: ids["hx"]}
    assert path_of(person_id) == places.path_of(ids["hx"])
    ended, began = (fact for fact in reversed(list(journal.about(("person", person_id), limit=2))))
    assert (ended.kind, ended.data["home"], began.kind, began.data["home"]) == (
        "residency.ended",
        ids["h502"],
        "residency.began",
        ids["hx"],
    )
    assert ended.path == places.path_of(ids["h502"])


def test_moving_to_where_one_lives_already_is_nothing() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"]))
    before = len(list(journal.about(("person", person_id), limit=50)))
    move_in(person_id=person_id, home_id=ids["h502"], by=BY, at=AT)
    assert len(list(journal.about(("person", person_id), limit=50))) == before


def test_who_lives_elsewhere_keeps_the_path_of_the_registered_home() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"], registered_id=ids["hx"]))
    move_out(person_id=person_id, by=BY, at=AT)
    assert path_of(person_id) == places.path_of(ids["hx"])
    move_out(person_id=person_id, kind="registered", by=BY, at=AT)
    assert path_of(person_id) == ""


def test_a_household_ends_when_the_last_of_it_has_left() -> None:
    ids = build()
    one, other = add(someone(2, home_id=ids["h502"]), someone(3, home_id=ids["h502"]))
    move_out(person_id=one, by=BY, at=AT)
    assert Household.objects.get().until is None
    move_out(person_id=other, by=BY, at=AT)
    assert Household.objects.get().until == date(2026, 11, 22)


def test_the_dead_move_nowhere() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"]))
    record_death(person_id=person_id, on=date(2026, 11, 22), by=BY, at=AT)
    with pytest.raises(ValueError, match="dead"):
        move_in(person_id=person_id, home_id=ids["hx"], by=BY, at=AT)


def test_people_and_devices_follow_when_committees_are_merged() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["hx"]))
    add_devices([NewDevice(code="m1", kind="water_meter", home_id=ids["hx"])], by=BY, at=AT)
    old_worker = worker(ids["A"])
    assert queries.person(old_worker, person_id, AT) is None
    merge(ids["B"], into=ids["A"], by=BY, at=AT, on=date(2026, 11, 22))
    assert path_of(person_id) == places.path_of(ids["hx"]) == Device.objects.get().path
    assert queries.person(old_worker, person_id, AT) is not None


def test_a_home_is_away_when_everybody_in_it_is_until_the_first_comes_back() -> None:
    ids = build()
    one, other = add(someone(2, home_id=ids["h502"]), someone(3, home_id=ids["h502"]))
    set_absence(person_id=one, home_id=ids["h502"], since=AT, until=AT + 5 * DAY, by=BY, at=AT)
    assert queries.away([ids["h502"]], AT) == {}
    set_absence(person_id=other, home_id=ids["h502"], since=AT, until=AT + 3 * DAY, by=BY, at=AT)
    assert queries.away([ids["h502"], ids["hx"]], AT) == {ids["h502"]: AT + 3 * DAY}
    assert queries.away([ids["h502"]], AT + 3 * DAY) == {}


def test_the_same_absence_twice_is_once_and_a_later_word_replaces_an_earlier() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"]))
    told = {"person_id": person_id, "home_id": ids["h502"], "since": AT, "by": BY, "at": AT}
    first = set_absence(until=AT + 5 * DAY, **told)
    assert set_absence(until=AT + 5 * DAY, **told) == first
    set_absence(until=AT + 2 * DAY, **told)
    assert queries.away([ids["h502"]], AT) == {ids["h502"]: AT + 2 * DAY}
    end_absence(person_id=person_id, by=BY, at=AT + DAY)
    assert queries.away([ids["h502"]], AT + DAY) == {}
    assert queries.away([ids["h502"]], AT + DAY / 2) == {ids["h502"]: AT + DAY}
    assert [fact.kind for fact in journal.about(("person", person_id), limit=3)] == [
        "absence.ended",
        "absence.set",
        "absence.set",
    ]
    with pytest.raises(ValueError, match="ends after it began"):
        set_absence(person_id=person_id, home_id=ids["h502"], since=AT, until=AT, by=BY, at=AT)
    assert Absence.objects.count() == 1


def test_residents_are_counted_under_each_place_of_the_scope() -> None:
    ids = build()
    add(someone(2, home_id=ids["h502"]), someone(3, home_id=ids["h101"]), someone(4, home_id=ids["hx"]))
    add(someone(5, registered_id=ids["h502"]))
    wanted = [ids["S"], ids["A"], ids["B"]]
    assert queries.residents_by(SYSTEM, wanted, AT) == {ids["S"]: 3, ids["A"]: 2, ids["B"]: 1}
    assert queries.residents_by(worker(ids["A"]), wanted, AT) == {ids["A"]: 2}


@hypothesis.settings(
    max_examples=25, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(
    moves=st.lists(st.tuples(st.sampled_from(["living", "registered"]), st.sampled_from(["h501", "h502", "hx", None])))
)
def test_whatever_the_moves_nobody_lives_twice_and_the_path_is_right(moves: list[tuple[str, str | None]]) -> None:
    with transaction.atomic():
        ids = build()
        (person_id,) = add(someone(home_id=ids["h101"], registered_id=ids["h101"]))
        last: dict[str, str | None] = {"living": "h101", "registered": "h101"}
        for days, (kind, home) in enumerate(moves):
            last[kind] = home
            if home is None:
                move_out(person_id=person_id, kind=kind, by=BY, at=AT + days * DAY)
            else:
                move_in(person_id=person_id, home_id=ids[home], kind=kind, by=BY, at=AT + days * DAY)
        standing = Residency.objects.filter(person_id=person_id, until=None).values_list("kind", "home_id")
        assert dict(standing) == {kind: ids[home] for kind, home in last.items() if home}
        code = last["living"] or last["registered"]
        assert path_of(person_id) == (places.path_of(ids[code]) if code else "")
        homes = set(Residency.objects.filter(until=None).values_list("household__home_id", "household__kind"))
        assert set(Household.objects.filter(until=None).values_list("home_id", "kind")) == homes
        transaction.set_rollback(True)
