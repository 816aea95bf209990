"""The few households that stories tell of by name: they stand at a fixed door whatever the seed."""

from __future__ import annotations

from datetime import date

from ..town.built import Building, Home
from .households import HEAD, SPOUSE, Household, Member

HERO = ("澄湾路120弄6号", "302")  # 黄阿婆: a lone elder of 84, the first story of the demonstration
COUPLE = ("澄湾路120弄8号", "502")  # 王阿婆, born in 1941, whom DOMAIN §2 A1 opens first


def plant(buildings: tuple[Building, ...], homes: tuple[Home, ...]) -> dict[str, Household]:
    """Household by code of home; a door that this size of subdistrict does not have is left out."""
    address = {building.code: building.lane_address for building in buildings}
    codes = {(address[home.building], home.room): home.code for home in homes}
    households: dict[tuple[str, str], Household] = {
        HERO: [Member(HEAD, "F", 84, name="黄杏娣")],
        COUPLE: [
            Member(SPOUSE, "F", 85, spouse=1, name="王秀珍", born=date(1941, 3, 8)),
            Member(HEAD, "M", 87, spouse=0),
        ],
    }
    return {codes[door]: household for door, household in households.items() if door in codes}
