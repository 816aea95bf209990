from __future__ import annotations

from datetime import date

import pytest

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.places import queries
from lilong.kernel.places.actions import NewPlace, add_places, close
from lilong.kit.addresses import parse

from .town import AT, BY, build, worker

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("澄湾路120弄8号502室", "h502"),
        ("120-8-502", "h502"),
        ("澄湾路一百二十弄8号五零一", "h501"),
        ("澄湾路120弄10号1楼1室", "h101"),
        ("澄湾路66弄3号亭子间", "hx"),
    ],
)
def test_an_address_leads_to_its_home_however_it_is_written(text: str, code: str) -> None:
    ids = build()
    found = queries.find_home(parse(text))
    assert (found.home_id, found.reason) == (ids[code], "")


@pytest.mark.parametrize(
    ("text", "reason", "near"),
    [
        ("临汾路120弄8号502室", "no_road", None),
        ("澄湾路121弄8号502室", "no_lane", None),
        ("澄湾路120弄9号502室", "no_building", None),
        ("澄湾路120弄8号503室", "no_room", "A1-8"),
        ("澄湾路120弄8号", "no_room_given", "A1-8"),
        ("澄湾路120弄", "no_door_given", None),
    ],
)
def test_an_address_that_leads_nowhere_says_at_which_part(text: str, reason: str, near: str | None) -> None:
    ids = build()
    found = queries.find_home(parse(text))
    assert (found.home_id, found.reason) == (None, reason)
    assert found.words
    building = queries.ancestor(found.near_id, "building") if found.near_id else None
    assert building == (ids[near] if near else None)


def test_two_homes_of_one_address_are_not_guessed_between() -> None:
    build()
    twin = NewPlace(code="A1-8b", kind="building", name="8号", parent="A1", lane_address="澄湾路120弄8号")
    stair = NewPlace(code="A1-8b/8", kind="stair", name="8号", parent="A1-8b", lane_address="澄湾路120弄8号")
    home = NewPlace(code="h502b", kind="home", name="502", parent="A1-8b/8", lane_address="澄湾路120弄8号502室")
    assert not add_places([twin, stair, home], by=BY, at=AT).refused
    assert queries.find_home(parse("澄湾路120弄8号502室")).reason == "several"


def test_a_renamed_lane_is_found_by_both_names() -> None:
    ids = build()
    add_places(
        [NewPlace(code="h502", kind="home", name="502室", parent="A1-8/8号", lane_address="新澄路120弄8号502室")],
        by=BY,
        at=AT,
    )
    for text in ("澄湾路120弄8号502室", "新澄路120弄8号502室"):
        assert queries.find_home(parse(text)).home_id == ids["h502"]
    assert queries.label(ids["h502"], upto="home") == "新澄路120弄8号502室"


def test_a_demolished_building_is_found_no_more_and_its_facts_stay() -> None:
    ids = build()
    assert close(ids["A1-8"], by=BY, at=AT, on=date(2026, 11, 22)) == 4
    assert close(ids["A1-8"], by=BY, at=AT, on=date(2026, 11, 22)) == 0
    assert queries.find_home(parse("澄湾路120弄8号502室")).reason == "no_building"
    assert ids["A1-8"] not in {one.id for one in queries.footprints(SYSTEM)}
    assert queries.standing(["h502", "h101", "?"]) == {"h502": None, "h101": ids["h101"]}
    assert queries.label(ids["h502"], upto="home") == "澄湾路120弄8号502室"


def test_a_search_finds_paths_by_address_and_by_name_within_the_scope() -> None:
    ids = build()
    own = worker(ids["A"])
    assert queries.paths_like(own, "120弄8号") == [queries.path_of(ids["A1-8"])]
    assert queries.paths_like(own, "8-502") == [queries.path_of(ids["h502"])]
    assert queries.paths_like(SYSTEM, "二居") == [queries.path_of(ids["B"])]
    assert queries.paths_like(own, "二居") == []
    assert queries.paths_like(own, "  ") == []
