"""Times in Shanghai, durations people say, numbers as SVG wants them, icons that exist."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from lilong.portals.parts import tags

PACKAGE = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (20, "不到 1 分钟", "under a minute"),
        (60, "1 分钟", "1 minute"),
        (3599, "59 分钟", "59 minutes"),
        (3600, "1 小时", "1 hour"),
        (11_700, "3 小时 15 分钟", "3 hours 15 minutes"),
        (6 * 3600 + 900, "6 小时", "6 hours"),
        (86_400, "1 天", "1 day"),
        (2 * 86_400 + 3 * 3600, "2 天 3 小时", "2 days 3 hours"),
        (-7200, "2 小时", "2 hours"),
    ],
)
def test_a_duration_is_said_in_the_two_units_that_matter(seconds: int, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert tags.span(timedelta(seconds=seconds)) == chinese
    with translation.override("en"):
        assert tags.span(timedelta(seconds=seconds)) == english


def test_a_moment_is_shown_in_shanghai_and_kept_exact_for_machines() -> None:
    shown = tags.when(datetime(2026, 11, 21, 22, 10, tzinfo=UTC))

    assert shown == '<time datetime="2026-11-22T06:10:00+08:00">11-22 06:10</time>'
    assert tags.when(None) == "—"


@given(st.floats(-1000, 1000))
def test_a_number_for_svg_reads_back_and_has_no_needless_nought(number: float) -> None:
    text = tags.plain(number)

    assert abs(float(text) - number) < 0.001
    assert re.fullmatch(r"-?\d+(\.\d{0,2}[1-9])?", text)


def test_an_icon_is_silent_beside_words_and_speaks_where_it_stands_alone() -> None:
    assert 'aria-hidden="true"' in tags.icon("phone")
    assert 'role="img" aria-label="打电话"' in tags.icon("phone", "打电话")


def test_every_icon_a_template_or_table_names_is_in_the_sprite() -> None:
    sprite = (PACKAGE / "portals" / "static" / tags.ICONS).read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        name
        for page in (PACKAGE / "portals").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', page.read_text(encoding="utf-8"))
    }

    assert len(named) > 20
    assert named - there == set()
