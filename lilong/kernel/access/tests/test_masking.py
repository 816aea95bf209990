"""What is masked stays masked: no character beyond the allowed ones, and never the clear value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kernel.access import masking

CLEAR = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and "*" not in text)
ROADS = st.sampled_from(["澄湾路", "澄湾北路", "里弄大道", "澄湾一村"])
NUMBERS = st.integers(1, 999).map(str)


@pytest.mark.parametrize(
    ("clear", "shown"),
    [("王秀珍", "王**"), ("王芳", "王*"), ("欧阳娜娜", "欧***"), ("阿卜杜拉·买买提", "阿***"), ("王", "*"), ("", "")],
)
def test_a_name_keeps_its_first_character(clear: str, shown: str) -> None:
    assert masking.name(clear) == shown


@given(CLEAR)
def test_a_masked_name_says_nothing_more(clear: str) -> None:
    shown = masking.name(clear)
    assert shown != clear
    assert set(shown[1:]) <= {"*"}
    assert shown[0] in {clear.strip()[0], "*"}


@pytest.mark.parametrize(
    ("clear", "shown"),
    [
        ("14000001234", "140****1234"),
        ("+86 140 0000 1234", "140****1234"),
        ("１４０００００１２３４", "140****1234"),
        ("021-5608 1234", "****34"),
        ("110", "****"),
        ("不详", "****"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(clear: str, shown: str) -> None:
    assert masking.phone(clear) == shown


@given(st.text("0123456789+- ", min_size=1, max_size=20).filter(str.strip))
def test_four_digits_of_any_phone_stay_hidden(clear: str) -> None:
    digits = [c for c in clear if c.isdigit()]
    shown = masking.phone(clear)
    assert "****" in shown
    assert len([c for c in shown if c.isdigit()]) <= max(0, min(7, len(digits) - 4))


@given(
    ROADS, NUMBERS, NUMBERS, st.sampled_from(["号", "号楼", "幢", "甲号"]), NUMBERS, st.sampled_from(["室", "", "楼"])
)
def test_an_address_ends_with_its_building(road: str, lane: str, no: str, mark: str, room: str, tail: str) -> None:
    building = f"{road}{lane}弄{no}{mark}"
    assert masking.address(f"{building}{room}{tail}") == building
    assert masking.address(f"{building}") == building


@pytest.mark.parametrize("clear", ["澄湾路120-8-502", "5楼502室", "王秀珍家", "120弄502室"])
def test_an_address_without_a_building_shows_nothing(clear: str) -> None:
    assert masking.address(clear) == "***"


@given(st.text("澄湾路弄号幢室0123456789八零-", min_size=1, max_size=24))
def test_nothing_behind_the_building_ever_shows(clear: str) -> None:
    shown = masking.address(clear)
    assert shown == "***" or (clear.startswith(shown) and shown[-1] in "号幢")


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_an_identity_number_keeps_its_ends_alone(clear: str) -> None:
    assert masking.national_id(clear) == f"{clear[0]}{'*' * 16}{clear[-1]}"


@given(CLEAR)
def test_no_masked_identity_number_is_the_clear_one(clear: str) -> None:
    assert masking.national_id(clear) != clear
