"""A small true ground for the desk's tests: two committees, people, accounts, and tickets by the real verbs."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from lilong.kernel.access import actions as access
from lilong.kernel.access import queries, standing
from lilong.kernel.access.models import Account
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.engine import actions as engine
from lilong.kernel.places import actions as places
from lilong.kernel.places.queries import paths_of
from lilong.kernel.registry import actions as registry
from lilong.kernel.registry.contacts import NewContact
from lilong.kernel.registry.devices import NewDevice
from lilong.kernel.registry.people import NewPerson
from lilong.kernel.sensing import actions as sensing
from lilong.kernel.sensing.findings import to_us
from lilong.kernel.sensing.log import Log
from lilong.kernel.sensing.models import Stream
from lilong.kernel.sensing.records import sealed
from lilong.kernel.tickets import actions as tickets
from lilong.kit import clock
from tests.browsing import chromium

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # a Sunday, 14:30 in Shanghai
BY = "system:test"
SCENARIO = "elder_water_silence"

PLAN = {
    "outcomes": [
        "safe_at_home", "taken_by_family", "away", "in_hospital", "needed_help", "opened_with_police", "found_dead",
        "leak", "meter_fault",
    ],
    "no_answer": ["family", "neighbour", "key_holder", "property", "police"],
    "absence": ["taken_by_family", "away", "in_hospital"],
    "quiet": ["found_dead"],
    "first_call": "emergency_contact",
}  # fmt: skip


@dataclass
class Ground:
    """Ids and paths of places by code; ids of people by the code of their home."""

    ids: dict[str, int]
    paths: dict[str, str]
    people: dict[str, int] = field(default_factory=dict)

    def ticket(self, home: str, *, at: datetime = NOW, wait: bool = False, **other: Any) -> int:
        """A welfare check at one home, opened as the water scenario opens it."""
        given: dict[str, Any] = {
            "kind": "welfare_check", "scenario": SCENARIO, "field": "risk_warning",
            "title": "{home.address}：{hours} 小时几乎未用水", "finding_id": None, "home_id": self.ids[home],
            "person_id": self.people.get(home), "path": self.paths[home], "to": "committee", "urgency": "urgent",
            "finish": timedelta(hours=4), "wait": timedelta(minutes=15) if wait else None,
            "data_as_of": at - timedelta(hours=2), "facts": {"hours": 26, "kind": "silence"}, "plan": PLAN,
        }  # fmt: skip
        return tickets.open_ticket(tickets.NewTicket(**{**given, **other}), by=f"scenario:{SCENARIO}", at=at)


def grow() -> Ground:
    """One subdistrict with two committees; each has one building of five homes, and somebody lives in most of them."""
    new = [places.NewPlace("S", "subdistrict", "澄湾街道"), places.NewPlace("G", "block_grid", "第一街区", parent="S")]
    for letter, name, lane in (("A", "澄湾一居", "120"), ("B", "汾河苑居委", "88")):
        address = f"澄湾路{lane}弄8号"
        new += [
            places.NewPlace(letter, "committee", name, parent="G"),
            places.NewPlace(f"{letter}m", "micro_grid", f"{name}第一微网格", parent=letter),
            places.NewPlace(f"{letter}b", "building", "8号", parent=f"{letter}m", lane_address=address, floors=6),
            places.NewPlace(f"{letter}s", "stair", "8号", parent=f"{letter}b", lane_address=address),
        ]
        new += [
            places.NewPlace(f"{letter}h{n}", "home", f"{n}02室", parent=f"{letter}s", lane_address=f"{address}{n}02室")
            for n in (1, 2, 3, 4, 5)
        ]
    added = places.add_places(new, by=BY, at=NOW)
    assert not added.refused, added.refused
    paths = paths_of(added.ids.values())
    ground = Ground(added.ids, {code: paths[i] for code, i in added.ids.items()})
    _people(ground)
    return ground


def _people(ground: Ground) -> None:
    lives = [
        ("Ah1", "王秀珍", "F", date(1942, 3, 5)), ("Ah2", "李国华", "M", date(1951, 7, 1)),
        ("Ah3", "赵美兰", "F", date(1948, 1, 9)), ("Ah3", "孙福根", "M", date(1946, 1, 9)),
        ("Ah4", "周阿英", "F", date(1939, 5, 2)), ("Ah5", "吴德明", "M", date(1936, 5, 2)),
        ("Bh1", "郑桂芳", "F", date(1945, 5, 2)), ("Bh2", "钱伯年", "M", date(1944, 5, 2)),
    ]  # fmt: skip
    batch = [
        NewPerson(name, sex=sex, born_on=born, phone=f"+861400000{1000 + n}", home_id=ground.ids[home])
        for n, (home, name, sex, born) in enumerate(lives)
    ]
    ids = registry.add_people(batch, by=BY, at=NOW).ids
    for n, (home, *_rest) in reversed(list(enumerate(lives))):
        ground.people[home] = ids[n]
    contacts = [
        NewContact(ground.people["Ah1"], "王小芳", "+8614000002001", "女儿", key_holder=True),
        NewContact(ground.people["Ah1"], "陈建国", "+8614000002002", "邻居"),
        NewContact(ground.people["Bh1"], "郑磊", "+8614000002004", "儿子", key_holder=True),
    ]
    registry.add_contacts(contacts, by=BY, at=NOW)


@dataclass
class Person:
    """Somebody at the desk: a signed-in client and what the kernel calls them."""

    client: Client
    account: Account

    @property
    def viewer(self) -> Viewer:
        return queries.viewer_of(self.account, at=clock.now())

    @property
    def cookies(self) -> dict[str, str]:
        return {name: morsel.value for name, morsel in self.client.cookies.items()}


def still(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}still=1"


def words(response: HttpResponse) -> str:
    """The text of a page as somebody reads it."""
    body = re.sub(r"<(script|style|template)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(body).split())


@pytest.fixture
def ground(db) -> Ground:
    return grow()


@pytest.fixture
def metered(ground, settings, tmp_path) -> Callable[..., None]:
    """Puts a water meter into a home and its readings (aware time, litres counted) into a log of the test's own."""
    settings.LILONG_HOME = tmp_path

    def put(home: str, counted: Sequence[tuple[datetime, float]], *, delivery: str = "live") -> None:
        code = f"W-{home}"
        meter = NewDevice(
            code, "water_meter", home_id=ground.ids[home], stream="water_volume", delivery=delivery, every_s=3600
        )
        registry.add_devices([meter], by=BY, at=NOW)
        sensing.sync_streams(by=BY, at=NOW)
        stream = Stream.objects.get(device_code=code)
        if counted:
            log = Log(tmp_path / "readings")
            log.append(sealed([(stream.pk, 0, to_us(at), litres, to_us(at)) for at, litres in counted]))
            log.sync()
            log.close()
            stream.newest_time, stream.newest_value = counted[-1]  # the intake process alone does this, from its log
            stream.save()

    return put


@pytest.fixture
def at_noon():
    """The installation's clock stands still at NOW."""
    with clock.pinned(NOW):
        yield NOW


@pytest.fixture
def sign_in(settings) -> Callable[..., Person]:
    """Lets somebody of a role over some places in, as a demonstration account of this host."""
    settings.DEMO = True  # demonstration accounts owe no second factor, and work there alone
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "lilong.kernel.access.hashers.HandedOut",
    ]

    def enter(role: str, *paths: str, name: str = "施丽") -> Person:
        ident = access.add_account(
            username=f"{role}-{Account.objects.count()}", name=name, role=role, paths=list(paths),
            password="Xq7-long-enough-9", demo=True, by=BY, at=NOW - timedelta(days=400),
        )  # fmt: skip
        account = Account.objects.get(pk=ident)
        client = Client()
        client.force_login(account)
        session = client.session
        session[standing.SEEN] = time.time()
        session.save()
        return Person(client, account)

    return enter


@pytest.fixture
def worker(ground, sign_in) -> Person:
    """A worker of committee A."""
    return sign_in("committee_worker", ground.paths["A"])


@pytest.fixture
def operations(ground, sign_in) -> Person:
    """The operations centre, which sees the whole subdistrict."""
    return sign_in("operations", ground.paths["S"], name="刘军")


@pytest.fixture
def work(ground, worker, metered, at_noon) -> dict[str, int]:
    """A ticket in every state, a meter, and a number that was changed."""
    ids = {
        "mine": ground.ticket("Ah1", at=NOW - timedelta(hours=10)),
        "waiting": ground.ticket("Ah2", at=NOW - timedelta(minutes=50)),
        "watch": ground.ticket("Ah3", at=NOW - timedelta(hours=1), urgency="watch"),
        "done": ground.ticket("Ah4", at=NOW - timedelta(days=1)),
        "dead": ground.ticket("Ah5", at=NOW - timedelta(days=2)),
    }
    tickets.accept(ids["mine"], viewer=worker.viewer, at=NOW - timedelta(hours=9))
    tickets.no_answer(ids["mine"], step="family", viewer=worker.viewer, at=NOW - timedelta(hours=8))
    for name, outcome in (("done", "safe_at_home"), ("dead", "found_dead")):
        tickets.accept(ids[name], viewer=worker.viewer, at=NOW - timedelta(hours=20))
        tickets.close(ids[name], outcome=outcome, viewer=worker.viewer, at=NOW - timedelta(hours=19))
    metered("Ah1", [(NOW - timedelta(hours=n), 1900.0 if n < 30 else 2200.0 - 10 * n) for n in range(96, 2, -1)])
    engine.settle(at=NOW)
    return ids


@pytest.fixture
def desk(live_server, worker, work):
    """A browser at the desk, signed in as the worker; what its console complained of fails the test."""
    with chromium(live_server.url) as browser:
        yield browser
    assert browser.complaints == []
