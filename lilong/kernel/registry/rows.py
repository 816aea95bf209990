"""Reading one row of each file that the registry takes: every cell is checked here, and trusted after."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from lilong.kernel.places import queries as places
from lilong.kernel.places.actions import NewHome
from lilong.kernel.places.kinds import TENURES
from lilong.kit.cells import Wrong, amount, day, text, whole, yes
from lilong.kit.clock import SHANGHAI
from lilong.kit.hanzi import number as numeral
from lilong.kit.hanzi import squeezed
from lilong.kit.identity import NationalId, check_national_id
from lilong.kit.intake import Row
from lilong.kit.phones import check_phone

from . import codes, people
from .contacts import NewContact
from .devices import NewDevice
from .owning import NewOwner
from .people import NewPerson

FORGOTTEN = 0
"""Stands for a person who was erased, where an id is asked for."""
DM2_PER_M2 = 100
SECONDS_PER_MINUTE = 60
Sites = Mapping[str, int | None]


def standing_places(rows: Sequence[Row], *fields: str, kind: str = "") -> Sites:
    """The places that these fields of the rows name, by code; None for a closed one, unknown ones left out."""
    return places.standing({row[field] for row in rows for field in fields if row[field]}, kind)


def whom(rows: Sequence[Row]) -> dict[str, int]:
    """The people that rows name by identity number, by the cell as written; FORGOTTEN for the erased."""
    numbers: dict[str, str] = {}
    for row in rows:
        try:
            numbers[row["national_id"]] = _number(row).number
        except Wrong:
            continue  # the row itself will say so
    known = people.ids_by_number(set(numbers.values()))
    gone = people.forgotten(set(numbers.values()))
    return {
        cell: FORGOTTEN if number in gone else known[number]
        for cell, number in numbers.items()
        if number in gone or number in known
    }


def home(row: Row) -> NewHome:
    """One home of the housing list."""
    area = amount(row, "area", Decimal("0.01"), Decimal(100_000))
    return NewHome(
        code=text(row, "code", 64, required=True),
        building=text(row, "building", 64, required=True),
        door=text(row, "door", 20),
        room=text(row, "room", 20, required=True),
        floor=_floor(row),
        area_dm2=None if area is None else int((area * DM2_PER_M2).to_integral_value()),
        tenure=TENURES.get(row["tenure"], ""),
    )


def owners(row: Row) -> list[NewOwner]:
    """The owners of one home: 张三、李四 with 1/2、1/2, one with 100%, or several in common."""
    names = [name for name in re.split(r"[、，,;；/]", text(row, "owner", 240)) if name]
    if any(len(name) > 60 for name in names):
        raise Wrong("owner", "太长")
    told = squeezed(row["share"])
    if told in codes.NOTHING_SHARED:
        return [NewOwner(name) for name in names]
    shares = [_share(part) for part in re.split(r"[、，,;；]", told)]
    if len(shares) != len(names) or sum(shares) > 1:
        raise Wrong("share", "份额与产权人对不上")
    return [NewOwner(name, (share.numerator, share.denominator)) for name, share in zip(names, shares, strict=True)]


def person(row: Row, homes: Sites, today: date) -> NewPerson:
    """One person of the population list: what the number says must agree with the rest of the row."""
    told = _number(row) if row["national_id"] else None
    born_on = day(row, "born_on") or (told.born if told else None)
    sex = codes.SEX.get(squeezed(row["sex"]))
    if sex is None:
        raise Wrong("sex", "没有这个代码")
    if told and born_on != told.born:
        raise Wrong("born_on", "与身份号码里的出生日期不符")
    if told and sex not in ("", told.sex):
        raise Wrong("sex", "与身份号码里的性别不符")
    if born_on and born_on > today:
        raise Wrong("born_on", "出生日期在将来")
    living, registered = _site(row, "home", homes, "房屋"), _site(row, "registered", homes, "房屋")
    if told is None and (born_on is None or (living is None and registered is None)):
        raise Wrong("national_id", "没有号码的人须有出生日期和房屋编码")
    if (standing := codes.STANDING.get(row["standing"])) is None:
        raise Wrong("standing", "没有这个人员类别")
    ended_on, died = _ended(row, today)
    return NewPerson(
        name=text(row, "name", 60, required=True),
        national_id=told.number if told else "",
        sex=sex or (told.sex if told else ""),
        born_on=born_on,
        phone=_phone(row) if row["phone"] else "",
        standing=standing,
        home_id=living,
        registered_id=registered,
        relation=_relation(row),
        ended_on=ended_on,
        died=died,
    )


def contact(row: Row, people_here: Mapping[str, int]) -> NewContact:
    """One contact of a person who is known already."""
    _number(row)
    person_id = people_here.get(row["national_id"])
    if person_id is None:
        raise Wrong("national_id", "没有这个人")
    return NewContact(
        person_id=person_id,
        name=text(row, "name", 60, required=True),
        phone=_phone(row),
        relation=text(row, "relation", 20),
        key_holder=yes(row, "key_holder"),
    )


def device(row: Row, sites: Sites, known: Collection[str]) -> NewDevice:
    """One device; the interval is told in minutes and kept in seconds."""
    code = text(row, "code", 64, required=True)
    if row["parent"] and (row["parent"] not in known or row["parent"] == code):
        raise Wrong("parent", "没有这个上级设备")
    if (delivery := codes.DELIVERY.get(row["delivery"])) is None:
        raise Wrong("delivery", "没有这种交付方式")
    every = whole(row, "every", 1, 100_000)
    return NewDevice(
        code=code,
        kind=text(row, "kind", 24, required=True),
        home_id=_site(row, "place", sites, "地方"),
        parent=row["parent"],
        stream=text(row, "stream", 32),
        delivery=delivery,
        every_s=every and every * SECONDS_PER_MINUTE,
        installed_on=day(row, "installed_on"),
    )


def day_of(at: datetime) -> date:
    """The day in Shanghai."""
    return at.astimezone(SHANGHAI).date()


def _number(row: Row) -> NationalId:
    try:
        return check_national_id(row["national_id"], demo=settings.DEMO)
    except ValueError as wrong:
        raise Wrong("national_id", str(wrong)) from wrong


def _phone(row: Row) -> str:
    try:
        return check_phone(row["phone"], settings.DEMO)
    except ValueError as wrong:
        raise Wrong("phone", str(wrong)) from wrong


def _site(row: Row, field: str, sites: Sites, what: str) -> int | None:
    if not row[field]:
        return None
    if row[field] not in sites:
        raise Wrong(field, f"没有这个{what}编码")
    if sites[row[field]] is None:
        raise Wrong(field, f"这个{what}已经撤销")
    return sites[row[field]]


def _relation(row: Row) -> str:
    told = squeezed(row["relation"])
    if len(told) == 2 and told.isascii() and told.isdecimal():
        return told
    return codes.RELATION.get(told, codes.RELATION["其他"])


def _ended(row: Row, today: date) -> tuple[date | None, bool]:
    why, on = row["ended_why"], day(row, "ended_on")
    if not why:
        if on:
            raise Wrong("ended_why", "有注销日期而没有原因")
        return None, False
    if why not in codes.DEATH | codes.LEAVING:
        raise Wrong("ended_why", "没有这个注销原因")
    if on and on > today:
        raise Wrong("ended_on", "注销日期在将来")
    return on or today, why in codes.DEATH


def _floor(row: Row) -> int | None:
    """底层 and 1楼 are 1; cellars count below zero, and there is no floor 0."""
    told = squeezed(row["floor"]).rstrip("楼层")
    if not told:
        return None
    value = 1 if told == "底" else numeral(told.lstrip("-"))
    if not value or value > 200:
        raise Wrong("floor", "不是合理的楼层")
    return -value if told.startswith("-") else value


def _share(told: str) -> Fraction:
    try:
        share = Fraction(told.removesuffix("%")) / (100 if told.endswith("%") else 1)
    except (ValueError, ZeroDivisionError) as wrong:
        raise Wrong("share", "不是份额") from wrong
    if not 0 < share <= 1 or share.denominator > 10**6:
        raise Wrong("share", "不是份额")
    return share
