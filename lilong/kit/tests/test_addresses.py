from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lilong.kit.addresses import Address, parse

ROADS = st.sampled_from(["澄湾路", "中山北一路", "南京西路", "新区路", "沪太公路", "迎宾大道"])
NUMBERS = st.integers(1, 1999).map(str)
BUILDINGS = st.builds(
    lambda before, number, mark: f"{before}{number}{mark}",
    st.sampled_from(["", "临"]),
    NUMBERS,
    st.sampled_from(["", "甲", "乙"]),
)
ROOMS = st.one_of(
    st.builds(
        lambda number, mark: (number // 100, f"{number}{mark}"), st.integers(101, 3309), st.sampled_from(["", "甲"])
    ),
    st.tuples(st.none(), st.integers(1, 99).map(str)),
    st.tuples(st.integers(1, 4), st.sampled_from(["前楼", "亭子间", "后厢房", "灶间"])),
    st.tuples(st.none(), st.sampled_from(["三层阁", "二层阁", "假三层"])),
    st.just((None, "")),
)


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    lane = draw(st.one_of(st.just(""), NUMBERS))
    floor, room = draw(ROOMS)
    return Address(
        road=draw(ROADS),
        lane=lane,
        sub_lane=draw(st.one_of(st.just(""), NUMBERS)) if lane else "",
        estate=draw(st.sampled_from(["", "曲阳四村", "澄湾小区"])),
        building=draw(BUILDINGS),
        floor=floor,
        room=room,
    )


@given(addresses())
def test_an_address_shown_is_read_as_itself(address: Address) -> None:
    assert parse(address.show()) == address


@given(addresses(), st.sampled_from([" ", "　", "\u200b"]))
def test_full_width_and_stray_blanks_change_nothing(address: Address, blank: str) -> None:
    wide = address.show().translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    assert parse(blank.join(wide)) == address


@given(addresses())
def test_areas_before_the_road_change_nothing(address: Address) -> None:
    assert parse("上海市静安区澄湾街道" + address.show()) == address


@pytest.mark.parametrize(
    "text",
    [
        "澄湾路120弄8号502室",
        "澄湾路一百二十弄八号五〇二",
        "澄湾路一二〇弄八号五零二室",
        "澄湾路１２０弄８号０５０２室",
        "澄湾路120弄8号5-02",
        "澄湾路120弄8号5楼2室",
        "澄湾路120弄8号五楼502室",
        "澄湾路120弄8号楼502",
        "澄湾路120弄8幢502室",
        "澄湾路120-8-502",
        "澄湾路120弄8-502室",
    ],
)
def test_every_way_of_writing_one_door_gives_that_door(text: str) -> None:
    assert parse(text) == Address(road="澄湾路", lane="120", building="8", floor=5, room="502")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("120-12-8-502", Address(lane="120", sub_lane="12", building="8", floor=5, room="502")),
        ("8-502", Address(building="8", floor=5, room="502")),
        ("澄湾路33号", Address(road="澄湾路", building="33")),
        ("澄湾路120弄", Address(road="澄湾路", lane="120")),
        ("120弄甲8号二楼亭子间", Address(lane="120", building="8甲", floor=2, room="亭子间")),
        ("临汾路375弄临3号底层前楼", Address(road="临汾路", lane="375", building="临3", floor=1, room="前楼")),
        ("曲阳四村十二号", Address(estate="曲阳四村", building="12")),
        ("澄湾路120弄8-10号", Address(road="澄湾路", lane="120", building="8-10")),
        ("澄湾路120弄8号302室A", Address(road="澄湾路", lane="120", building="8", floor=3, room="302A")),
    ],
)
def test_old_and_short_forms_are_read(text: str, address: Address) -> None:
    assert parse(text) == address


@pytest.mark.parametrize("text", ["", "  ", "家门口", "澄湾路120弄8号家门口", "1-2-3-4-5"])
def test_what_cannot_be_read_is_refused_and_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r"地址|数字"):
        parse(text)


@given(st.text(alphabet="澄湾路弄号室支甲临层楼底0123456789一二十百- "))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    try:
        parse(text)
    except ValueError as refusal:
        assert str(refusal)
