"""The files from which people are known: homes and their owners, the population list, contacts, devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from lilong.kernel.places import actions as places
from lilong.kit.cells import Wrong
from lilong.kit.intake import Column, Intake, Row, RowError, Taken

from . import actions
from . import rows as read
from .queries import devices_by_code

HOMES = (
    Column("房屋编码", "code", required=True, key=True),
    Column("楼栋编码", "building", required=True),
    Column("门洞", "door"),
    Column("室号", "room", required=True),
    Column("所在层", "floor", also=("楼层",)),
    Column("建筑面积", "area", also=("建筑面积(㎡)", "建筑面积(m²)")),
    Column("房屋性质", "tenure"),
    Column("产权人", "owner", kept="sealed"),
    Column("产权份额", "share"),
)
PEOPLE = (
    Column("姓名", "name", required=True, kept="sealed"),
    Column("性别", "sex"),
    Column("公民身份号码", "national_id", required=True, also=("身份证号", "证件号"), kept="sealed", key=True),
    Column("出生日期", "born_on"),
    Column("房屋编码", "home", required=True),
    Column("户籍房屋编码", "registered", required=True),
    Column("与户主关系", "relation"),
    Column("联系电话", "phone", also=("手机号",), kept="sealed"),
    Column("人员类别", "standing"),
    Column("人户状态", "presence"),
    Column("注销原因", "ended_why"),
    Column("注销日期", "ended_on"),
)
CONTACTS = (
    Column("公民身份号码", "national_id", required=True, also=("身份证号", "证件号"), kept="sealed"),
    Column("联系人", "name", required=True, kept="sealed"),
    Column("关系", "relation"),
    Column("联系电话", "phone", required=True, kept="sealed"),
    Column("备用钥匙", "key_holder"),
)
DEVICES = (
    Column("设备编码", "code", required=True, also=("表号",), key=True),
    Column("类型", "kind", required=True),
    Column("房屋编码", "place", required=True),
    Column("安装日期", "installed_on"),
    Column("上级设备", "parent"),
    Column("数据流", "stream"),
    Column("交付方式", "delivery"),
    Column("采集间隔", "every"),
)

Read = TypeVar("Read")


def take_homes(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Homes with the stairs they imply, and who owns each."""
    good, errors = _read(rows, lambda row: (read.home(row), read.owners(row)), key=("code", lambda one: one[0].code))
    added = places.add_homes([home for home, _ in good.values()], by=by, at=at)
    line_of = {home.code: line for line, (home, _) in good.items()}
    errors += [RowError(line_of[code], why.field, why.reason) for code, why in added.refused.items()]
    told = {added.ids[home.code]: own for home, own in good.values() if own and home.code in added.ids}
    owned = actions.set_owners(told, by=by, at=at)
    changed = added.changed | {code for code, home_id in added.ids.items() if home_id in owned}
    subjects = tuple((line_of[code], "place", home_id) for code, home_id in added.ids.items())
    return Taken(len(changed), len(subjects) - len(changed), tuple(errors), subjects)


def take_people(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """People with where they live and are registered; what was struck off ends."""
    homes = read.standing_places(rows, "home", "registered", kind="home")
    day = read.day_of(at)
    good, errors = _read(
        rows, lambda row: read.person(row, homes, day), key=("national_id", lambda new: new.national_id)
    )
    added = actions.add_people(list(good.values()), by=by, at=at)
    lines = list(good)
    subjects = [(lines[position], "person", person_id) for position, person_id in added.ids.items()]
    subjects += [(lines[position], "forgotten", 0) for position in added.forgotten]
    return Taken(len(added.changed), len(good) - len(added.changed), tuple(errors), tuple(subjects))


def take_contacts(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Whom to call about people who are known already; contacts of the erased are passed over."""
    whom = read.whom(rows)
    here = [row for row in rows if whom.get(row["national_id"]) != read.FORGOTTEN]
    good, errors = _read(here, lambda row: read.contact(row, whom))
    changed = actions.add_contacts(list(good.values()), by=by, at=at)
    subjects = [(line, "person", new.person_id) for line, new in good.items()]
    subjects += [(int(row["row"]), "forgotten", 0) for row in rows if row not in here]
    unchanged = len(rows) - len(errors) - len(changed)
    return Taken(len(changed), unchanged, tuple(errors), tuple(subjects))


def take_devices(rows: Sequence[Row], *, by: str, at: datetime) -> Taken:
    """Devices and the gateway each sends through; a gateway stands before its children in the file."""
    sites = read.standing_places(rows, "place")
    parents = {row["parent"] for row in rows if row["parent"]}
    codes = {row["code"] for row in rows} | devices_by_code(parents).keys()
    good, errors = _read(rows, lambda row: read.device(row, sites, codes), key=("code", lambda new: new.code))
    ids, changed = actions.put_devices(list(good.values()), by=by, at=at)
    subjects = tuple((line, "device", ids[new.code]) for line, new in good.items())
    return Taken(len(changed), len(good) - len(changed), tuple(errors), subjects)


def _read(
    rows: Sequence[Row], one: Callable[[Row], Read], key: tuple[str, Callable[[Read], str]] | None = None
) -> tuple[dict[int, Read], list[RowError]]:
    """What each row says, by its number, and the rows that cannot be read; a second one of a key is refused."""
    good: dict[int, Read] = {}
    errors: list[RowError] = []
    seen: set[str] = set()
    for row in rows:
        line = int(row["row"])
        try:
            said = one(row)
            if key and (sign := key[1](said)):
                if sign in seen:
                    raise Wrong(key[0], "同一文件里重复")
                seen.add(sign)
        except Wrong as wrong:
            errors.append(RowError(line, wrong.field, wrong.reason))
        else:
            good[line] = said
    return good, errors


KINDS = (
    Intake("homes", "房屋", HOMES, take_homes, order=30),
    Intake("people", "人口", PEOPLE, take_people, order=40),
    Intake("contacts", "紧急联系人", CONTACTS, take_contacts, order=50),
    Intake("devices", "设备", DEVICES, take_devices, order=60),
)
