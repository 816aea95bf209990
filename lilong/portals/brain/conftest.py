"""A small true ground for the brain's tests: two committees with buildings and people, and tickets by real verbs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lilong.kernel.access import actions as access
from lilong.kernel.access import standing
from lilong.kernel.access.models import Account
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.places import actions as places
from lilong.kernel.places.queries import paths_of
from lilong.kernel.registry import actions as registry
from lilong.kernel.registry.people import NewPerson
from lilong.kernel.tickets import actions as tickets

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # a Sunday, 14:30 in Shanghai
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # before any day on which these tests run
BY = "system:test"
SCENARIO = "elder_water_silence"
PEOPLE_A, PEOPLE_B = 12, 6
PLAN = {"outcomes": ["safe_at_home", "found_dead"], "quiet": ["found_dead"], "no_answer": ["family"]}


@dataclass
class Ground:
    """Ids and paths by code, and the names of the people who live there."""

    ids: dict[str, int]
    paths: dict[str, str]
    people: dict[int, str] = field(default_factory=dict)

    def viewer(self, code: str, *roles: str, account: int | None = None) -> Viewer:
        return Viewer(by="account:1", account_id=account, roles=frozenset(roles), scope=frozenset({self.paths[code]}))

    def ticket(self, home: str, *, at: datetime = NOW, wait: bool = False, **other: Any) -> int:
        """A welfare check at one home, opened as the water scenario opens it; its title names the door."""
        given: dict[str, Any] = {
            "kind": "welfare_check", "scenario": SCENARIO, "field": "risk_warning",
            "title": "{home.address}：{hours} 小时几乎未用水", "finding_id": None, "home_id": self.ids[home],
            "person_id": next(iter(self.people)), "path": self.paths[home], "to": "committee", "urgency": "urgent",
            "finish": timedelta(hours=4), "wait": timedelta(minutes=15) if wait else None,
            "data_as_of": at - timedelta(hours=2), "facts": {"hours": 26, "kind": "silence"}, "plan": PLAN,
        }  # fmt: skip
        return tickets.open_ticket(tickets.NewTicket(**{**given, **other}), by=f"scenario:{SCENARIO}", at=at)


def rectangle(lon: float, lat: float) -> list[list[list[float]]]:
    return [[[lon, lat], [lon + 0.0005, lat], [lon + 0.0005, lat + 0.0001], [lon, lat + 0.0001], [lon, lat]]]


def grow() -> Ground:
    """One subdistrict, two committees of one micro-grid; A has two buildings (six homes, one home), B one with six."""
    new = [places.NewPlace("S", "subdistrict", "澄湾街道"), places.NewPlace("G", "block_grid", "第一街区", parent="S")]
    for letter, name, lon in (("A", "澄湾新村", 121.450), ("B", "汀兰苑", 121.456)):
        new += [
            places.NewPlace(letter, "committee", name, parent="G"),
            places.NewPlace(f"{letter}m", "micro_grid", f"{name}第一微网格", parent=letter),
        ]
        for number, homes in ((8, 6), (9, 1)) if letter == "A" else ((3, 6),):
            code, address = f"{letter}{number}", f"澄湾路{120 if letter == 'A' else 88}弄{number}号"
            new += [
                places.NewPlace(
                    code, "building", f"{number}号", parent=f"{letter}m", lane_address=address,
                    footprint=rectangle(lon, 31.300 + number * 0.0003), floors=6, height_m=18.0,
                ),
                places.NewPlace(f"{code}s", "stair", f"{number}号", parent=code, lane_address=address),
            ]  # fmt: skip
            new += [
                places.NewPlace(f"{code}h{n}", "home", f"{n}02室", parent=f"{code}s", lane_address=f"{address}{n}02室")
                for n in range(1, homes + 1)
            ]
    added = places.add_places(new, by=BY, at=NOW)
    assert not added.refused, added.refused
    paths = paths_of(added.ids.values())
    ground = Ground(added.ids, {code: paths[i] for code, i in added.ids.items()})
    surnames = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦"
    doors = [ground.ids["A8h1"]] * PEOPLE_A + [ground.ids["B3h1"]] * PEOPLE_B
    people = [
        NewPerson(f"{surnames[n]}秀珍", born_on=date(1940, 1, 1 + n), home_id=home) for n, home in enumerate(doors)
    ]
    by_position = registry.add_people(people, by=BY, at=NOW).ids
    ground.people = {person_id: people[position].name for position, person_id in by_position.items()}
    return ground


@pytest.fixture
def sign_in(client: Client, settings: Any) -> Callable[..., Account]:
    """A demonstration account of a role over some places, signed in to the test client a moment ago."""
    settings.DEMO = True  # demonstration accounts owe no second factor, and work there alone

    def enter(role: str, *paths: str) -> Account:
        ident = access.add_account(
            username=f"{role}-{len(paths)}", name="测试", role=role, paths=list(paths), password="Xq7-long-enough-9",
            demo=True, by=BY, at=LONG_AGO,
        )  # fmt: skip
        account = Account.objects.get(pk=ident)
        client.force_login(account)
        session = client.session
        session[standing.SEEN] = time.time()
        session.save()
        return account

    return enter


@pytest.fixture
def ground(db: None) -> Ground:
    return grow()
