from __future__ import annotations

import pytest

from lilong.kernel.access.viewer import ANONYMOUS, SYSTEM
from lilong.kernel.journal import queries as journal
from lilong.kernel.places import queries
from lilong.kernel.places.actions import NewHome, NewPlace, add_homes, add_places
from lilong.kernel.places.models import Place

from .town import AT, BY, HOMES, PLACES, build, worker

pytestmark = pytest.mark.django_db


def test_a_path_names_the_ids_from_the_root_to_the_place() -> None:
    ids = build()
    place = Place.objects.get(code="h502")
    up = [place]
    while up[-1].parent is not None:
        up.append(up[-1].parent)
    assert [row.kind for row in reversed(up)] == [
        "subdistrict",
        "block_grid",
        "committee",
        "micro_grid",
        "building",
        "stair",
        "home",
    ]
    assert place.path == "/" + "".join(f"{row.id}/" for row in reversed(up))
    assert queries.path_of(ids["h502"]) == place.path


def test_adding_the_same_town_again_changes_nothing() -> None:
    build()
    before = list(Place.objects.order_by("id").values())
    facts = len(list(journal.about(("place", 1), limit=100)))
    assert add_places(PLACES, by=BY, at=AT).changed == set()
    assert add_homes(HOMES, by=BY, at=AT).changed == set()
    assert list(Place.objects.order_by("id").values()) == before
    assert len(list(journal.about(("place", 1), limit=100))) == facts


def test_places_come_in_any_order_and_the_parents_first() -> None:
    added = add_places(list(reversed(PLACES)), by=BY, at=AT)
    assert not added.refused
    assert len(added.changed) == len(PLACES)


def test_one_stair_stands_for_each_door_of_a_building() -> None:
    ids = build()
    stairs = Place.objects.filter(kind="stair").order_by("lane_address")
    assert [(row.name, row.lane_address) for row in stairs] == [
        ("10号", "澄湾路120弄10号"),
        ("8号", "澄湾路120弄8号"),
        ("3号", "澄湾路66弄3号"),
    ]
    assert queries.ancestor(ids["h501"], "stair") == queries.ancestor(ids["h502"], "stair")


def test_a_building_of_several_doors_gives_each_home_the_address_of_its_door() -> None:
    build()
    add_places(
        [NewPlace(code="W", kind="building", name="12-14号", parent="A1", lane_address="澄湾路120弄12-14号")],
        by=BY,
        at=AT,
    )
    homes = [NewHome(code=f"w{n}", building="W", door=f"{n}号", room="301") for n in (12, 13, 14)]
    ids = add_homes(homes, by=BY, at=AT).ids
    assert queries.labels(ids.values(), upto="home") == {
        ids["w12"]: "澄湾路120弄12号301室",
        ids["w13"]: "澄湾路120弄13号301室",
        ids["w14"]: "澄湾路120弄14号301室",
    }
    assert set(queries.labels(ids.values()).values()) == {"澄湾路120弄12-14号"}


def test_floor_and_address_of_a_home_are_read_off_its_room() -> None:
    build()
    assert list(Place.objects.filter(kind="home").order_by("id").values_list("lane_address", "floor")) == [
        ("澄湾路120弄8号501室", 5),
        ("澄湾路120弄8号502室", 5),
        ("澄湾路120弄10号101室", 1),
        ("澄湾路120弄10号102室", 1),
        ("澄湾路66弄3号亭子间", None),
        ("澄湾路66弄3号201室", 2),
    ]


def test_labels_stop_at_the_building_unless_asked_for_the_home() -> None:
    ids = build()
    assert queries.label(ids["h502"]) == "澄湾路120弄8号"
    assert queries.label(ids["h502"], upto="home") == "澄湾路120弄8号502室"
    assert queries.label(ids["A"]) == "澄湾一居"
    assert queries.label(999_999) == ""


@pytest.mark.parametrize(
    ("new", "field", "reason"),
    [
        (NewPlace(code="X", kind="building", name="9号", parent="nowhere"), "parent", "没有这个上级编码"),
        (NewPlace(code="X", kind="building", name="9号", parent="S"), "parent", "不能设在这个上级之下"),
        (NewPlace(code="X", kind="tower", name="9号", parent="A1"), "kind", "没有这个类别"),
        (NewPlace(code="A1", kind="building", name="9号", parent="A1"), "code", "这个编码已经用于别的类别"),
        (NewPlace(code="X", kind="building", name="9号", parent="A1", estate="A"), "estate", "没有这个小区编码"),
        (
            NewPlace(code="X", kind="building", name="9号", parent="A1", lane_address="?!"),
            "lane_address",
            "读不懂的地址",
        ),
    ],
)
def test_a_place_that_cannot_be_is_refused_and_the_others_are_taken(new: NewPlace, field: str, reason: str) -> None:
    build()
    good = NewPlace(code="B9", kind="micro_grid", name="二居三格", parent="B")
    added = add_places([new, good], by=BY, at=AT)
    assert (added.refused[new.code].field, added.refused[new.code].reason) == (field, reason)
    assert added.changed == {"B9"}


def test_a_later_delivery_changes_what_it_tells_and_leaves_the_rest() -> None:
    ids = build()
    added = add_homes([NewHome(code="h501", building="A1-8", door="8号", room="501", tenure="commodity")], by=BY, at=AT)
    assert added.changed == {"h501"}
    home = Place.objects.get(code="h501")
    assert (home.tenure, home.area_dm2) == ("commodity", 5230)
    fact = next(iter(journal.about(("place", ids["h501"]), limit=1)))
    assert (fact.kind, fact.data) == ("place.changed", {"fields": ["tenure"]})


def test_a_viewer_sees_the_places_of_the_scope_and_no_other() -> None:
    ids = build()
    own = worker(ids["A"])
    assert queries.place(own, ids["h501"]) is not None
    assert queries.place(SYSTEM, ids["hx"]) is not None  # there is something to hide
    assert queries.place(own, ids["hx"]) is None
    assert queries.place(ANONYMOUS, ids["h501"]) is None
    assert [row.code for row in queries.children(own, ids["A1"])] == ["A1-8", "A1-10"]
    assert queries.children(own, ids["B1"]) == []
    assert [area.name for area in queries.areas(own)] == ["澄湾一居", "一居一格"]
    assert [row.code for row in queries.of_kind(SYSTEM, "committee")] == ["A", "B"]


def test_the_map_gets_the_standing_buildings_of_the_scope() -> None:
    ids = build()
    own = worker(ids["A"])
    outlines = queries.footprints(own)
    assert [(one.id, one.label, one.floors, one.height_m) for one in outlines] == [
        (ids["A1-8"], "澄湾路120弄8号", 6, 18.0),
        (ids["A1-10"], "澄湾路120弄10号", 6, 18.0),
    ]
    assert outlines[0].ring[0] == outlines[0].ring[-1] == (121.45, 31.3)
    assert queries.homes_by_building(own) == {ids["A1-8"]: 2, ids["A1-10"]: 2}


def test_ancestors_are_found_for_many_places_at_once() -> None:
    ids = build()
    assert queries.ancestors([ids["h501"], ids["hx"], ids["S"]], "committee") == {
        ids["h501"]: ids["A"],
        ids["hx"]: ids["B"],
    }
