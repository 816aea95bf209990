"""What filters answer about people in a small town, to whom, and with what explanation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from lilong.kernel.access.viewer import SYSTEM, Viewer
from lilong.kernel.filters import parse
from lilong.kernel.filters.explaining import Clause, Evidence
from lilong.kernel.filters.queries import Count, count, explain, matching
from lilong.kernel.filters.turning import next_turn
from lilong.kernel.places.queries import paths_of
from lilong.kernel.places.tests.town import build, worker
from lilong.kernel.registry import actions as registry
from lilong.kernel.registry.tests.neighbours import AT, BY, add, someone

pytestmark = pytest.mark.django_db
ALONE = parse("lives_alone")
TODAY = date(2026, 11, 22)  # AT in Shanghai


@pytest.fixture
def town():
    return build()


def test_an_elder_lives_alone_until_somebody_moves_in_and_again_when_that_one_moves_out(town):
    elder, child = add(someone(2, home_id=town["h501"]), someone(3, born=date(1970, 1, 1), home_id=town["h502"]))
    assert matching(ALONE, SYSTEM, AT) == sorted([elder, child])
    registry.move_in(person_id=child, home_id=town["h501"], by=BY, at=AT)
    assert matching(ALONE, SYSTEM, AT) == []
    registry.move_out(person_id=child, by=BY, at=AT)
    assert matching(ALONE, SYSTEM, AT) == [elder]
    assert count(ALONE, SYSTEM, AT) == Count(yes=1, unknown=0)  # without path the child is nobody's to count


def test_a_widow_lives_alone_and_the_dead_are_in_no_audience(town):
    wife, husband = add(someone(2, home_id=town["h501"]), someone(3, home_id=town["h501"]))
    assert matching(ALONE, SYSTEM, AT) == []
    registry.record_death(person_id=husband, on=TODAY, by=BY, at=AT)
    assert matching(ALONE, SYSTEM, AT) == [wife]
    assert matching(parse("sex = 'M'"), SYSTEM, AT) == []


def test_of_somebody_registered_here_who_lives_elsewhere_it_is_unknown_whether_alone(town):
    (away,) = add(someone(2, registered_id=town["h501"]))
    assert count(ALONE, SYSTEM, AT) == Count(yes=0, unknown=1)
    assert matching(parse("registered_here AND NOT lives_here"), SYSTEM, AT) == [away]


def test_sixty_is_reached_on_the_birthday_in_shanghai(town):
    (elder,) = add(someone(2, born=date(1966, 11, 22), home_id=town["h501"]))
    sixty = parse("age >= 60")
    assert matching(sixty, SYSTEM, datetime(2026, 11, 21, 15, 59, tzinfo=UTC)) == []
    assert matching(sixty, SYSTEM, datetime(2026, 11, 21, 16, 0, tzinfo=UTC)) == [elder]


def test_age_of_somebody_without_a_birthday_is_unknown_whatever_is_asked(town):
    add(someone(2, born_on=None, national_id="", home_id=town["h501"]))
    for text in ("age >= 60", "NOT age >= 60", "age >= 60 OR age < 60"):
        assert count(parse(text), SYSTEM, AT) == Count(yes=0, unknown=1)
    assert count(parse("age IS NULL AND (age >= 60 OR lives_alone)"), SYSTEM, AT) == Count(yes=1, unknown=0)


def test_others_of_the_home_are_asked_and_oneself_is_not(town):
    young, old = add(
        someone(3, born=date(1980, 1, 1), home_id=town["h501"]), someone(2, born=date(1940, 1, 1), home_id=town["h501"])
    )
    assert matching(parse("any(resident, age >= 80)"), SYSTEM, AT) == [young]
    assert matching(parse("any(resident, age < 80)"), SYSTEM, AT) == [old]


def test_absences_count_within_whole_days_of_shanghai(town):
    (elder,) = add(someone(2, home_id=town["h501"]))
    midnight = datetime(2026, 10, 22, 16, 0, tzinfo=UTC)  # thirty days before AT's day
    for since in (midnight - timedelta(seconds=1), midnight, AT + timedelta(hours=1)):
        registry.set_absence(
            person_id=elder, home_id=town["h501"], since=since, until=since + timedelta(minutes=1), by=BY, at=AT
        )
    assert matching(parse("count(absence, '30d') = 1 AND count(absence) = 2"), SYSTEM, AT) == [elder]
    assert matching(parse("days_since(absence) = 30"), SYSTEM, AT) == [elder]
    assert matching(parse("NOT exists(absence, '29d') AND exists(absence, '30d')"), SYSTEM, AT) == [elder]


def test_a_viewer_gets_nobody_outside_the_scope_and_a_holder_of_a_link_gets_nobody(town):
    ours, theirs = add(someone(2, home_id=town["h501"]), someone(4, home_id=town["hx"]))
    assert matching(ALONE, SYSTEM, AT) == [ours, theirs]
    mine = worker(town["A"])
    assert matching(ALONE, mine, AT) == [ours]
    assert matching(ALONE, mine, AT, among=[ours, theirs]) == [ours]
    assert explain(ALONE, theirs, SYSTEM, AT) is not None
    assert explain(ALONE, theirs, mine, AT) is None
    holder = Viewer(by="link:3", case=1, individuals=True)
    assert matching(ALONE, holder, AT) == []
    assert count(ALONE, holder, AT) == Count(yes=0, unknown=0)


def test_counts_are_exact_within_the_scope_and_fewer_than_five_are_not_told_outside_it(town):
    add(*(someone(order, home_id=town["hx"]) for order in range(2, 6)))
    add(someone(8, home_id=town["h501"]), someone(10, registered_id=town["h501"]))
    women, mine, there = parse("sex = 'F'"), worker(town["A"]), paths_of([town["B"]])[town["B"]]
    assert count(women, mine, AT) == Count(yes=2, unknown=0)
    assert count(women, mine, AT, inside=there) == Count(yes=None, unknown=None)
    assert count(women, worker(town["S"]), AT, inside=there) == Count(yes=2, unknown=0)
    add(*(someone(order, home_id=town["hy"]) for order in (20, 22, 24)))
    assert count(women, mine, AT, inside=there) == Count(yes=5, unknown=None)


def test_without_the_right_to_individuals_no_list_no_explanation_and_no_small_number(town):
    (elder,) = add(someone(2, home_id=town["h501"]))
    department = replace(worker(town["S"], role="department"), individuals=False)
    assert count(ALONE, department, AT) == Count(yes=None, unknown=None)
    with pytest.raises(PermissionDenied, match="您的角色不能查看个人"):
        matching(ALONE, department, AT)
    with pytest.raises(PermissionDenied, match="您的角色不能查看个人"):
        explain(ALONE, elder, department, AT)


def test_an_explanation_shows_each_clause_with_its_truth_and_evidence_down_to_the_definition(town):
    wife, husband = add(
        someone(2, born=date(1966, 1, 1), home_id=town["h501"]), someone(3, born_on=None, home_id=town["h501"])
    )
    expr = parse("lives_alone AND age >= 60 OR any(resident, age >= 80)")
    assert explain(expr, wife, SYSTEM, AT) == Clause(
        "(lives_alone AND age >= 60) OR any(resident, age >= 80)",
        None,
        (),
        (
            Clause(
                "lives_alone AND age >= 60",
                False,
                (),
                (
                    Clause(
                        "lives_alone",
                        False,
                        (Evidence("lives_alone", "独居", False, "居住关系"),),
                        (
                            Clause(
                                "NOT any(resident, TRUE)",
                                False,
                                (),
                                (Clause("any(resident, TRUE)", True, (Evidence("resident", "同住的其他人", 1, ""),)),),
                            ),
                        ),
                    ),
                    Clause("age >= 60", True, (Evidence("age", "年龄（周岁）", 60, "出生日期"),)),
                ),
            ),
            Clause("any(resident, age >= 80)", None, (Evidence("resident", "同住的其他人", 0, ""),)),
        ),
    )
    assert explain(parse("lives_alone OR age >= 60"), husband, SYSTEM, AT).missing == {"age"}
    assert explain(expr, wife, SYSTEM, AT).missing == {"resident"}


def test_an_explanation_names_the_newest_record_it_rests_on(town):
    (elder,) = add(someone(2, home_id=town["h501"]))
    absence = registry.set_absence(
        person_id=elder, home_id=town["h501"], since=AT, until=AT + timedelta(days=2), by=BY, at=AT
    )
    clause = explain(parse("latest(absence, until) > DATE('2026-11-23')"), elder, SYSTEM, AT)
    assert clause.truth is True
    until = AT + timedelta(days=2)
    assert clause.evidence == (Evidence("latest(absence, until)", "外出报备", until, f"absence:{absence}"),)


def test_time_alone_next_matters_at_midnight_in_shanghai_or_when_an_absence_turns(town):
    (elder,) = add(someone(2, home_id=town["h501"]))
    midnight = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    back = AT + timedelta(hours=2)
    assert next_turn(parse("age >= 60"), AT) == midnight
    assert next_turn(parse("away"), AT) == midnight
    registry.set_absence(person_id=elder, home_id=town["h501"], since=AT, until=back, by=BY, at=AT)
    assert next_turn(parse("NOT any(resident, away)"), AT) == back
    assert matching(parse("away"), SYSTEM, back - timedelta(seconds=1)) == [elder]
    assert matching(parse("away"), SYSTEM, back) == []
    assert next_turn(parse("away"), back) == midnight
