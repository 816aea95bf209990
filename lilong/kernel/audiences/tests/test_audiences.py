"""An audience is kept answered: who enters and who leaves is derived, told once, and never stale."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.audiences import actions, queries
from lilong.kernel.audiences.actions import Change
from lilong.kernel.audiences.models import Member
from lilong.kernel.filters import FilterError, parse
from lilong.kernel.filters.queries import matching
from lilong.kernel.journal import queries as journal
from lilong.kernel.places.tests.town import build
from lilong.kernel.registry import actions as registry
from lilong.kernel.registry.tests.neighbours import AT, BY, add, someone

TEXT = "lives_alone AND age >= 60"
DAY = timedelta(days=1)


def told(audience):
    """The facts about an audience, oldest first: kind and data."""
    return [(fact.kind, fact.data) for fact in reversed(journal.about(("audience", audience), limit=50))]


def refresh(audience, subjects=None, at=AT):
    return actions.refresh(audience, subjects=subjects, by=BY, at=at)


@pytest.fixture
def town(db):
    return build()


@pytest.fixture
def elders(town):
    return actions.ensure("elders", TEXT, by=BY, at=AT)


def test_a_whole_refresh_finds_everybody_and_a_second_one_changes_and_tells_nothing(town, elders):
    elder, child = add(someone(2, home_id=town["h501"]), someone(3, born=date(2000, 1, 1), home_id=town["h502"]))
    assert refresh(elders) == Change(entered=frozenset({elder}))
    assert refresh(elders) == Change()
    assert queries.members(elders) == {elder}
    assert told(elders) == [
        ("audience.defined", {"name": "elders"}),
        ("audience.changed", {"name": "elders", "entered": [elder], "left": []}),
    ]
    assert child not in queries.members(elders)


def test_only_the_subjects_named_are_derived_again(town, elders):
    elder, other = add(someone(2, home_id=town["h501"]), someone(4, home_id=town["h502"]))
    assert refresh(elders, [elder]) == Change(entered=frozenset({elder}))
    assert queries.members(elders) == {elder}
    assert refresh(elders, []) == Change()
    registry.move_out(person_id=elder, by=BY, at=AT)
    assert refresh(elders, [elder, other]) == Change(entered=frozenset({other}), left=frozenset({elder}))


def test_who_died_or_was_erased_leaves(town, elders):
    one, two = add(someone(2, home_id=town["h501"]), someone(4, home_id=town["h502"]))
    refresh(elders)
    registry.record_death(person_id=one, on=date(2026, 11, 22), by=BY, at=AT)
    registry.erase(person_id=two, by=BY, at=AT)
    assert refresh(elders, [one, two]) == Change(left=frozenset({one, two}))
    assert queries.members(elders) == set()


def test_many_who_enter_are_told_in_facts_of_five_hundred(town, elders, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    people = add(*(someone(order, home_id=town[home]) for order, home in ((2, "h501"), (4, "h502"), (6, "h101"))))
    assert refresh(elders).entered == set(people)
    assert [len(data["entered"]) for kind, data in told(elders) if kind == "audience.changed"] == [2, 1]


def test_defining_twice_is_once_and_another_text_asks_for_a_whole_refresh(town, elders):
    (elder,) = add(someone(2, home_id=town["h501"]))
    refresh(elders)
    assert queries.due(AT) == []
    assert actions.ensure("elders", TEXT, by=BY, at=AT) == elders
    assert [kind for kind, _ in told(elders)].count("audience.defined") == 1
    assert actions.ensure("elders", "age >= 100", by=BY, at=AT) == elders
    assert queries.due(AT) == [elders]
    assert refresh(elders) == Change(left=frozenset({elder}))
    assert queries.by_name("elders") == elders
    assert queries.by_name("nobody") is None


def test_a_text_that_is_no_filter_or_a_name_that_is_no_code_defines_nothing(town):
    with pytest.raises(FilterError, match="没有“agee”这个名称"):
        actions.ensure("elders", "agee > 60", by=BY, at=AT)
    with pytest.raises(ValueError, match="a code"):
        actions.ensure("独居老人", TEXT, by=BY, at=AT)
    assert queries.by_name("elders") is None


def test_the_birthday_is_caught_by_the_refresh_at_the_midnight_that_passing_names(town, elders):
    (elder,) = add(someone(2, born=date(1966, 11, 24), home_id=town["h501"]))
    at = AT
    assert refresh(elders, at=at) == Change()
    for _ in range(2):
        at = queries.passing(elders, at)
        assert queries.due(at - timedelta(seconds=1)) == []
        assert queries.due(at) == [elders]
        change = refresh(elders, at=at)
    assert at == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert change == Change(entered=frozenset({elder}))
    assert Member.objects.get().since == at


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["in", "out", "day"]), st.integers(0, 2)), max_size=6)
)
def test_small_refreshes_add_up_to_a_whole_one(town, elders, steps):
    homes = [town["h501"], town["h502"], town["h101"]]
    with transaction.atomic():
        people = add(*(someone(order, born=date(1966, 11, 23), home_id=homes[0]) for order in (2, 4, 6)))
        at = AT
        for who, what, home in steps:
            if what == "in":
                registry.move_in(person_id=people[who], home_id=homes[home], by=BY, at=at)
            elif what == "out":
                registry.move_out(person_id=people[who], by=BY, at=at)
            else:
                at = queries.passing(elders, at)
            refresh(elders, people, at)
            assert queries.members(elders) == set(matching(parse(TEXT), SYSTEM, at))
            assert refresh(elders, at=at) == Change()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_who_refresh_at_once_tell_each_entry_once():
    town = build()
    elders = actions.ensure("elders", TEXT, by=BY, at=AT)
    people = add(*(someone(order, home_id=town[home]) for order, home in ((2, "h501"), (4, "h502"), (6, "h101"))))
    problems = []

    def go():
        try:
            refresh(elders)
        except Exception as problem:  # noqa: BLE001 - whatever goes wrong in the thread is the finding
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    entered = [one for kind, data in told(elders) if kind == "audience.changed" for one in data["entered"]]
    assert sorted(entered) == people
    assert queries.members(elders) == set(people)
