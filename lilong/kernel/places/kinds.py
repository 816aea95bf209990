"""The kinds of places and overlays there are, their Chinese, and which kind may stand under which."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of place: its Chinese, the other words files use for it, and the kinds it may stand under."""

    chinese: str
    also: tuple[str, ...]
    under: frozenset[str]


PLACE_KINDS: dict[str, Kind] = {
    "subdistrict": Kind("街道", ("街镇",), frozenset()),
    "block_grid": Kind("街区网格", ("街区", "综合网格"), frozenset({"subdistrict"})),
    "committee": Kind("居民区", ("居委会", "居委", "居民委员会"), frozenset({"block_grid", "subdistrict"})),
    "micro_grid": Kind("微网格", ("网格",), frozenset({"committee"})),
    "estate": Kind("小区", ("住宅小区",), frozenset({"committee"})),
    "building": Kind("楼栋", ("楼", "幢"), frozenset({"micro_grid", "committee"})),
    "stair": Kind("楼组", ("门洞", "门栋", "单元"), frozenset({"building"})),
    "home": Kind("房屋", ("户", "住房"), frozenset({"stair"})),
    "facility": Kind(
        "设施",
        ("场所",),
        frozenset({"subdistrict", "block_grid", "committee", "micro_grid", "estate", "building", "stair"}),
    ),
}

OVERLAY_KINDS: dict[str, str] = {
    "police_beat": "警务区",
    "property_company": "物业管理区",
    "owners_committee": "业委会",
    "doctor_team": "家庭医生团队",
    "street_front_grid": "沿街商铺网格",
    "party_grid": "党建网格",
}

TENURES: dict[str, str] = {
    "商品房": "commodity",
    "售后公房": "sold_public",
    "直管公房": "municipal",
    "系统公房": "employer",
    "动迁安置": "resettlement",
    "里弄": "lilong",
}
"""房屋性质 as the housing files write it; what is none of these is kept as an empty tenure."""

_BY_WORD = {word: name for name, kind in PLACE_KINDS.items() for word in (name, kind.chinese, *kind.also)}


def kind_named(word: str) -> str | None:
    """The kind that a file calls `word`, in Chinese or by our own name; None when there is no such kind."""
    return _BY_WORD.get(word)
