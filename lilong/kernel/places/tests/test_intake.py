from __future__ import annotations

import json

import pytest

from lilong.kernel.places import queries
from lilong.kernel.places.geometry import centre, polygon
from lilong.kernel.places.intake import take_buildings, take_tree
from lilong.kernel.places.models import Place
from lilong.kit.intake import Row, RowError, Taken

from .town import AT, BY, SQUARE

TREE = [
    ("S", "", "街道", "澄湾街道"),
    ("A", "S", "居委会", "澄湾一居"),
    ("A1", "A", "微网格", "一居一格"),
    ("E", "A", "estate", "澄湾小区"),
]


def tree_rows(*more: tuple[str, str, str, str]) -> list[Row]:
    names = ("code", "parent", "kind", "name")
    return [{**dict(zip(names, row, strict=True)), "row": str(n)} for n, row in enumerate((*TREE, *more), 1)]


def building_row(**cells: str) -> Row:
    polygon_text = json.dumps({"type": "Polygon", "coordinates": SQUARE})
    usual = {"code": "A1-8", "micro_grid": "A1", "estate": "E", "name": "8号", "lane_address": "澄湾路120弄8号"}
    return {**usual, "floors": "6", "height_m": "", "built": "1983", "geometry": polygon_text, "row": "1", **cells}


@pytest.mark.django_db
def test_the_tree_is_taken_with_chinese_kinds_or_ours() -> None:
    taken = take_tree(tree_rows(), by=BY, at=AT)
    assert (taken.changed, taken.unchanged, taken.errors) == (4, 0, ())
    assert [kind for _, kind, _ in taken.subjects] == ["place"] * 4
    assert take_tree(tree_rows(), by=BY, at=AT).changed == 0
    assert set(Place.objects.values_list("code", "kind")) == {
        ("S", "subdistrict"),
        ("A", "committee"),
        ("A1", "micro_grid"),
        ("E", "estate"),
    }


@pytest.mark.django_db
def test_rows_of_the_tree_that_cannot_be_are_told_by_field_and_reason() -> None:
    more = [("Q", "A", "村", "?"), ("A", "S", "居委会", "又一次"), ("", "A", "微网格", "?"), ("R", "T", "微网格", "?")]
    taken = take_tree(tree_rows(*more), by=BY, at=AT)
    assert taken.changed == 4
    assert set(taken.errors) == {
        RowError(5, "kind", "没有这个类别"),
        RowError(6, "code", "同一文件里编码重复"),
        RowError(7, "code", "不能为空"),
        RowError(8, "parent", "没有这个上级编码"),
    }


@pytest.mark.django_db
def test_a_building_has_its_outline_its_centre_and_a_height_that_is_told_or_guessed() -> None:
    take_tree(tree_rows(), by=BY, at=AT)
    taken = take_buildings([building_row(), building_row(code="A1-9", height_m="17.5", row="2")], by=BY, at=AT)
    assert (taken.changed, taken.errors) == (2, ())
    guessed, told = Place.objects.filter(kind="building").order_by("code")
    assert (guessed.height_m, guessed.height_guessed, told.height_m, told.height_guessed) == (18.0, True, 17.5, False)
    assert guessed.estate_id == queries.by_code("E")
    assert guessed.built_year == 1983
    assert (guessed.lon, guessed.lat) == pytest.approx((121.4501, 31.30005))
    assert guessed.footprint == SQUARE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"geometry": '{"type":"Point","coordinates":[1,2]}'}, "geometry", "不是 Polygon"),
        ({"geometry": '{"type":"Polygon","coordinates":[[[1,2],[3,4],[1,2]]]}'}, "geometry", "轮廓没有闭合"),
        ({"geometry": "{"}, "geometry", ""),
        ({"micro_grid": "Z"}, "micro_grid", "没有这个上级编码"),
        ({"floors": "很多"}, "floors", "不是合理的整数"),
        ({"height_m": "-3"}, "height_m", "不是合理的数"),
        ({"lane_address": "?"}, "lane_address", "读不懂的地址"),
    ],
)
def test_a_building_that_cannot_be_is_told_by_field(cells: dict[str, str], field: str, reason: str) -> None:
    take_tree(tree_rows(), by=BY, at=AT)
    taken: Taken = take_buildings([building_row(**cells)], by=BY, at=AT)
    assert taken.changed == 0
    assert [error.field for error in taken.errors] == [field]
    assert reason in taken.errors[0].reason


def test_swapped_coordinates_and_other_planes_are_refused() -> None:
    with pytest.raises(ValueError, match="经度在前"):
        polygon({"type": "Polygon", "coordinates": [[[31.3, 121.4], [31.4, 121.4], [31.4, 121.5], [31.3, 121.4]]]})
    with pytest.raises(ValueError, match="不是经纬度"):
        polygon({"type": "Polygon", "coordinates": [[[4000, 3000], [4001, 3000], [4001, 3001], [4000, 3000]]]})


def test_the_centre_of_an_outline_without_area_is_that_of_its_points() -> None:
    assert centre([[0.0, 0.0], [2.0, 0.0], [1.0, 0.0], [0.0, 0.0]]) == (1.0, 0.0)
