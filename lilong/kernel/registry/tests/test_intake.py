from __future__ import annotations

from datetime import date

import pytest
from pytest_django import Settings

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.places import queries as places
from lilong.kernel.places.models import Place
from lilong.kernel.places.tests.town import build
from lilong.kernel.registry import queries
from lilong.kernel.registry.actions import erase
from lilong.kernel.registry.intake import KINDS, take_contacts, take_devices, take_homes, take_people
from lilong.kernel.registry.models import Device, Ownership, Person, Residency
from lilong.kernel.registry.people import ids_by_number
from lilong.kit.intake import Row, RowError

from .neighbours import AT, BY, number

pytestmark = pytest.mark.django_db
BORN = date(1941, 3, 8)
COLUMNS = {intake.name: [column.name for column in intake.columns] for intake in KINDS}


@pytest.fixture(autouse=True)
def demonstration(settings: Settings) -> None:
    settings.DEMO = True


def row(kind: str, line: int = 1, /, **cells: str) -> Row:
    return dict.fromkeys(COLUMNS[kind], "") | {"row": str(line)} | cells


def person_row(line: int = 1, order: int = 2, **cells: str) -> Row:
    usual = {
        "name": "王秀珍",
        "sex": "FM"[order % 2].replace("F", "女").replace("M", "男"),
        "national_id": number(BORN, order),
        "born_on": "1941.3.8",
        "home": "h502",
        "registered": "h502",
        "relation": "户主",
        "phone": f"140 0000 {order:04}",
        "standing": "户籍人口",
        "presence": "人户一致",
    }
    return row("people", line, **usual | cells)


def test_a_row_of_the_population_list_becomes_a_person_at_home() -> None:
    ids = build()
    taken = take_people([person_row()], by=BY, at=AT)
    (person_id,) = ids_by_number([number(BORN, 2)]).values()
    assert (taken.changed, taken.unchanged, taken.errors, taken.subjects) == (1, 0, (), ((1, "person", person_id),))
    person = Person.objects.get(id=person_id)
    assert (person.name, person.sex, person.born_on, person.standing) == ("王秀珍", "F", BORN, "registered")
    assert set(Residency.objects.values_list("kind", "home_id", "relation")) == {
        ("living", ids["h502"], "02"),
        ("registered", ids["h502"], "02"),
    }
    again = take_people([person_row()], by=BY, at=AT)
    assert (again.changed, again.unchanged) == (0, 1)


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"national_id": number(BORN, 2)[:-1] + "?"}, "national_id", "含有不该有的字符"),
        ({"national_id": "9.90001E+17"}, "national_id", "号码成了科学计数法，末几位已经丢失"),
        ({"home": "nowhere"}, "home", "没有这个房屋编码"),
        ({"registered": "A1"}, "registered", "没有这个房屋编码"),
        ({"born_on": "1941-03-09"}, "born_on", "与身份号码里的出生日期不符"),
        ({"sex": "男"}, "sex", "与身份号码里的性别不符"),
        ({"sex": "x"}, "sex", "没有这个代码"),
        ({"national_id": number(date(2027, 1, 1), 2), "born_on": ""}, "born_on", "出生日期在将来"),
        ({"phone": "1381234"}, "phone", "电话号码不存在"),
        ({"standing": "外星人"}, "standing", "没有这个人员类别"),
        ({"name": ""}, "name", "不能为空"),
        ({"name": "王" * 61}, "name", "太长"),
        ({"ended_why": "消失"}, "ended_why", "没有这个注销原因"),
        ({"ended_why": "死亡", "ended_on": "2027-01-01"}, "ended_on", "注销日期在将来"),
        ({"national_id": "", "born_on": ""}, "national_id", "没有号码的人须有出生日期和房屋编码"),
    ],
)
def test_a_row_that_cannot_be_waits_with_field_and_reason_and_the_good_one_goes_on(
    cells: dict[str, str], field: str, reason: str
) -> None:
    build()
    taken = take_people([person_row(1, **cells), person_row(2, 4)], by=BY, at=AT)
    assert taken.errors == (RowError(1, field, reason),)
    assert taken.changed == 1
    assert Person.objects.count() == 1


def test_the_fictional_division_is_refused_outside_the_demonstration(settings: Settings) -> None:
    build()
    settings.DEMO = False
    taken = take_people([person_row()], by=BY, at=AT)
    assert taken.errors == (RowError(1, "national_id", "行政区划代码不存在"),)


def test_two_rows_of_one_number_in_a_file_are_not_both_taken() -> None:
    build()
    taken = take_people([person_row(1), person_row(2, home="h501")], by=BY, at=AT)
    assert taken.errors == (RowError(2, "national_id", "同一文件里重复"),)


def test_a_death_in_the_list_ends_everything_on_its_day() -> None:
    ids = build()
    take_people([person_row()], by=BY, at=AT)
    take_people([person_row(ended_why="死亡", ended_on="20261101")], by=BY, at=AT)
    assert Person.objects.get().died_on == date(2026, 11, 1)
    assert set(Residency.objects.values_list("until", flat=True)) == {date(2026, 11, 1)}
    assert queries.living_in([ids["h502"]], AT) == {}


def test_homes_come_with_their_stair_their_area_and_their_owners() -> None:
    build()
    rows = [
        row("homes", 1, code="n1", building="A1-8", door="8号", room="601", floor="6楼", area="52.30",
            tenure="售后公房", owner="张三、李四", share="1/2、50%"),
        row("homes", 2, code="n2", building="A1-8", door="8号", room="底层", owner="王五", share="共同共有"),
        row("homes", 3, code="n3", building="A1-8", door="8号", room="602", owner="王五、赵六", share="1/2"),
        row("homes", 4, code="n4", building="A9-9", room="101"),
        row("homes", 5, code="n5", building="A1-8", room="车库那边"),
        row("homes", 6, code="n6", building="A1-8", door="8号", room="603", area="约50"),
    ]  # fmt: skip
    taken = take_homes(rows, by=BY, at=AT)
    assert (taken.changed, taken.unchanged) == (2, 0)
    assert set(taken.errors) == {
        RowError(3, "share", "份额与产权人对不上"),
        RowError(4, "building", "没有这个楼栋编码"),
        RowError(5, "room", "读不懂的门洞或室号"),
        RowError(6, "area", "不是合理的数"),
    }
    home = Place.objects.get(code="n1")
    assert (home.floor, home.area_dm2, home.tenure, home.lane_address) == (
        6,
        5230,
        "sold_public",
        "澄湾路120弄8号601室",
    )
    assert set(Ownership.objects.values_list("owner_name", "share_part", "share_whole")) == {
        ("张三", 1, 2),
        ("李四", 1, 2),
        ("王五", None, None),
    }
    again = take_homes(rows[:2], by=BY, at=AT)
    assert (again.changed, again.unchanged) == (0, 2)


def test_a_home_whose_code_is_that_of_its_building_and_door_is_a_home_all_the_same() -> None:
    build()
    taken = take_homes([row("homes", 1, code="A1-8-1", building="A1-8", door="1", room="底层")], by=BY, at=AT)
    assert (taken.changed, taken.errors) == (1, ())
    assert places.standing(["A1-8-1"], "home") != {}


def test_contacts_need_a_person_who_is_known() -> None:
    build()
    take_people([person_row()], by=BY, at=AT)
    rows = [
        row(
            "contacts",
            1,
            national_id=number(BORN, 2),
            name="王思彤",
            relation="女儿",
            phone="14000007737",
            key_holder="是",
        ),
        row("contacts", 2, national_id=number(BORN, 6), name="李四", phone="14000007738"),
        row("contacts", 3, national_id=number(BORN, 2), name="王家文", phone="无此号"),
        row("contacts", 4, national_id="123", name="王家文", phone="14000007738"),
        row("contacts", 5, national_id=number(BORN, 2), name="王家文", phone="14000007738", key_holder="大概"),
    ]
    taken = take_contacts(rows, by=BY, at=AT)
    assert taken.changed == 1
    assert set(taken.errors) == {
        RowError(2, "national_id", "没有这个人"),
        RowError(3, "phone", "不是电话号码"),
        RowError(4, "national_id", "位数不对"),
        RowError(5, "key_holder", "请填是或否"),
    }
    (person_id,) = ids_by_number([number(BORN, 2)]).values()
    assert [(c.relation, c.key_holder) for c in queries.contacts(SYSTEM, person_id)] == [("女儿", True)]


def test_rows_about_an_erased_person_are_passed_over_and_marked_to_be_forgotten() -> None:
    build()
    take_people([person_row()], by=BY, at=AT)
    erase(person_id=Person.objects.get().id, by=BY, at=AT)
    contact = row("contacts", 7, national_id=number(BORN, 2), name="王思彤", phone="14000007737")
    for taken in (take_people([person_row(7)], by=BY, at=AT), take_contacts([contact], by=BY, at=AT)):
        assert (taken.changed, taken.unchanged, taken.errors) == (0, 1, ())
        assert taken.subjects == ((7, "forgotten", 0),)


def test_devices_come_with_their_gateway_and_their_rhythm() -> None:
    ids = build()
    rows = [
        row("devices", 1, code="gw", kind="gateway", place="A1-8", installed_on="2022-10-14"),
        row("devices", 2, code="m1", kind="water_meter", place="h502", parent="gw", stream="water_volume",
            delivery="nightly", every="60"),
        row("devices", 3, code="m2", kind="water_meter", place="h501", parent="gone"),
        row("devices", 4, code="m3", kind="water_meter", place="gone"),
        row("devices", 5, code="m4", kind="water_meter", place="h501", delivery="weekly"),
        row("devices", 6, code="m5", kind="water_meter", place="h501", every="often"),
    ]  # fmt: skip
    taken = take_devices(rows, by=BY, at=AT)
    assert taken.changed == 2
    assert set(taken.errors) == {
        RowError(3, "parent", "没有这个上级设备"),
        RowError(4, "place", "没有这个地方编码"),
        RowError(5, "delivery", "没有这种交付方式"),
        RowError(6, "every", "不是合理的整数"),
    }
    meter = queries.devices_by_code(["m1"])["m1"]
    assert (meter.home_id, meter.parent_code, meter.delivery, meter.every_s) == (ids["h502"], "gw", "nightly", 3600)
    assert Device.objects.get(code="gw").installed_on == date(2022, 10, 14)
    assert take_devices(rows[:2], by=BY, at=AT).changed == 0
