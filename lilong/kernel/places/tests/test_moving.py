from __future__ import annotations

from datetime import date, timedelta

import pytest

from lilong.kernel.access import actions as access
from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.journal import queries as journal
from lilong.kernel.places import queries
from lilong.kernel.places.actions import NewPlace, add_overlay, add_places, merge, move, set_members
from lilong.kernel.places.models import Place, PlaceAlias

from .town import AT, BY, build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def test_a_merged_committee_puts_everything_below_the_other_and_keeps_its_code() -> None:
    ids = build()
    old_path = queries.path_of(ids["B"])
    merge(ids["B"], into=ids["A"], by=BY, at=AT, on=TODAY)
    a_path = queries.path_of(ids["A"])
    assert Place.objects.get(code="hx").path.startswith(f"{a_path}{ids['B1']}/")
    assert Place.objects.get(code="B1").parent_id == ids["A"]
    assert not Place.objects.filter(path__startswith=old_path).exclude(id=ids["B"]).exists()
    assert queries.by_code("B") == ids["A"]
    assert Place.objects.get(code="B").closed_on == TODAY
    assert list(PlaceAlias.objects.values_list("code", "place_id", "until")) == [("B", ids["A"], TODAY)]
    fact = next(iter(journal.about(("place", ids["B"]), limit=1)))
    assert fact.kind == "place.merged"
    assert fact.data == {"into": ids["A"], "moved": [ids["B1"], ids["B2"]], "old_path": old_path}


def test_merging_twice_does_no_harm_and_a_chain_of_mergers_leads_to_the_last() -> None:
    ids = build()
    add_places([NewPlace(code="C", kind="committee", name="澄湾三居", parent="J")], by=BY, at=AT)
    ids |= queries.ids_by_code(["C"])
    merge(ids["B"], into=ids["A"], by=BY, at=AT, on=TODAY)
    merge(ids["B"], into=ids["A"], by=BY, at=AT, on=TODAY)
    merge(ids["A"], into=ids["C"], by=BY, at=AT, on=TODAY)
    assert queries.ids_by_code(["A", "B", "C"]) == dict.fromkeys("ABC", ids["C"])
    assert Place.objects.get(code="hx").path.startswith(queries.path_of(ids["C"]))


def test_only_two_standing_places_of_one_kind_are_merged() -> None:
    ids = build()
    for source, target in (("A1", "B"), ("A", "A")):
        with pytest.raises(ValueError, match="one kind"):
            merge(ids[source], into=ids[target], by=BY, at=AT, on=TODAY)


def test_files_with_the_old_code_still_find_the_committee_but_do_not_raise_it_again() -> None:
    ids = build()
    merge(ids["B"], into=ids["A"], by=BY, at=AT, on=TODAY)
    added = add_places(
        [
            NewPlace(code="B", kind="committee", name="澄湾二居", parent="J"),
            NewPlace(code="B3", kind="micro_grid", name="二居三格", parent="B"),
        ],
        by=BY,
        at=AT,
    )
    assert added.refused["B"].reason == "这个编码已经撤销"
    assert Place.objects.get(code="B3").parent_id == ids["A"]


def test_a_committee_is_split_by_moving_micro_grids() -> None:
    ids = build()
    add_places([NewPlace(code="C", kind="committee", name="澄湾三居", parent="J")], by=BY, at=AT)
    new = queries.by_code("C")
    assert new is not None
    move([ids["B1"]], to=new, by=BY, at=AT)
    move([ids["B1"]], to=new, by=BY, at=AT)
    assert queries.ancestor(ids["hx"], "committee") == new
    assert queries.ancestor(ids["B2"], "committee") == ids["B"]
    assert [fact.kind for fact in journal.about(("place", ids["B1"]), limit=9)] == ["place.moved", "place.added"]
    with pytest.raises(ValueError, match="cannot stand under"):
        move([ids["A1-8"]], to=ids["S"], by=BY, at=AT)


def test_an_overlay_covers_places_from_a_day_until_a_day() -> None:
    ids = build()
    overlay = add_overlay(code="P1", kind="police_beat", name="第一警务区", by=BY, at=AT)
    assert add_overlay(code="P1", kind="police_beat", name="第一警务区", by=BY, at=AT) == overlay
    set_members(overlay, [ids["A1"], ids["B1"]], by=BY, at=AT)
    later = AT + timedelta(days=10)
    set_members(overlay, [ids["A1"]], by=BY, at=later)
    paths = queries.paths_of([ids["A1"], ids["B1"]])
    assert queries.overlay_paths("P1", TODAY) == frozenset(paths.values())
    assert queries.overlay_paths("P1", TODAY + timedelta(days=10)) == {paths[ids["A1"]]}
    assert queries.overlay_paths("P1", TODAY - timedelta(days=1)) == frozenset()
    with pytest.raises(ValueError, match="no kind of overlay"):
        add_overlay(code="P2", kind="choir", name="合唱团", by=BY, at=AT)


def test_an_overlay_over_a_merged_committee_goes_on_covering_exactly_what_it_did() -> None:
    ids = build()
    overlay = add_overlay(code="D1", kind="doctor_team", name="家庭医生一队", by=BY, at=AT)
    set_members(overlay, [ids["B"]], by=BY, at=AT)
    merge(ids["B"], into=ids["A"], by=BY, at=AT + timedelta(days=1), on=TODAY + timedelta(days=1))
    covered = queries.overlay_paths("D1", TODAY + timedelta(days=1))
    assert covered == frozenset(queries.paths_of([ids["B1"], ids["B2"]]).values())
    assert not any(queries.path_of(ids["A1"]).startswith(path) for path in covered)


def test_scope_codes_of_accounts_are_answered_by_places() -> None:
    ids = build()
    assert access.resolve_scope is not None
    assert access.resolve_scope(["A", "nowhere"]) == {"A": queries.path_of(ids["A"])}
    assert queries.place(SYSTEM, ids["A"]) is not None
