"""Writes the subdistrict down in the files that its subsystems would hand over, and the truth beside them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import dirt, truth
from .meters import GATEWAY
from .people.persons import Person
from .staff import DEMO_PASSWORD
from .world import World

SEXES = {"F": "女", "M": "男"}


def write(world: World, folder: Path) -> dict[str, int]:
    """Write every file into `folder` (made when missing); gives the number of rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    people, planted = people_rows(world)
    tables: dict[str, list[dict[str, str]]] = {
        "tree.csv": tree_rows(world),
        "homes.csv": home_rows(world),
        "people.csv": people,
        "contacts.csv": contact_rows(world),
        "devices.csv": device_rows(world),
        "accounts.csv": account_rows(world),
    }
    for name, rows in tables.items():
        _csv(folder / name, rows)
    _json(folder / "buildings.geojson", buildings(world))
    _json(folder / "truth.json", truth.truth(world, planted))
    return {name: len(rows) for name, rows in tables.items()} | {"buildings.geojson": len(world.town.buildings)}


def tree_rows(world: World) -> list[dict[str, str]]:
    return [
        {"编码": area.code, "上级编码": area.above, "类别": area.kind, "名称": area.name} for area in world.town.areas
    ]


def buildings(world: World) -> dict[str, Any]:
    """A GeoJSON FeatureCollection, WGS-84 as RFC 7946 has it."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": building.code,
                "micro_grid": building.micro_grid,
                "estate": building.estate,
                "name": building.name,
                "lane_address": building.lane_address,
                "floors": building.floors,
                "height_m": building.height_m,
                "built": building.built,
            },
            "geometry": {"type": "Polygon", "coordinates": [[list(point) for point in building.ring]]},
        }
        for building in world.town.buildings
    ]
    return {"type": "FeatureCollection", "features": features}


def home_rows(world: World) -> list[dict[str, str]]:
    return [
        {
            "房屋编码": home.code,
            "楼栋编码": home.building,
            "门洞": home.stair,
            "室号": home.room,
            "所在层": str(home.floor),
            "建筑面积": f"{home.area_m2:.2f}",
            "房屋性质": home.tenure,
            "产权人": world.owners[home.code][0],
            "产权份额": world.owners[home.code][1],
        }
        for home in world.town.homes
    ]


def people_rows(world: World) -> tuple[list[dict[str, str]], list[dirt.Dirt]]:
    """Rows in the order of homes, the households together, with the planted dirt in them."""
    order = {home.code: at for at, home in enumerate(world.town.homes)}
    last = len(order)
    people = sorted(
        world.population.people,
        key=lambda one: (not one.living, order.get(one.living or one.registered, last), one.key),
    )
    rows = [_person(one) for one in people]
    return rows, dirt.spoil(rows, people, world.population, world.seed)


def _person(one: Person) -> dict[str, str]:
    here = one.living and one.living == one.registered
    state = "人户一致" if here else "人在户不在" if one.living else "户在人不在"
    return {
        "姓名": one.name,
        "性别": SEXES[one.sex],
        "公民身份号码": one.number,
        "出生日期": one.born.isoformat(),
        "房屋编码": one.living,
        "户籍房屋编码": one.registered,
        "与户主关系": one.relation,
        "联系电话": one.phone,
        "人员类别": one.standing,
        "人户状态": "" if one.struck_off else state,
        "注销原因": one.struck_off,
        "注销日期": one.struck_off_on.isoformat() if one.struck_off_on else "",
    }


def contact_rows(world: World) -> list[dict[str, str]]:
    return [
        {
            "公民身份号码": contact.elder.number,
            "联系人": contact.name,
            "关系": contact.relation,
            "联系电话": contact.phone,
            "备用钥匙": "是" if contact.key_holder else "否",
        }
        for contact in world.contacts
    ]


def device_rows(world: World) -> list[dict[str, str]]:
    def row(code: str, kind: str, place: str, since: str, above: str, *stream: str) -> dict[str, str]:
        head = {"设备编码": code, "类型": kind, "房屋编码": place, "安装日期": since, "上级设备": above}
        return head | dict(zip(("数据流", "交付方式", "采集间隔"), stream, strict=True))

    first = min((meter.installed for meter in world.meters), default=world.start.date())
    return [
        row(GATEWAY, "gateway", world.town.office, first.isoformat(), "", "", "live", ""),
        *(
            row(meter.code, "water_meter", meter.home, meter.installed.isoformat(), GATEWAY,
                "water_volume", meter.delivery, "15" if meter.delivery == "live" else "60")
            for meter in world.meters
        ),
    ]  # fmt: skip


def account_rows(world: World) -> list[dict[str, str]]:
    return [
        {
            "用户名": account.username,
            "姓名": account.name,
            "角色": account.role,
            "范围编码": account.scope,
            "初始密码": DEMO_PASSWORD,
        }
        for account in world.accounts
    ]


def _csv(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
