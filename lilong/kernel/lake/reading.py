"""From the bytes of a delivered file to headers and rows of text, whatever office program wrote them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .refusing import FileRefused

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_EMPTY = frozenset({"/", "-", "—", "——", "无", "不详", "暂无", "null", "NULL"})
_WGS84 = ("CRS84", "4326", "4490")  # CGCS2000 (EPSG:4490) counts as equal
HEADER_WITHIN = 6  # office files put a title and a date above the header


@dataclass(frozen=True)
class Table:
    """A file as read: one list of cells for each row, all as wide as the header except where the file is ragged."""

    headers: list[str]
    rows: list[list[str]]


def read(name: str, content: bytes, wanted: Sequence[frozenset[str]]) -> Table:
    """The header and rows of a CSV or GeoJSON file. Raises FileRefused where it cannot be read at all.

    `wanted` holds the headers that each required column goes by: they tell the header from the titles above it.
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise FileRefused("文件是空的")
    if name.lower().endswith((".geojson", ".json")):
        return _geojson(_text(content))
    lines = [[cleaned(cell) for cell in line] for line in _csv(_text(content))]
    lines = [line for line in lines if any(line)]
    top = _header(lines, wanted)
    return Table(lines[top], lines[top + 1 :])


def cleaned(cell: str) -> str:
    """A cell without the blanks, quotes and words for nothing that spreadsheets leave in it."""
    text = cell.replace("\x00", "").replace("\ufeff", "").strip().strip("\u3000\u200b").lstrip("'").strip()
    return "" if text in _EMPTY else text


def _text(content: bytes) -> str:
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    for attempt in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            return content.decode(attempt)
        except UnicodeDecodeError:
            continue
    raise FileRefused("文件编码不是 UTF-8，也不是 GB18030")


def _csv(text: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=False))
    except csv.Error as broken:
        raise FileRefused("文件不是完整的 CSV") from broken


def _header(lines: list[list[str]], wanted: Sequence[frozenset[str]]) -> int:
    """The first line that holds every required header, else the one of the first few that holds most of them."""
    held = [sum(bool(names & set(line)) for names in wanted) for line in lines[:HEADER_WITHIN]]
    if not held:
        raise FileRefused("文件是空的")
    return held.index(max(held))


def _geojson(text: str) -> Table:
    try:
        document = json.loads(text)
        features = document["features"]
        if document["type"] != "FeatureCollection" or not isinstance(features, list):
            raise KeyError("features")
    except (ValueError, TypeError, KeyError) as broken:
        raise FileRefused("不是 GeoJSON FeatureCollection") from broken
    crs = str(((document.get("crs") or {}).get("properties") or {}).get("name", ""))
    if crs and not crs.endswith(_WGS84):
        raise FileRefused(f"坐标系 {crs} 须先转换为 WGS-84")
    objects = [feature if isinstance(feature, dict) else {} for feature in features]
    headers = list(dict.fromkeys(name for feature in objects for name in (feature.get("properties") or {})))
    rows = [
        [*(_plain((feature.get("properties") or {}).get(name)) for name in headers), _dumped(feature.get("geometry"))]
        for feature in objects
    ]
    return Table([*headers, "geometry"], rows)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return cleaned(value) if isinstance(value, str) else _dumped(value)


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
