from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kernel.lake.reading import cleaned, read
from lilong.kernel.lake.refusing import FileRefused

WANTED = [frozenset({"编码"}), frozenset({"名称", "区域名称"})]
TEXT = "编码,名称\nA,澄湾一居\nB,“赟”居\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    table = read("tree.csv", TEXT.encode(encoding), WANTED)
    assert table.headers == ["编码", "名称"]
    assert table.rows == [["A", "澄湾一居"], ["B", "“赟”居"]]


@pytest.mark.parametrize("mark", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_commas_tabs_and_semicolons_and_either_line_end_are_read(mark: str, end: str) -> None:
    table = read("tree.csv", TEXT.replace(",", mark).replace("\n", end).encode(), WANTED)
    assert table.rows[0] == ["A", "澄湾一居"]


def test_a_title_above_and_empty_lines_between_are_passed_over() -> None:
    text = f"澄湾街道区域情况汇总表（截至2026年9月30日）,,\n\n{TEXT},,\n"
    table = read("tree.csv", text.encode(), WANTED)
    assert (table.headers, len(table.rows)) == (["编码", "名称"], 2)


def test_a_cell_with_comma_quote_and_line_break_stays_one_cell() -> None:
    table = read("tree.csv", '编码,名称\nA,"一居, ""东""\n西"\n'.encode(), WANTED)
    assert table.rows == [["A", '一居, "东"\n西']]


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xff\xfe", b"\xff\x80\xff", b"\x81\x20\xff\xff"])
def test_what_is_no_text_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(FileRefused, match="文件"):
        read("tree.csv", content, WANTED)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_refusal(content: bytes) -> None:
    for name in ("a.csv", "a.geojson"):
        try:
            table = read(name, content, WANTED)
            assert table.headers
        except FileRefused as refusal:
            assert str(refusal)


@pytest.mark.parametrize(
    ("cell", "clean"),
    [("　王 ", "王"), ("'0012", "0012"), ("不详", ""), ("—", ""), ("/", ""), ("a/b", "a/b"), ("\x00x", "x")],
)
def test_cells_lose_what_spreadsheets_leave_in_them(cell: str, clean: str) -> None:
    assert cleaned(cell) == clean


def test_geojson_properties_become_columns_and_the_geometry_one_more() -> None:
    outline = {"type": "Polygon", "coordinates": [[[1.5, 2], [3, 4], [5, 6], [1.5, 2]]]}
    features = [
        {"type": "Feature", "properties": {"code": "b1", "floors": 6}, "geometry": outline},
        {"type": "Feature", "properties": {"code": "b2", "name": None}, "geometry": None},
        "no feature",
    ]
    document = {"type": "FeatureCollection", "features": features}
    table = read("b.geojson", json.dumps(document).encode(), [])
    assert table.headers == ["code", "floors", "name", "geometry"]
    assert [row[:3] for row in table.rows] == [["b1", "6", ""], ["b2", "", ""], ["", "", ""]]
    assert json.loads(table.rows[0][3]) == outline


@pytest.mark.parametrize(
    "document",
    ["{", "[]", '{"type":"Feature"}', '{"type":"FeatureCollection","features":3}', "1", "null"],
)
def test_json_that_is_no_collection_of_features_is_refused(document: str) -> None:
    with pytest.raises(FileRefused, match="FeatureCollection"):
        read("b.geojson", document.encode(), [])


def test_another_coordinate_system_is_refused_and_never_guessed() -> None:
    document = {
        "type": "FeatureCollection",
        "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::4549"}},
        "features": [],
    }
    with pytest.raises(FileRefused, match="4549"):
        read("b.geojson", json.dumps(document).encode(), [])
    document["crs"] = {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert read("b.geojson", json.dumps(document).encode(), []).rows == []
